"""A person of the city is asked about in every connected source at once, through the exchange: granted, consented to, and entered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import override_settings

from demo_city.agencies.clock import now
from demo_city.agencies.shown import BEHIND_GATEWAY
from demo_city.founding import address_of
from demo_city.kept.tables import kept_registers
from demo_city.population.people import Person
from miaopi.apps.audit.api import person, system
from miaopi.apps.catalogue.api import list_resources, seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.api import Ground, Pulled, approve_grant, list_sources, pull_or_say_why
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.config.environment import ROOT
from miaopi.config.offices import load_calendar
from miaopi.kernel.fact import Absent, Known
from miaopi.kernel.wording import Text
from tests.unit.demo_city.conftest import City
from tests.waiting import awaited

pytestmark = pytest.mark.xdist_group("small city")

SERVICE, APPLICATION = "sole-trader", "20261125-CITY00001"
WHILE = timedelta(days=30)
CONFIGURED = read_configuration(ROOT / "cities/demo/exchange.yaml")
SOURCES = {name: resource.sources[0].place.agency for name, resource in CONFIGURED.resources.items()}


def known_to_most(city: City) -> Person:
    """Whom most registers that are kept by table know."""
    held: Counter[object] = Counter(
        number for table in kept_registers(city.population) for number in {row[0] for row in table.rows}
    )
    by_number = {person.id_number: person for person in city.population.people if person.is_alive}
    return next(by_number[str(number)] for number, _ in held.most_common() if number in by_number)


@pytest.fixture
def addresses(city: City, tmp_path: Path) -> Iterator[Path]:
    """The file that tells the platform where the agencies are; emptied at the end, so that its lines are closed."""
    path = tmp_path / "agencies.json"
    told = {agency: address_of(city.premises, city.server, agency, city.ports) for agency in CONFIGURED.agencies}
    path.write_text(json.dumps(told), encoding="utf-8")
    place = SimpleNamespace(folder=ROOT / "cities/demo", calendar=load_calendar(ROOT / "cities/demo"))
    with override_settings(MIAOPI_AGENCIES=str(path), MIAOPI_CITY=place):
        yield path
        path.write_text("{}", encoding="utf-8")
        assert not any(source.is_connected for source in list_sources(now=now(city.premises.home)))


@pytest.mark.usefixtures("database", "addresses")
def test_one_person_is_asked_about_in_every_source_at_once(city: City) -> None:
    keeper, at, who = system("test.keeper"), now(city.premises.home), known_to_most(city)
    purpose = Text(zh="演示办理", en="A demonstration")
    seed_catalogue(source=ROOT / "cities/demo/catalogue.yaml", by=keeper, now=at - WHILE)
    described = {each.id: each for each in list_resources()}
    asks = {name: (list(resource.sources[0].columns)[-1],) for name, resource in CONFIGURED.resources.items()}
    for resource, (field,) in asks.items():
        approve_grant(service=SERVICE, resource=resource, field=field, purpose=purpose.zh, ground="授权同意", by=keeper, now=at - WHILE)
    told = Assertion(
        name=who.name, id_number=who.id_number, document_type="resident_id", mobile=who.mobile, assurance_level=3, method="demo"
    )
    subject = sign_in(code="code", by=keeper, now=at, authority=FakeAuthority({"code": told})).party.id
    scope = tuple(f"{resource}.{field}" for resource, (field,) in asks.items())
    receipt = give_consent(
        application=APPLICATION, service=SERVICE, version="f" * 64, applicant=subject, purpose=purpose, scope=scope,
        separate=tuple(each for each in scope if each.split(".")[1] in described[each.split(".")[0]].sensitive_fields),
        expires_at=at + WHILE, by=person(subject), now=at,
    ).receipt  # fmt: skip
    gated = {source for source in scope if SOURCES[source.split(".")[0]] in BEHIND_GATEWAY}

    def asked_once() -> Pulled:
        return pull_or_say_why(
            subject=subject, asks=asks, ground=Ground(receipt, SERVICE, APPLICATION), deadline=timedelta(seconds=20), by=person(subject),
            now=now(city.premises.home),  # all before may have taken longer than a question to a gateway stays fresh
        )

    def list_silent(pulled: Pulled) -> set[str]:
        silent = {source for source, fact in pulled.facts.items() if not isinstance(fact, Known | Absent)}
        return silent - {source.split(".")[0] for source in gated}

    # again where the machine was too busy for the seconds that each of so many has
    pulled = awaited(asked_once, lambda pulled: len(list_silent(pulled)) <= 3, every=1)
    facts, silent = pulled.facts, list_silent(pulled)
    assert pulled.refused == dict.fromkeys(gated, "agency_policy"), "granted here, and not by the agency itself"
    assert len(gated) == 2
    assert len(facts) == len(asks) == 123
    assert len(silent) <= 3, silent  # a declared fault, or an agency that never says “there is none”
    assert sum(isinstance(fact, Known) for fact in facts.values()) >= 25
