"""The demo city's own definitions over its population register at work, behind a recording wire. All persons are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from miaopi.apps.audit.api import Actor, person, staff
from miaopi.apps.catalogue.api import import_catalogue, read_table, seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.api import Ground, PulledBase, approve_grant, pull_base
from miaopi.apps.identity.api import Assertion, FakeAuthority, Role, add_staff, sign_in
from miaopi.config.city import load_city
from miaopi.kernel.wording import Text
from tests.unit.exchange.running import NOW, ROOT, RunningAgency
from tests.unit.exchange.scene import ANNA, KEEPER, PURPOSE, SERVICE
from tests.unit.exchange.wire import Wire
from tests.waiting import LONG

DEMO = ROOT / "cities/demo"
REGISTER = "base_population"
# Anna has two numbers. Ben's old one of 15 digits became one of 18 signs. Two others share a name and a day of birth, and no more.
SECOND = "440305194912310027"
BEN = replace(ANNA, name="演示·本", id_number="440305199001010015", mobile="13800000001")
OLD_BEN = "440305900101001"
STRANGERS = ("440305198505050025", "440305198505050041")
PEOPLE = [
    (ANNA.id_number, ANNA.name, "女", "汉族", "1949-12-31"), (SECOND, ANNA.name, "女", "汉族", "1949-12-31"),
    (BEN.id_number, BEN.name, "男", "汉族", "1990-01-01"), (OLD_BEN, "演示·老本", "男", "汉族", "1990-01-01"),
    (STRANGERS[0], "演示·同名", "女", "汉族", "1985-05-05"), (STRANGERS[1], "演示·同名", "女", "回族", "1985-05-05"),
]  # fmt: skip
STEWARD, OTHER, CLOSE = (staff(name, "steward") for name in ("hukou-steward", "other-steward", "close-steward"))
SOURCES = (
    *(f"population_basic.{name}" for name in ("id_number", "name", "sex", "birth_date")), "household_registration.hukou_region_code",
    "household_registration.birth_date", "identity_card.valid_to",
)  # fmt: skip


class Hukou:
    """`settings` are the demo city's, with one agency that has an address."""

    def __init__(self, server: str, folder: Path) -> None:
        self.folder = folder
        self.agency = RunningAgency("population", server, folder, [(_insert(serial, *each), {}) for serial, each in enumerate(PEOPLE, 1)])
        self.change(
            "INSERT INTO kept.hukou SELECT serial, '440304', '演示派出所', '演示路' || serial, '家庭户', '正常', birth_date, '2020-01-01',"
            " NULL FROM kept.people WHERE serial <= 3"
        )
        self.change("INSERT INTO kept.cards VALUES (2, '2030-01-01', '有效')")
        there = psycopg.conninfo.conninfo_to_dict(server)
        name = f".s.PGSQL.{there.get('port') or 5432}"
        self.wire = Wire(str(folder / name), f"{there['host']}/{name}")
        url = psycopg.conninfo.make_conninfo(self.agency.address["url"], host=str(folder), sslmode="disable", gssencmode="disable")
        (folder / "agencies.json").write_text(json.dumps({"population": {**self.agency.address, "url": url}}))
        self.settings: dict[str, Any] = {"MIAOPI_CITY": load_city(DEMO), "MIAOPI_AGENCIES": str(folder / "agencies.json")}

    def change(self, statement: str) -> None:
        with psycopg.connect(self.agency.database, autocommit=True) as inside:
            inside.execute(statement.encode())

    @contextmanager
    def registering_twice(self, *serials: int) -> Iterator[None]:
        """These persons have one more household, of which little is filled in."""
        view = (
            "SELECT p.id_number, h.hukou_region_code, h.police_station, h.hukou_address, h.household_type, h.status, h.birth_date,"
            " h.registered_on, h.moved_out_on FROM kept.people p JOIN kept.hukou h USING (serial)"
        )
        row = "id_number, ' ', '', '', '', '不明', birth_date, '2020-01-01', NULL"
        more = f" UNION ALL SELECT {row} FROM kept.people WHERE serial IN {serials}"
        self.change(f"CREATE OR REPLACE VIEW kept.household_registration AS {view}{more}")
        try:
            yield
        finally:
            self.change(f"CREATE OR REPLACE VIEW kept.household_registration AS {view}")

    def open(self) -> None:
        seed_catalogue(source=DEMO / "catalogue.yaml", by=KEEPER, now=NOW)
        import_catalogue(table=read_table(DEMO / "catalogue.csv"), by=KEEPER, now=NOW)
        for member, office, number in ((STEWARD, "population", None), (OTHER, "hr", None), (CLOSE, "population", ANNA.id_number)):
            name = Text(zh="演示", en="Demo")
            add_staff(staff_id=member.id, name=name, role=Role.STEWARD, office=office, id_number=number, by=KEEPER, now=NOW)
        for source in SOURCES:
            resource, _, field = source.partition(".")
            approve_grant(service=SERVICE, resource=resource, field=field, purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)
        self.anna, self.ben = self.enter(ANNA), self.enter(BEN)

    def enter(self, who: Assertion) -> Actor:
        return person(sign_in(code="code", by=KEEPER, now=NOW, authority=FakeAuthority({"code": who})).party.id)

    def pull(self, who: Actor, *asks: str, register: str = REGISTER) -> PulledBase:
        application = "20261125-AAAAAAAAA"
        receipt = give_consent(
            application=application, service=SERVICE, version="f" * 64, applicant=who.id, scope=SOURCES, purpose=PURPOSE, separate=(),
            expires_at=NOW + timedelta(days=90), by=who, now=NOW,
        ).receipt  # fmt: skip
        return pull_base(
            subject=who.id, asks={register: asks}, ground=Ground(receipt, SERVICE, application), deadline=timedelta(seconds=LONG), by=who,
            now=NOW,
        )  # fmt: skip

    def close(self) -> None:
        self.wire.close()
        self.agency.close()


def _insert(serial: int, number: str, name: str, sex: str, ethnicity: str, born: str) -> str:
    return (
        f"INSERT INTO kept.people VALUES ({serial}, '{number}', '{name}', NULL, '{sex}', '{ethnicity}', '{born}', '正常', NULL,"
        f" {serial}, '户主')"
    )
