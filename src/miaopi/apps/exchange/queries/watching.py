"""What an auditor looks for in the looks of others: found in a stretch of the log, or in the agreements; clues, never verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q

from miaopi.apps.audit.api import ActorKind, LoggedEntry
from miaopi.apps.exchange import models
from miaopi.apps.exchange.events import EntryRead, PullRefused
from miaopi.apps.exchange.events.pulls import OWN_NUMBER
from miaopi.apps.exchange.models import AgreementState, ObjectionState
from miaopi.apps.exchange.queries.agreements import Agreement, compute_agreement
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.frozen import frozen

NIGHT: Final = (22, 6)  # from this hour, to before that one, legal time
MANY: Final = 3  # different ones who looked at one person
NAMED: Final = 5  # entries of a clue
# What a look may belong to that stands with us: a case, or something that a person or a steward set going.
MATTERS: Final = ("number", "application", "dispute", "objection", "candidate")
UNCOUNTED: Final = (PullRefused.event_kind, EntryRead.event_kind)  # an auditor who follows a clue does not add to it


class Pattern(StrEnum):
    """What is odd about looks. None of it is forbidden as such."""

    OUTSIDE_CASES = "outside_cases"
    MANY_LOOKERS = "many_lookers"
    AT_NIGHT = "at_night"


@frozen
class Looker:
    """Who looked: an agency or a member of staff by id; for what the house did itself the service."""

    kind: str
    id: str


@frozen
class Clue:
    """How many looks, by whom, at whom if they are about one person (her pseudonym); `entries` are the positions of the latest. `matters`:
    for how many numbers of the lookers' own."""

    lookers: tuple[Looker, ...]
    count: int
    matters: int
    entries: tuple[int, ...]
    subject: str = ""


@frozen
class Refused:
    """How often looks were refused for one reason, and by whom they were tried most."""

    code: RefusalCode
    count: int
    lookers: tuple[tuple[Looker, int], ...]
    last_at: datetime
    entries: tuple[int, ...]


@frozen
class Diligence:
    """How one office keeps the clocks of objections to its looks."""

    office: str
    open: int
    overdue: int
    in_time: int
    late: int
    upheld: int


def list_clues(pattern: Pattern, looks: Sequence[LoggedEntry]) -> Sequence[Clue]:
    """The clues of one kind among these looks, the most looks first. What a person set going herself is none of anybody's."""
    others = [(look, looker) for look in looks if look.kind not in UNCOUNTED and (looker := find_looker(look)) is not None]
    match pattern:
        case Pattern.OUTSIDE_CASES:
            return _by_looker(others, _is_outside)
        case Pattern.AT_NIGHT:
            return _by_looker(others, lambda look: _is_night(look.at))
        case Pattern.MANY_LOOKERS:
            return _by_subject(others)


def list_refused(looks: Sequence[LoggedEntry]) -> Sequence[Refused]:
    """Refused looks by their code, the commonest first."""
    held: dict[RefusalCode, list[LoggedEntry]] = {}
    for look in looks:
        code = str(look.body.get("code", ""))
        if look.kind == PullRefused.event_kind and code in set(RefusalCode):
            held.setdefault(RefusalCode(code), []).append(look)
    found = []
    for each, refused in held.items():
        tried = Counter(looker for look in refused if (looker := find_looker(look)) is not None)
        found.append(Refused(each, len(refused), tuple(tried.most_common(3)), refused[0].at, _name_entries(refused)))
    return sorted(found, key=lambda each: -each.count)


def find_looker(look: LoggedEntry) -> Looker | None:
    """Who looked; nobody where a person applied for something, whose data were fetched for her."""
    kind, id, service = str(look.actor["kind"]), str(look.actor["id"]), str(look.body.get("service") or "")
    if kind == ActorKind.PERSON or look.body.get("receipt"):
        return None
    return Looker(kind, id) if kind in (ActorKind.STAFF, ActorKind.AGENCY) else Looker(ActorKind.SYSTEM, service or id)


def list_spent(now: datetime) -> Sequence[Agreement]:
    """Agreements that hold and by which nothing more is had, today or at all, because their number of calls is spent."""
    today = Q(daily_quota__isnull=False, used_on=compute_legal_day(now), used_today__gte=F("daily_quota"))
    in_all = Q(total_quota__isnull=False, used_in_all__gte=F("total_quota"))
    rows = models.Agreement.objects.filter(today | in_all, state=AgreementState.GRANTED)
    return [compute_agreement(row) for row in rows.order_by("agency", "id")]


def list_unused(now: datetime, *, skip: int, most: int) -> Sequence[Agreement]:
    """Agreements that were asked for, hold, and were never used for a look, the oldest first."""
    used = models.AgreementUse.objects.filter(agreement=OuterRef("id"))
    rows = models.Agreement.objects.filter(~Exists(used), state=AgreementState.GRANTED, starts_at__lte=now)
    asked = rows.exclude(filed_by__startswith=f"{ActorKind.RULE_SET}/")  # what comes with a service waits for somebody to apply
    return [compute_agreement(row) for row in asked.order_by("decided_at", "id")[skip : skip + most]]


def list_diligence(now: datetime) -> Sequence[Diligence]:
    """Of every office that ever had to answer an objection, those with something overdue first."""
    is_open = Q(state__in=(ObjectionState.FILED, ObjectionState.OVERDUE))
    is_answered = Q(answered_at__isnull=False)
    rows = models.Objection.objects.values("office").annotate(
        open=Count("id", filter=is_open), overdue=Count("id", filter=is_open & Q(due_at__lt=now)),
        in_time=Count("id", filter=is_answered & Q(answered_at__lte=F("due_at"))),
        late=Count("id", filter=is_answered & Q(answered_at__gt=F("due_at"))), upheld=Count("id", filter=Q(state=ObjectionState.UPHELD)),
    )  # fmt: skip
    return [Diligence(**row) for row in rows.order_by("-overdue", "-late", "-open", "office")]


def _by_looker(looks: Iterable[tuple[LoggedEntry, Looker]], is_odd: Callable[[LoggedEntry], bool]) -> Sequence[Clue]:
    """What the house does by itself at night, or for no case, is its duty and no clue."""
    held: dict[Looker, list[LoggedEntry]] = {}
    for look, looker in looks:
        if looker.kind != ActorKind.SYSTEM and is_odd(look):
            held.setdefault(looker, []).append(look)
    return _sorted(Clue((looker,), len(found), _count_matters(found), _name_entries(found)) for looker, found in held.items())


def _by_subject(looks: Iterable[tuple[LoggedEntry, Looker]]) -> Sequence[Clue]:
    held: dict[str, list[LoggedEntry]] = {}
    lookers: dict[str, dict[Looker, None]] = {}
    for look, looker in looks:
        if subject := str(look.body.get("subject") or ""):
            held.setdefault(subject, []).append(look)
            lookers.setdefault(subject, {})[looker] = None
    return _sorted(
        Clue(tuple(lookers[subject]), len(found), _count_matters(found), _name_entries(found), subject)
        for subject, found in held.items() if len(lookers[subject]) >= MANY
    )  # fmt: skip


def _sorted(clues: Iterable[Clue]) -> Sequence[Clue]:
    return sorted(clues, key=lambda clue: (-len(clue.lookers), -clue.count, clue.lookers[0].id))


def _name_entries(looks: Sequence[LoggedEntry]) -> tuple[int, ...]:
    return tuple(look.seq for look in looks[:NAMED] if look.seq is not None)


def _is_outside(look: LoggedEntry) -> bool:
    said = (str(look.body.get(name) or "") for name in MATTERS)
    return not any(each and not each.startswith(OWN_NUMBER) for each in said)


def _count_matters(looks: Sequence[LoggedEntry]) -> int:
    return len({each for look in looks if (each := str(look.body.get("application") or "")).startswith(OWN_NUMBER)})


def _is_night(at: datetime) -> bool:
    hour = at.astimezone(LEGAL_ZONE).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]
