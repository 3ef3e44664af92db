"""A visit after an approval: what must be seen, when and where; seats offered, booked, moved, given back."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from miaopi.apps.appointment.api import Appointment as Seat
from miaopi.apps.appointment.api import book_slot, cancel_slot, find_visit, list_slots, move_slot
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from miaopi.rest.gate import gate, who
from miaopi.rest.repeats import PARAMETER, once
from miaopi.rest.schemas import Answer, Asked, Words

router = Router(tags=["appointments"])
NO_VISIT = Text(zh="这个办件不需要到场。", en="This application needs no visit.")


class Office(Answer):
    id: str
    name: Words
    address: Words
    region: str


class Appointment(Answer):
    """A seat that one has; `ticket` is what is called at the office."""

    id: str
    office: Office
    counter: int
    ticket: str
    starts_at: datetime
    ends_at: datetime


class Act(Answer):
    code: str
    name: Words


class Visit(Answer):
    """Until when one must come, for which act, and with exactly which papers."""

    number: str
    act: Act
    state: str = Field(description="invited, done, lapsed or closed")
    valid_to: date
    papers: list[Words]
    appointment: Appointment | None
    ended_on: date | None


class Slot(Answer):
    """A time with what is still free of its seats; `id` is what is booked."""

    id: str
    starts_at: datetime
    ends_at: datetime
    free: int


class FreeDay(Answer):
    day: date
    free: int


class Offer(Answer):
    """Offices of the kind, the days of the chosen one with their free seats, the slots of the chosen day."""

    offices: list[Office]
    office: str
    days: list[FreeDay]
    day: date | None
    slots: list[Slot]


class Booking(Asked):
    slot: str = Field(description="`id` of a slot that was offered", max_length=100)


@router.get(
    "/{number}/visit", response=Visit, auth=gate(Right.READ_OWN_APPLICATION), summary="What must be seen once", operation_id="get_visit"
)
def show_visit(request: HttpRequest, number: str) -> Visit:
    """The visit that an approval asks for; 404 where there is none."""
    by, _ = who(request)
    found = find_visit(number=number, reader=by)
    if found is None:
        raise NotFound(NO_VISIT)
    return Visit.model_validate(found.to_json())


@router.get(
    "/{number}/slots", response=Offer, auth=gate(Right.BOOK_APPOINTMENT), summary="Times to choose from", operation_id="list_slots"
)
def show_slots(request: HttpRequest, number: str, office: str | None = None, day: date | None = None) -> Offer:
    """What can be booked up to the last day of the approval. Without an office: one's own, or the first with something free."""
    by, now = who(request)
    offer = list_slots(number=number, reader=by, now=now, office=office, day=day)
    return Offer.model_validate(offer.to_json() | {"days": [{"day": day, "free": free} for day, free in offer.days.items()]})


@router.post(
    "/{number}/appointment", response={201: Appointment}, auth=gate(Right.BOOK_APPOINTMENT), summary="Book a time",
    operation_id="book_slot", openapi_extra=PARAMETER,
)  # fmt: skip
def book(request: HttpRequest, number: str, body: Booking) -> HttpResponse:
    """Take a seat of a slot. Of two who want the last one, one gets it; the other's 422 names days with something free."""
    by, now = who(request)
    return once(request, lambda: describe(book_slot(number=number, slot=body.slot, by=by, now=now)))


@router.patch("/{number}/appointment", response=Appointment, auth=gate(Right.BOOK_APPOINTMENT), summary="Move it", operation_id="move_slot")
def move(request: HttpRequest, number: str, body: Booking) -> Appointment:
    """Another time in place of the one that is held; where that is full, the one that is held stays."""
    by, now = who(request)
    return describe(move_slot(number=number, slot=body.slot, by=by, now=now))


@router.delete(
    "/{number}/appointment", response={204: None}, auth=gate(Right.BOOK_APPOINTMENT), summary="Give it back", operation_id="cancel_slot"
)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Give the seat back; one may book again while the approval is valid. Cancelled twice is cancelled once."""
    by, now = who(request)
    cancel_slot(number=number, by=by, now=now)
    return HttpResponse(status=204)


def describe(seat: Seat) -> Appointment:
    return Appointment.model_validate(seat.to_json())
