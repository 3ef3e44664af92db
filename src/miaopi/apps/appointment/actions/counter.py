"""At the counter: a clerk opens a visit of her office, sees each original, and completes the visit."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.appointment.events import PaperSeen, VisitCompleted, VisitRead
from miaopi.apps.appointment.models import Seat, Visit, VisitState
from miaopi.apps.appointment.queries.counter import CounterView, compute_counter, get_own_seat
from miaopi.apps.appointment.queries.visits import NO_VISIT, VisitView, compute_end, compute_visit, lock_visit
from miaopi.apps.approval.api import release_claim
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text


def read_visit(*, number: str, by: Actor, now: datetime) -> CounterView:
    """Open a visit of one's own office: who comes and what is to be seen. Each look is an entry that the person sees."""
    authorise(by, Right.READ_VISIT)
    seat = get_own_seat(number=number, by=by)
    row = Visit.objects.get(number=seat.number)
    with act(by=by, now=now) as unit:
        unit.record(
            VisitRead(number=row.number, service=row.service, act=row.act, office=seat.office, staff=by.id, subject=pseudonym(row.party))
        )
    return compute_counter(row, seat)


def see_paper(*, number: str, paper: int, by: Actor, now: datetime) -> VisitView:
    """Tick an original that was seen; `paper` counts from 1. Seen twice is seen once. InputError for a paper that is not asked for.

    The answer holds nothing of the person: who wants to see her, looks, and leaves an entry (`read_visit`).
    """
    authorise(by, Right.TICK_PAPER)
    seat = get_own_seat(number=number, by=by)
    with act(by=by, now=now) as unit:
        row = _lock(seat, now)
        count = _count_papers(row)
        if not 1 <= paper <= count:
            raise InputError(
                "paper", Text(zh="没有这份原件。", en="no such paper is asked for."),
                Text(zh=f"编号从1到{count}。", en=f"Count from 1 to {count}."),
            )  # fmt: skip
        if paper not in row.papers_seen:
            row.papers_seen = sorted([*row.papers_seen, paper])
            row.save(update_fields=["papers_seen"])
            unit.record(PaperSeen(number=row.number, paper=paper, office=seat.office, staff=by.id, subject=pseudonym(row.party)))
    return compute_visit(row, seat)


def complete_visit(*, number: str, by: Actor, now: datetime) -> VisitView:
    """Everything was seen: the visit is done, and what follows is registered. Completed twice is completed once.

    InputError while a paper is not seen, or once the approval has lapsed; NotFound for a visit of another office.
    """
    authorise(by, Right.TICK_PAPER)
    seat = get_own_seat(number=number, by=by)
    row = Visit.objects.get(number=seat.number)
    if row.state == VisitState.DONE.value:
        return compute_visit(row, seat)
    with act(by=by, now=now) as unit:
        row = _lock(seat, now)
        if missing := sorted(set(range(1, _count_papers(row) + 1)) - set(row.papers_seen)):
            raise InputError(
                "paper", Text(zh=f"还有{len(missing)}份原件没有核对。", en=f"{len(missing)} papers are not seen yet."),
                Text(zh="逐件核对后再办结。", en="See each of them first."),
            )  # fmt: skip
        row.state, row.ended_at, row.office, row.staff = VisitState.DONE.value, now, seat.office, by.id
        row.save(update_fields=["state", "ended_at", "office", "staff"])
        release_claim(number=row.number, by=by, now=now)
        unit.record(
            VisitCompleted(
                number=row.number, service=row.service, version=row.version, act=row.act, office=seat.office, staff=by.id,
                done_on=compute_legal_day(now).isoformat(), subject=pseudonym(row.party),
            ),
            hand=compute_end(row, now),
        )  # fmt: skip
    return compute_visit(row, seat)


def _lock(seat: Seat, now: datetime) -> Visit:
    row = lock_visit(str(seat.number), now)
    if not Seat.objects.filter(id=seat.id, number=row.number).exists():  # given back, or moved away, while we waited
        raise NotFound(NO_VISIT)
    return row


def _count_papers(row: Visit) -> int:
    rule = get_service(row.service, row.version).visit
    return 0 if rule is None else len(rule.papers)
