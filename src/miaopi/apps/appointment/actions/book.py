"""Booking: one seat a case, one case a seat, whoever asks in the same millisecond."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from miaopi.apps.appointment.events import SlotBooked, SlotCancelled, SlotMoved
from miaopi.apps.appointment.models import Seat, Visit
from miaopi.apps.appointment.queries.visits import (
    Appointment,
    compute_seat,
    get_visit_row,
    list_offices,
    list_slots,
    lock_visit,
    read_slot,
    require_office,
)
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

# SKIP LOCKED: who is about to get a seat is not waited for; if nothing else is free, it is taken.
TAKE: Final = """
UPDATE appointment_seat SET number = %(number)s, booked_at = %(now)s
 WHERE id = (SELECT id FROM appointment_seat
              WHERE office = %(office)s AND starts_at = %(starts_at)s AND number IS NULL
              ORDER BY counter LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""


def book_slot(*, number: str, slot: str, by: Actor, now: datetime) -> Appointment:
    """Take a seat of a slot for one's own visit. The same slot again is the same seat.

    InputError for a slot that is full (naming what is free), past, beyond the validity, or where a seat is held already; NotFound for
    another's case or an office that is none for it.
    """
    authorise(by, Right.BOOK_APPOINTMENT)
    row = get_visit_row(number=number, reader=by)
    with act(by=by, now=now) as unit:
        locked = lock_visit(row.number, now)
        held = Seat.objects.filter(number=locked.number).first()
        if held is not None:
            if read_slot(slot) == (held.office, held.starts_at):
                return compute_seat(held)
            raise InputError(
                "slot", Text(zh="您已经预约了一个时间。", en="you have a time already."), Text(zh="请用改期。", en="Move it instead.")
            )
        seat = _take(locked, slot, by=by, now=now)
        found = compute_seat(seat)
        unit.record(
            SlotBooked(number=locked.number, appointment=seat.id, office=seat.office, at=seat.starts_at.isoformat(),
                       subject=pseudonym(locked.party))
        )  # fmt: skip
    return found


def move_slot(*, number: str, slot: str, by: Actor, now: datetime) -> Appointment:
    """Take another slot instead of the one that is held; where that is full, the one that is held stays. Raises as `book_slot` does."""
    authorise(by, Right.BOOK_APPOINTMENT)
    row = get_visit_row(number=number, reader=by)
    with act(by=by, now=now) as unit:
        locked = lock_visit(row.number, now)
        held = _held(locked, now)
        if read_slot(slot) == (held.office, held.starts_at):
            return compute_seat(held)
        Seat.objects.filter(id=held.id).update(number=None, booked_at=None)
        seat = _take(locked, slot, by=by, now=now)
        found = compute_seat(seat)
        unit.record(
            SlotMoved(number=locked.number, appointment=seat.id, office=seat.office, at=seat.starts_at.isoformat(), earlier=held.id,
                      subject=pseudonym(locked.party))
        )  # fmt: skip
    return found


def cancel_slot(*, number: str, by: Actor, now: datetime) -> None:
    """Give the seat back; one may book again while the approval is valid. Cancelled twice is cancelled once."""
    authorise(by, Right.BOOK_APPOINTMENT)
    row = get_visit_row(number=number, reader=by)
    with act(by=by, now=now) as unit:
        locked = lock_visit(row.number, now)
        held = Seat.objects.filter(number=locked.number).first()
        if held is None:
            return
        Seat.objects.filter(id=held.id).update(number=None, booked_at=None)
        unit.record(SlotCancelled(number=locked.number, appointment=held.id, subject=pseudonym(locked.party)))


def _held(row: Visit, now: datetime) -> Seat:
    held = Seat.objects.filter(number=row.number).first()
    if held is None:
        raise InputError(
            "slot", Text(zh="您还没有预约。", en="you have no time yet."), Text(zh="请先选一个时间。", en="Choose a time first.")
        )
    return held


def _take(row: Visit, slot: str, *, by: Actor, now: datetime) -> Seat:
    office, starts_at = read_slot(slot)
    require_office(office, list_offices(row))
    if starts_at <= now or compute_legal_day(starts_at) > row.valid_to:
        raise InputError(
            "slot", Text(zh="这个时间已过，或在核准有效期之后。", en="that time is past, or after the approval ends."),
            Text(zh=f"请选{row.valid_to}（含）以前的时间。", en=f"Choose a time up to {row.valid_to}."),
        )  # fmt: skip
    taken = list(Seat.objects.raw(TAKE, {"number": row.number, "now": now, "office": office, "starts_at": starts_at}))
    if taken:
        return taken[0]
    offer = list_slots(number=row.number, reader=by, now=now, office=office)
    days = [day for day, free in offer.days.items() if free][:3]
    said = "、".join(f"{day.month}月{day.day}日" for day in days)
    raise InputError(
        "slot", Text(zh="这个时间刚刚约满。", en="that time has just been taken."),
        Text(zh=f"还有空位的日子：{said}。" if days else "这里近期已约满，请换一个地点。",
             en=f"Still free: {', '.join(day.isoformat() for day in days)}." if days else "This office is full; choose another."),
    )  # fmt: skip

