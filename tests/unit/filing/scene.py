"""A small city for the tests of one case: the demo's catalogue, three agencies in memory, one made-up person, the real service."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from miaopi.apps.application.api import Application, open_application
from miaopi.apps.approval.api import Result, get_result
from miaopi.apps.audit.api import Actor, ActorKind, system
from miaopi.apps.catalogue.api import publish_service, seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.fake import FakeConnector
from miaopi.apps.exchange.api import list_scope, seed_grants
from miaopi.apps.filing.api import Confirmation, confirm, get_draft, prefill
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.config.city import load_city
from miaopi.definitions import ServicePackage, find_service
from miaopi.kernel.calendar import WorkCalendar

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SERVICE = "no-criminal-record"
CALENDAR = WorkCalendar(frozenset({2026, 2027}), {date(2026, 12, 31): False, date(2027, 1, 1): False, date(2027, 1, 2): True})
KEEPER = system("test.keeper")
OFFICES = ("ps-baoan", "ps-futian", "ps-luohu", "ps-nanshan")  # enough for a test; nine would take twice as long to open
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)
BEN = replace(ANNA, name="演示·本", id_number="440300195602290019", mobile="13800000001")
TYPED = {"purpose": "employment"}


def rows_of(who: Assertion) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What three agencies hold of an adult with her hukou in the city, one identity, and nothing in the index."""
    key = {"id_number": who.id_number}
    return {
        "population": {
            "population_basic": [{**key, "name": who.name, "sex": "女", "ethnicity": "汉", "birth_date": "1949-12-31", "former_name": None,
                                  "life_status": "正常", "identity_count": 1, "identities_consistent": True}],
            "household_registration": [{**key, "hukou_region_code": "440305", "police_station": "演示派出所", "hukou_address": "演示路1号",
                                        "household_type": "家庭户", "status": "正常"}],
        },
        "residence": {"residence_permit": [], "residence_registration": []},
        "criminal": {"criminal_record": [{**key, "condition_met": "true", "queried_at": "2026-11-23T09:30:00+08:00"}]},
    }


class Scene:
    """The city in a folder. `rows` and `modes` by agency may be changed between calls; `publish` tells the exchange."""

    def __init__(self, folder: Path) -> None:
        self.addresses = folder / "agencies.json"
        self.rows = rows_of(ANNA)
        self.modes: dict[str, str] = {}
        self.pause = 2.0  # seconds that a slow agency is silent: long enough to do something meanwhile
        self.in_force: ServicePackage | None = None  # in place of the one in the folder
        demo = (ROOT / "cities/demo/exchange.yaml").read_text(encoding="utf-8")
        fake = re.sub(r"kind: (sql|http|file|gateway), seconds: \d+(, echoes: true)?", "kind: fake, seconds: 3", demo)
        fake = re.sub(r"\n +counts: .*", "", fake.replace("at: /", "at: ").replace("absent: not_found", "absent: empty"))
        (folder / "exchange.yaml").write_text(fake, encoding="utf-8")
        shutil.copy(ROOT / "cities/demo/registers.yaml", folder)
        self.settings = {
            "MIAOPI_AGENCIES": str(self.addresses),
            "MIAOPI_CITY": SimpleNamespace(
                folder=folder, settings={"city.regions": ["440303", "440304", "440305"]}, calendar=load_city().calendar,
                offices=tuple(office for office in load_city().offices if office.id in OFFICES),
            ),
        }
        self.publish()

    def open(self) -> None:
        """What is done once: the catalogue, the grants, the person."""
        seed_catalogue(source=ROOT / "cities/demo/catalogue.yaml", by=KEEPER, now=NOW)
        self.put_in_force(self.package)
        self.anna = self.enter(ANNA)

    @property
    def package(self) -> ServicePackage:
        return self.in_force or find_service(SERVICE)

    def put_in_force(self, package: ServicePackage, *, now: datetime = NOW) -> None:
        publish_service(package=package, by=KEEPER, now=now)
        seed_grants(package=package, by=KEEPER, now=now)

    def enter(self, assertion: Assertion) -> Actor:
        party = sign_in(code="code", by=system("test.sign_in"), now=NOW, authority=FakeAuthority({"code": assertion})).party
        return Actor(ActorKind.PERSON, party.id, assurance=assertion.assurance_level)

    def publish(self) -> None:
        known = {
            agency: {"kind": "fake", "rows": rows, "mode": self.modes.get(agency, "up"), "pause": self.pause}
            for agency, rows in self.rows.items()
        }
        self.addresses.write_text(json.dumps(known), encoding="utf-8")

    def set_mode(self, agency: str, mode: str) -> None:
        self.modes[agency] = mode
        self.publish()

    def arrival(self, agency: str) -> Event:
        """Set once a question has reached this agency in its present mode."""
        line = city_directory().line(agency)
        assert line is not None and isinstance(line.connector, FakeConnector)
        return line.connector.arrived

    def change(self, agency: str, resource: str, **fields: Any) -> None:
        for row in self.rows[agency][resource]:
            row.update(fields)
        self.publish()

    def draft(self, *, by: Actor | None = None, now: datetime = NOW, package: ServicePackage | None = None) -> Application:
        """A case with consent given and the draft prefilled."""
        actor, version = by or self.anna, (package or self.package).version
        application = open_application(service=SERVICE, version=version, applicant=actor.id, by=actor, now=now)
        prefill(number=application.number, receipt=self.consent(application, by=actor, now=now), by=actor, now=now)
        return application

    def consent(self, application: Application, *, by: Actor | None = None, now: datetime = NOW) -> str:
        actor, package = by or self.anna, self.package
        sensitive = list_scope(spec for spec in package.definition.sourced if spec.privacy == "sensitive")
        return give_consent(
            application=application.number, service=package.slug, version=package.version, applicant=actor.id,
            scope=list_scope(package.definition.sourced), separate=sensitive, purpose=package.consent,
            expires_at=now + timedelta(days=30), by=actor, now=now,
        ).receipt

    def token(self, application: Application, *, by: Actor | None = None) -> str:
        return get_draft(number=application.number, reader=by or self.anna, now=NOW).token

    def confirm(self, application: Application, *, entered: Mapping[str, object] = TYPED, token: str | None = None, by: Actor | None = None,
                now: datetime = NOW) -> Confirmation:
        key = token or self.token(application, by=by)
        return confirm(number=application.number, entered=entered, token=key, by=by or self.anna, now=now)

    def result(self, application: Application, *, by: Actor | None = None, now: datetime = NOW) -> Result:
        return get_result(number=application.number, reader=by or self.anna, now=now)
