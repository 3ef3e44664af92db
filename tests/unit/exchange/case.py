"""One case of a pull: agreements are made and unmade, and then somebody asks; behind a wire that writes down every byte."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

from demo_city.agencies.shown import SQL
from miaopi.apps.audit.api import Actor, person, staff
from miaopi.apps.catalogue.api import seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.api import (
    Agreement,
    Duty,
    Ground,
    PullRefusedError,
    Terms,
    approve_agreement,
    pull_or_say_why,
    request_agreement,
)
from miaopi.apps.identity.api import Assertion, FakeAuthority, Role, add_staff, sign_in
from miaopi.config.offices import load_calendar
from miaopi.kernel.fact import Known
from miaopi.kernel.wording import Text
from tests.unit.exchange.running import NOW, ROOT, RunningAgency, Statements
from tests.unit.exchange.scene import ANNA, KEEPER
from tests.unit.exchange.wire import Wire
from tests.waiting import LONG

PURPOSE = Text(zh="办理无犯罪记录证明", en="To issue a certificate of no criminal record")
GROUND = "公安机关办理犯罪记录查询工作规定 第四条"
LATER = timedelta(days=30)
BEN = replace(ANNA, name="演示·本", id_number="440305199001010015", mobile="13800000001")
ASKER, KEEPERS = staff("asker", "steward"), {name: staff(f"keeper-{name}", "steward") for name in ("population", "residence")}


@dataclass(frozen=True)
class Kind:
    """One agency by its kind of wire, and what is granted of it. `second` is a sensitive field, `kept` one that is not shared."""

    agency: str
    resource: str
    field: str
    second: str
    ungranted: str
    kept: str
    inside: str
    predicate: str  # the field `is_so`, of which the truth alone is told
    value: str  # what it tests, as it must not cross
    rows: tuple[str, ...]


KINDS = {
    "sql": Kind(
        "population", "population_basic", "name", "sex", "former_name", "ethnicity", 'life_status = "正常"',
        "age on(birth_date, today) >= 70", "1949-12-31", (
            "INSERT INTO kept.people VALUES"
            " (1, %(anna)s, 'canary-name-a', 'canary-former-a', '女', 'canary-kept-a', '1949-12-31', '正常', NULL, 1, '户主'),"
            " (2, %(ben)s, 'canary-name-b', 'canary-former-b', '男', 'canary-kept-b', '1990-01-01', '死亡', '2026-01-01', 2, '户主')",
        ),
    ),
    "http": Kind(
        "residence", "residence_registration", "police_station", "move_in_on", "residence_address", "address_code",
        'move_in_on < @"2026-01-01"', 'move_in_on < @"2026-01-01"', "2020-01-01", (
            "INSERT INTO registrations (id_number, address_code, residence_address, police_station, settled_on, move_in_on) VALUES"
            " (%(anna)s, 'canary-kept-a', 'canary-former-a', 'canary-name-a', '2020-01-01', '2020-01-01'),"
            " (%(ben)s, 'canary-kept-b', 'canary-former-b', 'canary-name-b', '2026-10-01', '2026-10-01')",
        ),
    ),
}  # fmt: skip
GRANTED, CANARY = "canary-name-a", "canary-"
CATALOGUE = """\
agencies:
  {agency}: {{name: {{zh: 提供部门, en: Provider}}}}
resources:
  {resource}:
    agency: {agency}
    name: {{zh: 资源, en: Resource}}
    sharing: {{method: query, type: conditional, update_frequency: realtime}}
    connected: true
    fields:
      {field}: {{zh: 甲, en: A, privacy: personal}}
      {second}: {{zh: 乙, en: B, privacy: sensitive}}
      {ungranted}: {{zh: 丙, en: C, privacy: personal}}
      is_so: {{zh: 戊, en: E, privacy: personal}}
      unanswered: {{zh: 己, en: F, privacy: personal}}
      {kept}: {{zh: 丁, en: D, privacy: personal, sharing: {{type: not_shared, ground: 国家安全法 第二十五条}}}}
  identity_card:
    agency: {agency}
    name: {{zh: 另一资源, en: Another}}
    sharing: {{method: query, type: conditional, update_frequency: realtime}}
    connected: true
    fields:
      valid_to: {{zh: 有效期至, en: Valid to, privacy: personal}}
  described:
    agency: {agency}
    name: {{zh: 未接入, en: Not connected}}
    sharing: {{method: query, type: conditional, update_frequency: realtime}}
    connected: false
    fields:
      thing: {{zh: 某项, en: Thing, privacy: personal}}
"""


class Place:
    """An agency of that kind at work behind a wire, two persons, and stewards of both sides."""

    def __init__(self, kind: Kind, server: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        values = {"anna": ANNA.id_number, "ben": BEN.id_number}
        statements: Statements = [(row, values) for row in kind.rows]
        self.agency = RunningAgency(kind.agency, server, folder, statements)
        self.wire, address = self._put_wire_between(server)
        (folder / "agencies.json").write_text(json.dumps({kind.agency: address}))
        known = (ROOT / "cities/demo/exchange.yaml").read_text(encoding="utf-8")
        head, found, rest = known.partition(f"\n  {kind.resource}:")
        fields = f"fields:\n          is_so: {{test: '{kind.predicate}'}}"
        (folder / "exchange.yaml").write_text(head + found + rest.replace("fields:", fields, 1), encoding="utf-8")
        (folder / "catalogue.yaml").write_text(CATALOGUE.format(**vars(kind)), encoding="utf-8")
        self.settings: dict[str, Any] = {
            "MIAOPI_CITY": SimpleNamespace(folder=folder, calendar=load_calendar(ROOT / "cities/demo")),
            "MIAOPI_AGENCIES": str(folder / "agencies.json"),
        }

    def open(self) -> None:
        seed_catalogue(source=self.folder / "catalogue.yaml", by=KEEPER, now=NOW)
        for member, office in ((ASKER, "civil-affairs"), (KEEPERS[self.kind.agency], self.kind.agency)):
            name = Text(zh="演示", en="Demo")
            add_staff(staff_id=member.id, name=name, role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        self.anna, self.ben = self._enter(ANNA), self._enter(BEN)

    @property
    def keeper(self) -> Actor:
        return KEEPERS[self.kind.agency]

    def close(self) -> None:
        self.wire.close()
        self.agency.close()

    def _enter(self, who: Assertion) -> str:
        return sign_in(code="code", by=KEEPER, now=NOW, authority=FakeAuthority({"code": who})).party.id

    def _put_wire_between(self, server: str) -> tuple[Wire, dict[str, str]]:
        address = self.agency.address
        if self.kind.agency not in SQL:
            wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self.agency.port))
            return wire, {**address, "url": "http://{}:{}".format(*wire.address)}
        there = psycopg.conninfo.conninfo_to_dict(server)
        name = f".s.PGSQL.{there.get('port') or 5432}"
        wire = Wire(str(self.folder / name), f"{there['host']}/{name}")
        url = psycopg.conninfo.make_conninfo(address["url"], host=str(self.folder), sslmode="disable", gssencmode="disable")
        return wire, {**address, "url": url}


@dataclass
class Case:
    """`service` and `application` are its own, so that cases do not meet. `said` collects whatever came out."""

    place: Place
    number: int
    agreements: list[Agreement] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def service(self) -> str:
        return f"use-{self.number}"

    @property
    def application(self) -> str:
        return f"20261125-C{self.number:08d}"

    @property
    def source(self) -> str:
        return f"{self.place.kind.resource}.{self.place.kind.field}"

    def ask(self, *, resource: str = "", fields: tuple[str, ...] = (), service: str = "", purpose: str = PURPOSE.zh, **terms: Any) -> Case:
        """The requester's part alone."""
        given = {"starts_at": NOW - LATER, "ends_at": NOW + LATER, **terms}
        self.agreements.append(request_agreement(
            resource=resource or self.place.kind.resource, service=service or self.service, purpose=purpose, ground=GROUND,
            terms=Terms(fields=fields or (self.place.kind.field,), **given), by=ASKER, now=NOW - LATER,
        ))  # fmt: skip
        return self

    def agree(self, *, narrow: dict[str, Any] | None = None, **asked: Any) -> Case:
        """Asked for and given, or less of it given."""
        self.ask(**asked)
        row = self.agreements[-1]
        terms = None if narrow is None else replace(row.terms, **narrow)
        self.agreements[-1] = approve_agreement(agreement=row.id, terms=terms, by=self.place.keeper, now=NOW - LATER)
        return self

    def do(self, verb: Any, *, at: datetime = NOW, **more: Any) -> Case:
        """Something that the keeper does to the last agreement."""
        verb(agreement=self.agreements[-1].id, by=self.place.keeper, now=at, **more)
        return self

    def consent(self, **other: Any) -> str:
        who, kind = other.get("applicant", self.place.anna), self.place.kind
        fields = ("field", "second", "ungranted", "kept")
        given = {
            "application": self.application, "service": self.service, "version": "f" * 64, "applicant": who, "purpose": PURPOSE,
            "scope": (
                *(f"{kind.resource}.{getattr(kind, name)}" for name in fields), f"{kind.resource}.is_so", f"{kind.resource}.unanswered",
                f"{kind.resource}.shoe_size", "identity_card.valid_to", "described.thing", "no_such.thing",
            ),
            "separate": (f"{kind.resource}.{kind.second}", f"{kind.resource}.shoe_size", "no_such.thing"),
            "expires_at": NOW + 2 * LATER, "by": person(who), "now": NOW - LATER,
        }  # fmt: skip
        return give_consent(**{**given, **other}).receipt

    def pull(
        self, *fields: str, resource: str = "", receipt: str | None = None, ground: Duty | None = None, by: Actor | None = None,
        subject: str = "", at: datetime = NOW,
    ) -> str:
        """The code for the last of the fields, empty for its value; a pull that was refused altogether has one for all."""
        who, named = subject or self.place.anna, resource or self.place.kind.resource
        asked = fields or (self.place.kind.field,)
        on = ground or Ground(receipt if receipt is not None else self.consent(applicant=who), self.service, self.application)
        try:
            pulled = pull_or_say_why(
                subject=who, asks={named: asked}, ground=on, deadline=timedelta(seconds=LONG), by=by or person(who), now=at
            )
        except PullRefusedError as error:
            self.said += [str(error), repr(error), str(error.text), "".join(traceback.format_exception(error))]
            return str(error.code)
        source = f"{named}.{asked[-1]}"
        if source not in pulled.refused:
            assert isinstance(pulled.facts[source], Known), pulled
            self.said.append(repr({**pulled.facts, source: "-"} if pulled.facts[source].value == GRANTED else pulled))
        else:
            self.said.append(repr({**pulled.facts, self.source: "-"}))
            assert not isinstance(pulled.facts[source], Known)
        return str(pulled.refused.get(source, ""))
