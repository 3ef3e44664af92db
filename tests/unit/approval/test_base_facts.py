"""Facts of a service that come from a base register: asked of its sources, on a consent to these, and traced back to them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from miaopi.apps.application.api import Application
from miaopi.apps.approval.api import retry_waiting
from miaopi.apps.audit.api import list_entries
from miaopi.apps.consent.api import find_open_consent
from miaopi.apps.exchange.api import list_disputes, list_grants, list_records, revoke_grant, seed_grants
from miaopi.apps.filing.api import dispute, get_draft, prefill
from miaopi.definitions import load_service
from miaopi.definitions.registers import read_registers
from miaopi.kernel.decision import FactSpec
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from tests.unit.approval.test_corrections import HUKOU, correct, impact
from tests.unit.filing.scene import ANNA, KEEPER, NOW, ROOT, SERVICE, Scene

DAY = timedelta(days=1)
BORN = "person.birth_date"
ASKED = {"population_basic.birth_date", "household_registration.birth_date"}


@pytest.fixture
def scene(database: str, tmp_path: Path) -> Iterator[Scene]:
    """The service, with its date of birth from the base register: two registers must agree on it."""
    built, copy = Scene(tmp_path), tmp_path / "services" / SERVICE
    shutil.copytree(ROOT / "services" / SERVICE, copy)
    facts = (copy / "facts.yaml").read_text(encoding="utf-8")
    (copy / "facts.yaml").write_text(facts.replace("population_basic.birth_date", "base_population.birth_date"), encoding="utf-8")
    built.in_force = load_service(copy)
    built.change("population", HUKOU, birth_date="1949-12-31")
    with override_settings(**built.settings):
        built.open()
        yield built
    read_registers.cache_clear()


def define(scene: Scene, written: str, mended: str) -> None:
    """The city writes its register otherwise, and its processes start anew."""
    path = Path(scene.addresses.parent) / "registers.yaml"
    text = path.read_text(encoding="utf-8")
    assert written in text
    path.write_text(text.replace(written, mended), encoding="utf-8")
    read_registers.cache_clear()


def born(scene: Scene, case: Application) -> Fact:
    return get_draft(number=case.number, reader=scene.anna, now=NOW).facts[BORN]


def looks(case: Application) -> set[str]:
    """What was looked at, as `resource.field`."""
    found = [entry.body for entry in list_entries(number=case.number) if entry.kind == "exchange.DataPulled"]
    return {f"{body['resource']}.{name}" for body in found for name in body["fields"]}


def test_a_base_field_is_asked_of_its_sources_on_a_consent_to_these(scene: Scene) -> None:
    case = scene.draft()
    consent = find_open_consent(case.number, NOW)
    assert consent is not None
    assert set(consent.scope) >= ASKED
    assert not any(name.startswith("base_") for name in consent.scope)
    assert looks(case) >= ASKED
    scene.confirm(case)
    result = scene.result(case)
    assert result.outcome == "approve"
    [told] = [fact for fact in result.prefilled if fact.fact == BORN]
    assert (told.source, told.base, told.agency) == ("population_basic", "base_population.birth_date", "population")
    answers = [entry.body["answers"] for entry in list_entries(number=case.number) if entry.kind == "exchange.BaseAnswered"]
    assert answers[0] == ["birth_date: agree population_basic.birth_date"]


def test_sources_that_disagree_leave_the_fact_open_and_a_person_decides(scene: Scene) -> None:
    scene.change("population", HUKOU, birth_date="1950-01-01")
    case = scene.draft()
    fact = born(scene, case)
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.CONFLICT
    scene.confirm(case)
    result = scene.result(case)
    assert (result.state, [reason["code"] for reason in result.reasons]) == ("referred", ["SRC-CONFLICT"])


def test_the_keeper_of_one_source_takes_its_grant_back_and_the_fact_is_open(scene: Scene) -> None:
    [grant] = [each for each in list_grants(SERVICE) if (each.resource, each.field) == (HUKOU, "birth_date")]
    revoke_grant(grant=grant.id, by=KEEPER, now=NOW)
    case = scene.draft()
    fact = born(scene, case)
    assert isinstance(fact, Unknown)
    assert fact.doubt is Doubt.UNPROVEN
    assert "household_registration.birth_date" not in looks(case)


def test_a_silent_source_is_waited_for_by_its_own_name(scene: Scene) -> None:
    define(scene, "household_registration.birth_date]", "residence_registration.move_in_on]")
    seed_grants(package=scene.package, by=KEEPER, now=NOW)
    scene.rows["residence"]["residence_registration"] = [{"id_number": ANNA.id_number, "move_in_on": "1949-12-31"}]
    scene.set_mode("residence", "down")
    case = scene.draft()
    scene.confirm(case)
    result = scene.result(case)
    assert (result.state, [silence.source for silence in result.waiting_for]) == ("waiting", ["residence_registration"])
    scene.set_mode("residence", "up")
    retry_waiting(now=NOW + timedelta(minutes=2))
    assert scene.result(case).outcome == "approve"


def test_a_dispute_goes_to_the_agency_that_gave_the_value(scene: Scene) -> None:
    case = scene.draft()
    dispute(number=case.number, fact=BORN, claim="1949-12-30", by=scene.anna, now=NOW)
    [filed] = list_disputes(agency="population")
    assert (filed.resource, filed.field) == ("population_basic", "birth_date")


def test_a_correction_at_any_of_the_sources_has_the_decision_made_again(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
    correct(scene, "population", HUKOU, "birth_date", birth_date="1950-01-01", now=NOW + DAY)
    assert impact(scene, HUKOU)[0][:2] == ("approve", "referred")


def test_a_register_that_asks_one_more_agency_needs_a_new_consent_and_keeps_the_draft(scene: Scene) -> None:
    case = scene.draft()
    define(scene, "household_registration.birth_date]", "household_registration.birth_date, identity_card.valid_to]")
    with pytest.raises(InputError) as told:
        scene.confirm(case)
    assert told.value.field == "consent"
    assert isinstance(born(scene, case), Known)
    prefill(number=case.number, receipt=scene.consent(case), by=scene.anna, now=NOW)
    scene.confirm(case)
    assert scene.result(case).state == "referred"  # nobody granted the third


@pytest.mark.parametrize("mended", ["household_registration.shoe_size]", "household_registration.status]"])
def test_a_register_that_does_not_fit_the_city_stops_no_case(scene: Scene, mended: str) -> None:
    define(scene, "household_registration.birth_date]", mended)
    case = scene.draft()
    fact = born(scene, case)
    assert isinstance(fact, Unknown)
    assert (fact.doubt, fact.source) == (Doubt.UNPROVEN, "base_population")
    assert "population_basic.name" in looks(case)
    scene.confirm(case)
    assert scene.result(case).state == "referred"


def test_a_decision_rests_on_the_records_that_were_asked_up_to_the_one_that_gave_the_fact(scene: Scene) -> None:
    spec: FactSpec = scene.package.definition.facts[BORN]
    assert list_records(spec, Known("x", "population_basic")) == {"population_basic", HUKOU}
    assert list_records(spec, Unknown(Doubt.CONFLICT, "population_basic")) == {"population_basic", HUKOU}
    dead = replace(spec, source="base_population.death_date")
    assert list_records(dead, Known("x", "death_cancellation")) == {"death_cancellation"}
    assert list_records(dead, Known("x", "death_certificate")) == {"death_cancellation", "death_certificate"}
    assert list_records(dead, Absent("death_cancellation")) == {"death_cancellation", "death_certificate"}
    assert list_records(dead, Known("x", "applicant")) == frozenset()
