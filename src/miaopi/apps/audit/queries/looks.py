"""Who looked at a person's data: what is shown to her now, and how many looks are not shown yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.db.models import Count, F, JSONField, Max, Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, TruncMonth

from miaopi.apps.audit.events import KINDS, ActorKind
from miaopi.apps.audit.models import Entry
from miaopi.apps.audit.queries.entries import LoggedEntry, compute_entry, is_shown
from miaopi.kernel.calendar import LEGAL_ZONE, add_months
from miaopi.kernel.frozen import frozen


class Among(StrEnum):
    """Which looks: all; those that she had a part in, by staff, on a duty by law; refused ones, which are not among all; and
    those that were deferred and are shown by now, whichever else they are."""

    ALL = "all"
    OWN = "own"
    STAFF = "staff"
    DUTY = "duty"
    REFUSED = "refused"
    RELEASED = "released"


MOST_RELEASED: Final = 50  # above a list: who has more reads them at their places
_STAFF: Final = Q(by=ActorKind.STAFF.value)
_CONDITIONS: Final[Mapping[Among, Q]] = {
    Among.ALL: Q(),
    Among.OWN: ~_STAFF & (Q(duty=None) | Q(duty="")),
    Among.STAFF: _STAFF,
    Among.DUTY: ~_STAFF & Q(duty__gt=""),
    Among.RELEASED: Q(deferral__isnull=False),
}


@frozen
class Deferred:
    """Looks that are counted and not shown: how many are shown before the day `latest`, the first of a month, and how many not by time."""

    months: tuple[tuple[date, int], ...]
    withheld: int

    @property
    def count(self) -> int:
        return sum(count for _, count in self.months)


def list_accesses(
    subject: str, *, now: datetime | None = None, among: Among = Among.ALL, number: str | None = None, before: int | None = None,
    most: int = 200,
) -> list[LoggedEntry]:
    """Who looked at the data of the person with this pseudonym: numbered looks, the latest first; in one case, if it is named.

    A deferred look stands among the others, at the place where it happened, from the moment on from which it is shown; without
    `now` it is not shown at all. `before` is the position at which the last page ended.
    """
    rows = _looks(subject, among).filter(is_shown(now), position__isnull=False)
    if number is not None:
        rows = rows.filter(number=number)
    if before is not None:
        rows = rows.filter(position__seq__lt=before)
    return [compute_entry(row) for row in rows.order_by("-position__seq")[:most]]


def list_released(subject: str, *, now: datetime, since: datetime) -> list[LoggedEntry]:
    """Deferred looks that have been shown to her since a moment: they stand further back in the list than where she reads it."""
    rows = _looks(subject, Among.RELEASED).filter(is_shown(now), position__isnull=False, release__shown_from__gt=since)
    return [compute_entry(row) for row in rows.order_by("-position__seq")[:MOST_RELEASED]]


def find_access(subject: str, seq: int, *, now: datetime | None = None) -> LoggedEntry | None:
    """The look at a position, if it was at the data of this person and is shown to her; not one that was refused."""
    row = _looks(subject, Among.ALL).filter(is_shown(now), position__seq=seq).first()
    return None if row is None else compute_entry(row)


def find_refused(subject: str, seq: int, *, now: datetime) -> LoggedEntry | None:
    """The refused look at a position, if it was meant for the data of this person and is shown to her."""
    row = _looks(subject, Among.REFUSED).filter(is_shown(now), position__seq=seq).first()
    return None if row is None else compute_entry(row)


def count_accesses(subject: str, *, now: datetime, since: datetime) -> Mapping[Among, int]:
    """How many looks since a moment are shown to her now."""
    recent = _described(Entry.objects.filter(is_shown(now), subject=subject, position__isnull=False, at__gt=since))
    attempts = Q(is_access=False, kind__in=list_attempts())
    wanted = {**{each: Q(is_access=True) & met for each, met in _CONDITIONS.items()}, Among.REFUSED: attempts}
    counted = recent.aggregate(**{f"count_{each}": Count("id", filter=met) for each, met in wanted.items()})
    return {each: counted[f"count_{each}"] for each in Among}


def count_deferred(subject: str, *, now: datetime) -> Deferred:
    """Looks at her data that are not shown now, from the moment at which each happened.

    Told by month and by nothing else: a day would give away when it was, an agency or a law who it was.
    """
    rows = Entry.objects.filter(~is_shown(now), subject=subject, is_access=True)
    counted = rows.annotate(month=TruncMonth("release__shown_from", tzinfo=LEGAL_ZONE)).values("month").annotate(count=Count("id"))
    months = {row["month"]: row["count"] for row in counted}
    withheld = months.pop(None, 0)
    return Deferred(tuple((add_months(month.date(), 1), count) for month, count in sorted(months.items())), withheld)


@frozen
class Hidden:
    """Of the looks of a deferral: how many are not shown now and how many are; when the next one is shown and when the last. Without a
    moment: not by time alone."""

    hidden: int
    shown: int
    next_at: datetime | None
    last_at: datetime | None


def count_hidden(deferrals: Collection[str], *, now: datetime) -> Mapping[str, Hidden]:
    """How it stands with the looks of each of these deferrals; one without looks is not among them."""
    is_hidden = Q(release=None) | Q(release__shown_from=None) | Q(release__shown_from__gt=now)
    rows = Entry.objects.filter(deferral__in=list(deferrals), is_access=True).values("deferral").annotate(
        hidden=Count("id", filter=is_hidden), shown=Count("id", filter=~is_hidden),
        next_at=Min("release__shown_from", filter=is_hidden), last_at=Max("release__shown_from", filter=is_hidden),
    )  # fmt: skip
    return {str(row["deferral"]): Hidden(row["hidden"], row["shown"], row["next_at"], row["last_at"]) for row in rows}


def list_deferrals_about(subjects: Collection[str]) -> frozenset[str]:
    """The deferrals of which a look is one at one of these persons."""
    rows = Entry.objects.filter(subject__in=list(subjects), deferral__isnull=False).values_list("deferral", flat=True).distinct()
    return frozenset(deferral for deferral in rows if deferral) if subjects else frozenset()


def _looks(subject: str, among: Among) -> QuerySet[Entry]:
    rows = Entry.objects.select_related("position", "release").filter(subject=subject)
    if among is Among.REFUSED:
        return rows.filter(is_access=False, kind__in=list_attempts())
    found = rows.filter(is_access=True)
    return found if among is Among.ALL else _described(found).filter(_CONDITIONS[among])


def _described(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """With what their text says of who looked, and on which duty."""
    written = Cast(F("entry"), JSONField())
    return rows.annotate(
        by=KeyTextTransform("kind", KeyTransform("actor", written)), duty=KeyTextTransform("duty", KeyTransform("body", written))
    )


def list_attempts() -> list[str]:
    """The kinds of entries that tell of a look that was refused."""
    return [kind for kind, event in KINDS.items() if event.is_attempt]
