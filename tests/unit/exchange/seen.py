"""A small city in which somebody looks: stewards of two sides, an auditor, agreements of every class, and what the person then sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from miaopi.apps.audit.api import LoggedEntry, count_deferred, list_accesses, sequence, sign_checkpoint, staff
from miaopi.apps.exchange.api import (
    Agreement,
    Duty,
    Terms,
    approve_agreement,
    pull_or_say_why,
    read_visibility,
    request_agreement,
)
from miaopi.apps.identity.api import Role, add_staff, pseudonym
from miaopi.config.offices import load_calendar
from miaopi.kernel.wording import Text
from tests.unit.exchange.scene import KEEPER, NOW, Scene
from tests.waiting import LONG

ROOT = Path(__file__).resolve().parents[3]
ASKER, PROVIDER, OTHER = (staff(name, "steward") for name in ("asker", "provider", "other"))
AUDITOR = staff("auditor", "auditor")
LAW = "演示侦查规定 第一条"  # made up: which law lets a look be shown later is for the agency to say
DUTY = Duty("open-cases", "AN-2026-1", "演示办案规定", "第二条")
WATCHED = {"population_basic": ("name",)}
FREE = """\
  places:
    agency: population
    name: {zh: 场所, en: Places}
    sharing: {method: query, type: unconditional, update_frequency: daily}
    connected: true
    fields:
      name: {zh: 名称, en: Name, privacy: public}
"""


class Watched(Scene):
    """The scene of the pulls, with those who ask for data, keep it, and watch over both."""

    settings: dict[str, Any]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        city = SimpleNamespace(folder=folder, calendar=load_calendar(ROOT / "cities/demo"), settings={})
        with (folder / "catalogue.yaml").open("a", encoding="utf-8") as described:
            described.write(FREE)
        self.settings = {"MIAOPI_CITY": city, "MIAOPI_AGENCIES": str(self.addresses)}

    def open(self) -> None:
        super().open()
        self.publish()
        for member, role, office in (
            (ASKER, Role.STEWARD, "second"), (PROVIDER, Role.STEWARD, "population"), (OTHER, Role.STEWARD, "criminal"),
            (AUDITOR, Role.AUDITOR, "audit-office"),
        ):  # fmt: skip
            add_staff(staff_id=member.id, name=Text(zh="演示", en="Demo"), role=role, office=office, by=KEEPER, now=NOW)

    def terms(self, visibility: str, **other: Any) -> Terms:
        said: dict[str, Any] = {
            "fields": ("name",), "starts_at": NOW, "ends_at": NOW + timedelta(days=900), "visibility": read_visibility(visibility),
            "hidden_by": "" if visibility == "immediate" else LAW,
        }  # fmt: skip
        return Terms(**{**said, **other})

    def request(self, visibility: str, *, duty: Duty = DUTY, resource: str = "population_basic", **other: Any) -> Agreement:
        return request_agreement(
            resource=resource, service=duty.service, purpose=duty.duty, ground=duty.duty,
            terms=self.terms(visibility, **other), by=ASKER, now=NOW,
        )  # fmt: skip

    def agree(self, visibility: str, *, duty: Duty = DUTY, **other: Any) -> Agreement:
        return approve_agreement(agreement=self.request(visibility, duty=duty, **other).id, by=PROVIDER, now=NOW)

    def look(self, *, duty: Duty = DUTY, subject: str = "", now: datetime = NOW, asks: Any = None) -> None:
        pull_or_say_why(
            subject=subject or self.subject, asks=asks or WATCHED, ground=duty, deadline=timedelta(seconds=LONG), by=KEEPER, now=now
        )

    def settle(self, now: datetime = NOW) -> None:
        sequence()
        sign_checkpoint(now=now)

    def seen(self, now: datetime, *, subject: str = "", **other: Any) -> list[LoggedEntry]:
        return list_accesses(pseudonym(subject or self.subject), now=now, **other)

    def hidden(self, now: datetime, *, subject: str = "") -> tuple[int, int]:
        """How many are shown later, and how many not by time."""
        found = count_deferred(pseudonym(subject or self.subject), now=now)
        return found.count, found.withheld
