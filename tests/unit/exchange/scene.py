"""A small city for the tests of pulls: three agencies in memory, one made-up person, a consent and grants."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miaopi.apps.audit.api import Actor, person, system
from miaopi.apps.catalogue.api import seed_catalogue
from miaopi.apps.consent.api import give_consent
from miaopi.apps.exchange.api import Ground, approve_grant, list_grants, pull
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.kernel.fact import Fact
from miaopi.kernel.wording import Text
from tests.waiting import LONG

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
PURPOSE = Text(zh="办理无犯罪记录证明", en="To issue a certificate of no criminal record")
SERVICE, APPLICATION = "no-criminal-record", "20261125-AAAAAAAAA"
KEEPER = system("test.keeper")
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)

CATALOGUE = """\
agencies:
  population: {name: {zh: 户政, en: Population}}
  second: {name: {zh: 另一部门, en: Another}}
  criminal: {name: {zh: 刑侦, en: Criminal}}
  platform: {name: {zh: 平台, en: Platform}}
resources:
  population_basic:
    agency: population
    name: {zh: 人口基本信息, en: Population}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      name: {zh: 姓名, en: Name, privacy: personal}
      birth_date: {zh: 出生日期, en: Born, privacy: personal}
      sex: {zh: 性别, en: Sex, privacy: personal}
  address:
    agency: population
    name: {zh: 地址, en: Address}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      street: {zh: 街道, en: Street, privacy: personal}
  criminal_record:
    agency: criminal
    name: {zh: 犯罪记录, en: Criminal record}
    sharing: {method: verify, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      condition_met: {zh: 是否符合, en: Condition met, privacy: sensitive}
      judgments:
        zh: 裁判记录
        en: Judgments
        privacy: sensitive
        sharing: {type: not_shared, ground: 刑事诉讼法 第二百八十六条}
  described:
    agency: criminal
    name: {zh: 未接入, en: Not connected}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: false
    fields:
      thing: {zh: 某项, en: Thing, privacy: personal}
  unified_identity:
    agency: platform
    name: {zh: 统一身份认证, en: Identity}
    sharing: {method: query, type: conditional, update_frequency: realtime}
    connected: true
    fields:
      name: {zh: 姓名, en: Name, privacy: personal}
      assurance_level: {zh: 认证等级, en: Level, privacy: personal}
"""

EXCHANGE = """\
agencies:
  population: {kind: fake, seconds: 5}
  second: {kind: fake, seconds: 5}
  criminal: {kind: fake, seconds: 5}
resources:
  population_basic:
    most_absences: 3
    sources:
      - agency: population
        at: population_basic
        key: id_number
        absent: empty
        fields: {name: name, birth_date: {type: date}, sex: {values: [男, 女]}}
  address:
    sources:
      - {agency: population, at: address, key: id_number, absent: empty, fields: {street: street}}
      - {agency: second, at: address, key: id_number, absent: empty, fields: {street: road}}
  criminal_record:
    sources:
      - {agency: criminal, at: criminal_record, key: id_number, absent: never, fields: {condition_met: condition_met, judgments: judgments}}
"""

ROW = {"id_number": ANNA.id_number, "name": "演示·安娜", "birth_date": "1949-12-31", "sex": "女"}
GRANTED = (
    "population_basic.name", "population_basic.birth_date", "address.street", "criminal_record.condition_met", "described.thing",
    "unified_identity.name", "unified_identity.assurance_level",
)
SCOPE = (*GRANTED, "population_basic.sex", "criminal_record.judgments")


class Scene:
    """The city in a folder; `rows` and `modes` by agency may be changed between pulls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses = folder / "agencies.json"
        self.rows: dict[str, dict[str, list[dict[str, Any]]]] = {
            "population": {"population_basic": [ROW], "address": [{"id_number": ANNA.id_number, "street": "深南大道1号"}]},
            "second": {"address": [{"id_number": ANNA.id_number, "road": "深南大道1号"}]},
            "criminal": {"criminal_record": [{"id_number": ANNA.id_number, "condition_met": "true", "judgments": "x"}]},
        }
        self.modes: dict[str, str] = {}
        (folder / "exchange.yaml").write_text(EXCHANGE, encoding="utf-8")
        (folder / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")

    def open(self) -> None:
        """What is done once, before anybody pulls: the catalogue, the person, her consent, the grants."""
        seed_catalogue(source=self.folder / "catalogue.yaml", by=KEEPER, now=NOW)
        self.subject = self.enter(ANNA)
        self.by: Actor = person(self.subject)
        self.receipt = self.consent()
        for source in GRANTED:
            resource, _, field = source.partition(".")
            approve_grant(service=SERVICE, resource=resource, field=field, purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)

    def enter(self, assertion: Assertion) -> str:
        return sign_in(code="code", by=system("test.sign_in"), now=NOW, authority=FakeAuthority({"code": assertion})).party.id

    def stranger(self, serial: int) -> tuple[str, str]:
        """Somebody whom no agency knows, and her receipt."""
        subject = self.enter(replace(ANNA, id_number=f"44030519900101{serial:03d}X", name=f"演示·{serial}"))
        return subject, self.consent(subject=subject)

    def consent(self, *, subject: str | None = None, purpose: Text = PURPOSE, **more: Any) -> str:
        who = subject or self.subject
        given: dict[str, Any] = {
            "application": APPLICATION, "service": SERVICE, "version": "f" * 64, "applicant": who, "scope": SCOPE, "purpose": purpose,
            "separate": ("criminal_record.condition_met", "criminal_record.judgments"), "expires_at": NOW + timedelta(days=90),
            "by": person(who), "now": NOW,
        }
        return give_consent(**{**given, **more}).receipt

    def ground(self, receipt: str | None = None) -> Ground:
        return Ground(receipt or self.receipt, SERVICE, APPLICATION)

    def publish(self) -> None:
        """Write the addresses, as the agencies stand now."""
        known = {agency: {"kind": "fake", "rows": rows, "mode": self.modes.get(agency, "up")} for agency, rows in self.rows.items()}
        self.addresses.write_text(json.dumps(known), encoding="utf-8")

    def pull(self, asks: Mapping[str, Iterable[str]], *, seconds: float = LONG, now: datetime = NOW, **more: Any) -> dict[str, Fact]:
        self.publish()
        asked = {resource: tuple(fields) for resource, fields in asks.items()}
        given = {"subject": self.subject, "ground": self.ground(), "by": self.by, **more}
        return pull(asks=asked, deadline=timedelta(seconds=seconds), now=now, **given)

    def grant_of(self, resource: str, field: str) -> str:
        return next(grant.id for grant in list_grants(SERVICE) if (grant.resource, grant.field) == (resource, field))
