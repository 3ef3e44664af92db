"""A town with two base registers over agencies in memory, for the rules by which sources are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from miaopi.apps.audit.api import person
from miaopi.apps.catalogue.api import seed_catalogue
from miaopi.apps.exchange.api import PulledBase, approve_grant, pull_base
from miaopi.apps.identity.api import Role, add_staff
from miaopi.config.offices import load_calendar
from miaopi.kernel.fact import Fact
from miaopi.kernel.wording import Text
from tests.unit.exchange.running import ROOT
from tests.unit.exchange.scene import ANNA, KEEPER, NOW, PURPOSE, SERVICE, Scene
from tests.waiting import LONG

AGENCIES = ("hukou", "residence", "mobile")
FIELDS = {
    "person": ("name", "birth_date", "phone"),
    "stay": ("address", "since", "birth_date", "phone"),
    "line": ("phone", "address", "since"),
    "houses": ("address", "since", "name"),
}
CATALOGUE = """\
agencies:
  hukou: {name: {zh: 户政, en: Hukou}}
  residence: {name: {zh: 居住, en: Residence}}
  mobile: {name: {zh: 通信, en: Mobile}}
resources:
""" + "".join(
    f"""\
  {resource}:
    agency: {agency}
    name: {{zh: 资源, en: Resource}}
    sharing: {{method: query, type: conditional, update_frequency: realtime}}
    connected: {"true" if resource != "described" else "false"}
    fields:
      name: {{zh: 姓名, en: Name, privacy: personal, type: C}}
      birth_date: {{zh: 出生日期, en: Born, privacy: personal, type: D}}
      phone: {{zh: 电话, en: Phone, privacy: personal, type: C}}
      address: {{zh: 住址, en: Address, privacy: personal, type: C}}
      since: {{zh: 起始日, en: Since, privacy: personal, type: D}}
      secret: {{zh: 秘密, en: Secret, privacy: sensitive, type: C, sharing: {{type: not_shared, ground: 国家安全法 第二十五条}}}}
      illness: {{zh: 病史, en: Illness, privacy: sensitive, type: C}}
"""
    for resource, agency in (("person", "hukou"), ("stay", "residence"), ("line", "mobile"), ("houses", "hukou"), ("described", "hukou"))
)
EXCHANGE = """\
agencies:
  hukou: {kind: fake, seconds: 2}
  residence: {kind: fake, seconds: 2}
  mobile: {kind: fake, seconds: 2}
resources:
  person:
    sources:
      - agency: hukou
        at: people
        key: id_number
        absent: empty
        fields:
          name: name
          birth_date: {column: born, type: date}
          phone: {empty: absent}
          secret: secret
          illness: illness
  stay:
    sources:
      - agency: residence
        at: stays
        key: id_number
        absent: empty
        fields:
          address: address
          since: {column: moved_in, type: date}
          birth_date: {type: date}
          phone: {empty: absent}
  line:
    sources:
      - agency: mobile
        at: lines
        key: id_number
        absent: empty
        fields: {phone: {column: number, empty: absent}, address: {empty: absent}, since: {type: date, empty: absent}}
  houses:
    sources:
      - {agency: hukou, at: houses, key: id_number, absent: empty, rows: many, fields: {address: address, since: {type: date}, name: name}}
"""
REGISTERS = """\
registers:
  base_population:
    name: {zh: 人口基础库, en: Population}
    agency: hukou
    everybody: person
    fields:
      name: {zh: 姓名, en: Name, privacy: personal, rule: first, sources: [person.name]}
      phone: {zh: 电话, en: Phone, privacy: personal, rule: first, sources: [line.phone, person.phone, stay.phone]}
      birth_date:
        {zh: 出生日期, en: Born, type: date, privacy: personal, rule: agree, sources: [person.birth_date, stay.birth_date]}
      address:
        zh: 住址
        en: Address
        privacy: personal
        rule: latest
        sources:
          - {field: stay.address, day: stay.since}
          - {field: line.address, day: line.since}
    duplicates:
      same_person: {zh: 同名同日生, en: Same name and birth, by: same, in: person, same: [name, birth_date], also: [phone]}
  base_houses:
    name: {zh: 房屋基础库, en: Houses}
    agency: hukou
    everybody: houses
    rows: many
    fields:
      place: {zh: 地址, en: Place, privacy: personal, rule: first, sources: [houses.address]}
      owned_from: {zh: 起始日, en: Since, type: date, privacy: personal, rule: first, sources: [houses.since]}
"""


class Town(Scene):
    """A `Scene` with these agencies; all its fields are granted and consented to unless a test says otherwise."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        number = ANNA.id_number
        self.rows = {
            "hukou": {
                "person": [{"id_number": number, "name": ANNA.name, "born": "1949-12-31", "phone": "010-1"}],
                "houses": [
                    {"id_number": number, "address": f"甲路{house}号", "since": f"200{house}-01-01", "name": ANNA.name} for house in (1, 2)
                ],
            },
            "residence": {
                "stay": [
                    {"id_number": number, "address": "甲路1号", "moved_in": "2026-02-01", "birth_date": "1949-12-31", "phone": "010-2"}
                ]
            },
            "mobile": {"line": [{"id_number": number, "number": "138-1", "address": "乙路2号", "since": "2026-01-01"}]},
        }
        for name, text in (("catalogue", CATALOGUE), ("exchange", EXCHANGE), ("registers", REGISTERS)):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.settings: dict[str, Any] = {
            "MIAOPI_CITY": SimpleNamespace(folder=folder, calendar=load_calendar(ROOT / "cities/demo")),
            "MIAOPI_AGENCIES": str(self.addresses),
        }

    def open(self) -> None:
        seed_catalogue(source=self.folder / "catalogue.yaml", by=KEEPER, now=NOW)
        for member, office in (("keeper", "hukou"), ("stranger", "residence")):
            add_staff(staff_id=member, name=Text(zh="演示", en="Demo"), role=Role.STEWARD, office=office, by=KEEPER, now=NOW)
        self.subject = self.enter(ANNA)
        self.by = person(self.subject)
        self.receipt = self.consent(scope=self.sources, separate=())
        for source in self.sources:
            self.grant(source)
        self.publish()

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(f"{resource}.{name}" for resource, names in FIELDS.items() for name in names)

    def grant(self, source: str) -> None:
        resource, _, field = source.partition(".")
        approve_grant(service=SERVICE, resource=resource, field=field, purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)

    def change(self, resource: str, **values: object) -> None:
        """What the agency of that resource says from now on; a value of None under `row` takes the row away."""
        agency = {"person": "hukou", "stay": "residence", "line": "mobile"}[resource]
        if "row" in values:
            self.rows[agency][resource] = []
        else:
            self.rows[agency][resource][0].update(values)

    def silence(self, resource: str) -> None:
        self.modes[{"person": "hukou", "stay": "residence", "line": "mobile"}[resource]] = "down"

    def pull_base(self, asks: Mapping[str, Iterable[str]], *, now: datetime = NOW, **more: Any) -> PulledBase:
        self.publish()
        given: dict[str, Any] = {
            "subject": self.subject, "ground": self.ground(), "by": self.by, "deadline": timedelta(seconds=LONG), **more,
        }  # fmt: skip
        return pull_base(asks={resource: tuple(fields) for resource, fields in asks.items()}, now=now, **given)

    def ask(self, field: str) -> tuple[Fact, str]:
        """One field of the population register, and the source that gave it."""
        pulled = self.pull_base({"base_population": (field,)})
        name = f"base_population.{field}"
        return pulled.facts[name], pulled.provenance[name].source
