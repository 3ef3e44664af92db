"""When a look is shown to the person whose record it was at: at once, later, or when somebody releases it (ADR 0037)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Count

from miaopi.apps.audit.api import Actor, list_deferrals_about
from miaopi.apps.exchange import models
from miaopi.apps.identity.api import list_avoided_subjects
from miaopi.kernel.calendar import LEGAL_ZONE, add_months, compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

LONGEST_MONTHS: Final = ("visibility.longest_months", 6)  # a setting of the city, and what holds where it sets nothing
MOST_RENEWALS: Final = ("visibility.most_renewals", 2)
DAYS: Final = re.compile(r"([1-9]\d{0,3})d", re.ASCII)


class Shown(StrEnum):
    """The class of a look, the most visible first."""

    IMMEDIATE = "immediate"
    DEFERRED = "deferred"
    WITHHELD = "withheld"

    @property
    def rank(self) -> int:
        return list(Shown).index(self)


@frozen
class Visibility:
    """A class, and of a deferred look for how many days, or to which day. `str()` is its written form: `deferred:90d`."""

    shown: Shown = Shown.IMMEDIATE
    days: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        if self.shown is not Shown.DEFERRED:
            return str(self.shown)
        return f"deferred:{self.days}d" if self.until is None else f"deferred:{self.until.isoformat()}"

    @property
    def rank(self) -> tuple[int, int]:
        """The smaller, the more is seen; a fixed day comes before a number of days after each look."""
        return self.shown.rank, 0 if self.days is None else self.days

    def covers(self, other: Visibility) -> bool:
        """Whether whoever may look like this may look like `other` too: as visible, or more."""
        if self.shown is not Shown.DEFERRED or other.shown is not Shown.DEFERRED:
            return other.shown.rank <= self.shown.rank
        if self.until is not None:
            return other.until is not None and other.until <= self.until
        return other.days is not None and self.days is not None and other.days <= self.days

    def compute_release(self, at: datetime) -> datetime | None:
        """When a look at that moment is shown; `None`: not by time alone."""
        match self:
            case Visibility(shown=Shown.DEFERRED, until=date() as until):
                return max(at, datetime.combine(until, time(), tzinfo=LEGAL_ZONE)).astimezone(UTC)
            case Visibility(shown=Shown.DEFERRED, days=int(days)):
                return at + timedelta(days=days)
        return at if self.shown is Shown.IMMEDIATE else None

    def to_text(self) -> Text:
        """As a steward and an auditor read it."""
        if self.shown is Shown.IMMEDIATE:
            return Text(zh="查询后当事人立即可见", en="shown to the person at once")
        if self.shown is Shown.WITHHELD:
            return Text(zh="只计数，依法解除后当事人才可见", en="counted, and shown to the person only when it is released by law")
        if self.until is not None:
            day = self.until.isoformat()
            return Text(zh=f"计数，{day}起当事人可见", en=f"counted, and shown to the person from {day} on")
        return Text(zh=f"计数，每次查询{self.days}天后当事人可见", en=f"counted, and shown to the person {self.days} days after each look")


AT_ONCE: Final = Visibility()


@frozen
class Hiding:
    """By which agreement a look is not shown at once."""

    agreement: str
    visibility: Visibility

    def compute_deferral(self, matter: str) -> str:
        """The name of all looks by it in one matter: they are renewed and released together."""
        return hashlib.sha256(f"{self.agreement}/{matter}".encode()).hexdigest()[:32]


@frozen
class Deferral:
    """Looks of one matter that are not shown at once, by which agreement and law; how often they were deferred again."""

    id: str
    agreement: str
    requester: str
    resource: str
    matter: str
    visibility: Visibility
    law: str
    opened_at: datetime
    until: datetime | None
    renewals: int
    released_at: datetime | None

    def to_json(self) -> dict[str, object]:
        moments = {"opened_at": self.opened_at, "until": self.until, "released_at": self.released_at}
        return {
            "id": self.id, "agreement": self.agreement, "requester": self.requester, "resource": self.resource, "matter": self.matter,
            "visibility": str(self.visibility), "visibility_text": self.visibility.to_text().to_json(), "law": self.law,
            **{name: at and at.isoformat() for name, at in moments.items()}, "renewals": self.renewals,
        }  # fmt: skip


def read_visibility(written: str) -> Visibility:
    """`immediate`, `deferred:90d`, `deferred:2027-03-01`, `withheld`. Raises InputError."""
    kind, _, term = written.strip().partition(":")
    if term == "" and kind in (Shown.IMMEDIATE, Shown.WITHHELD):
        return Visibility(Shown(kind))
    if kind == Shown.DEFERRED and (days := DAYS.fullmatch(term)):
        return Visibility(Shown.DEFERRED, days=int(days[1]))
    if kind == Shown.DEFERRED:
        try:
            return Visibility(Shown.DEFERRED, until=date.fromisoformat(term))
        except ValueError:
            pass
    raise InputError(
        "visibility", Text(zh="读不出何时可见。", en="this does not say when a look is shown."),
        Text(zh="写法：immediate、deferred:90d、deferred:2027-03-01、withheld。",
             en="It reads like: immediate, deferred:90d, deferred:2027-03-01, withheld."),
    )  # fmt: skip


def compute_longest(now: datetime) -> datetime:
    """The last moment to which a look of now may be deferred, or deferred again."""
    months = _setting(LONGEST_MONTHS)
    day = add_months(compute_legal_day(now), months)
    return datetime.combine(day, now.astimezone(LEGAL_ZONE).time(), tzinfo=LEGAL_ZONE)


def count_longest_months() -> int:
    return _setting(LONGEST_MONTHS)


def count_renewals_allowed() -> int:
    return _setting(MOST_RENEWALS)


def list_deferrals(
    *, requester: str | None = None, law: str | None = None, skip: int = 0, most: int | None = None, reader: Actor | None = None
) -> Sequence[Deferral]:
    """Matters whose looks are not shown at once, the newest first; of one agency that looks, or on one law, if it is named. For a reader,
    without those that are not hers to watch."""
    rows = models.Deferral.objects.select_related("agreement").exclude(id__in=_list_not_for(reader)).order_by("-opened_at", "id")
    rows = rows if requester is None else rows.filter(agreement__requester=requester)
    rows = rows if law is None else rows.filter(agreement__hidden_by=law)
    return [compute_deferral(row) for row in (rows if most is None else rows[skip : skip + most])]


def count_deferrals(*, reader: Actor | None = None) -> Mapping[tuple[str, str], int]:
    """How many matters there are that were not released, by the agency that looks and the law; for a reader as in the list."""
    rows = models.Deferral.objects.filter(released_at=None).exclude(id__in=_list_not_for(reader))
    named = ("agreement__requester", "agreement__hidden_by")
    counted = rows.values_list(*named).annotate(count=Count("id")).order_by("-count", *named)
    return {(requester, law): count for requester, law, count in counted}


def get_deferral(deferral: str, *, reader: Actor) -> Deferral:
    """Raises NotFound, for one that is not hers to watch too."""
    row = models.Deferral.objects.select_related("agreement").filter(id=deferral).first()
    if row is None or deferral in _list_not_for(reader):
        raise no_such_deferral()
    return compute_deferral(row)


def is_released(deferral: str) -> bool:
    """Whether somebody let the looks of the matter be shown: those that come after are shown too."""
    return models.Deferral.objects.filter(id=deferral, released_at__isnull=False).exists()


def lock_deferral(deferral: str, *, by: Actor) -> models.Deferral:
    """The deferral to change it. Raises NotFound, for one that is not hers to watch too."""
    row = models.Deferral.objects.select_for_update(of=("self",)).select_related("agreement").filter(id=deferral).first()
    if row is None or deferral in _list_not_for(by):
        raise no_such_deferral()
    return row


def _list_not_for(reader: Actor | None) -> Collection[str]:
    """Those that hide looks at the reader herself or at a person close to her: she would release what is kept from her."""
    return () if reader is None else list_deferrals_about(list_avoided_subjects(reader.id))


def no_such_deferral() -> NotFound:
    return NotFound(Text(zh="没有这项延后显示。", en="There is no such deferral."))


def compute_deferral(row: models.Deferral) -> Deferral:
    return Deferral(
        id=row.id, agreement=row.agreement_id, requester=row.agreement.requester, resource=row.agreement.resource, matter=row.matter,
        visibility=read_visibility(row.agreement.visibility), law=row.agreement.hidden_by, opened_at=row.opened_at, until=row.until,
        renewals=row.renewals, released_at=row.released_at,
    )


def _setting(named: tuple[str, int]) -> int:
    name, otherwise = named
    return int(str(settings.MIAOPI_CITY.settings.get(name, otherwise)))
