"""Visits at the counter: the day of a clerk's own office, exactly the papers to see, and done."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from miaopi.apps.appointment.api import CounterView, complete_visit, list_day, read_visit, see_paper
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import mask
from miaopi.rest.appointments import Act, Appointment
from miaopi.rest.gate import gate, who
from miaopi.rest.schemas import Answer, Basis, Words, words

router = Router(tags=["visits"])


class DayLine(Answer):
    """A visit of the day; who comes is seen when it is opened."""

    number: str
    ticket: str
    starts_at: datetime
    act: Act
    state: str


class Day(Answer):
    visits: list[DayLine]


class Paper(Answer):
    """An original to see, what to check on it, and whether it was seen."""

    place: int = Field(description="counts from 1; what is ticked")
    name: Words
    check: Words
    basis: list[Basis]
    seen: bool


class CounterVisit(Answer):
    """A visit at the counter: who comes and exactly what is to be seen."""

    number: str
    act: Act
    state: str
    valid_to: date
    name: str
    id_number: str = Field(description="masked: compare both ends with the original")
    appointment: Appointment | None
    lines: list[Words] = Field(description="what was approved")
    papers: list[Paper]
    complete: bool = Field(description="whether every paper was seen")


@router.get("", response=Day, auth=gate(Right.LIST_VISITS), summary="The day", operation_id="list_day")
def show_day(request: HttpRequest, day: date | None = None) -> Day:
    """Who is booked at one's own office that day (today, if none is named), by time; a day is short, so it is one page."""
    by, now = who(request)
    lines = [
        DayLine(number=row.number, ticket=row.ticket, starts_at=row.starts_at, act=Act(code=row.act_code, name=words(row.act_name)),
                state=row.state.value)
        for row in list_day(by=by, now=now, day=day)
    ]  # fmt: skip
    return Day(visits=lines)


@router.get("/{number}", response=CounterVisit, auth=gate(Right.READ_VISIT), summary="One visit", operation_id="read_visit")
def show(request: HttpRequest, number: str) -> CounterVisit:
    """A visit of one's own office. The look is an entry that the person sees; another office's is not there."""
    by, now = who(request)
    return describe(read_visit(number=number, by=by, now=now))


@router.post(
    "/{number}/papers/{place}", response=CounterVisit, auth=gate(Right.TICK_PAPER), summary="Tick a paper", operation_id="see_paper"
)
def tick(request: HttpRequest, number: str, place: int) -> CounterVisit:
    """The original was seen and matches. Seen twice is seen once."""
    by, now = who(request)
    see_paper(number=number, paper=place, by=by, now=now)
    return describe(read_visit(number=number, by=by, now=now))


@router.post("/{number}/complete", response=CounterVisit, auth=gate(Right.TICK_PAPER), summary="Complete it", operation_id="complete_visit")
def complete(request: HttpRequest, number: str) -> CounterVisit:
    """All was seen: the act is registered, and the person told. 422 while a paper is missing or once the approval lapsed."""
    by, now = who(request)
    complete_visit(number=number, by=by, now=now)
    return describe(read_visit(number=number, by=by, now=now))


def describe(view: CounterView) -> CounterVisit:
    return CounterVisit(
        number=view.number, act=Act(code=view.act_code, name=words(view.act_name)), state=view.state.value, valid_to=view.valid_to,
        name=view.name, id_number=mask(view.id_number), lines=[words(line) for line in view.lines], complete=view.is_complete,
        appointment=None if view.appointment is None else Appointment.model_validate(view.appointment.to_json()),
        papers=[
            Paper(place=place, name=words(paper.name), check=words(paper.check), basis=[Basis(**each.to_json()) for each in paper.basis],
                  seen=place in view.seen)
            for place, paper in enumerate(view.papers, start=1)
        ],
    )  # fmt: skip
