"""What a clerk sees: the day of her own office, and one visit with exactly what is to be seen."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime

from miaopi.apps.appointment.models import Seat, Visit, VisitState
from miaopi.apps.appointment.queries.visits import (
    NO_VISIT,
    Appointment,
    compute_bounds,
    compute_seat,
    compute_visit,
    unseal_content,
)
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import Right, authorise, get_member, get_party, is_avoided, list_avoided
from miaopi.definitions import Paper
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text, fill


@frozen
class DayRow:
    """One visit of the day: a time, a ticket, a number; who comes is seen when the visit is opened."""

    number: str
    ticket: str
    starts_at: datetime
    act_code: str
    act_name: Text
    state: VisitState

    def to_json(self) -> dict[str, object]:
        return {
            "number": self.number, "ticket": self.ticket, "starts_at": self.starts_at.astimezone(LEGAL_ZONE).isoformat(),
            "act": {"code": self.act_code, "name": self.act_name.to_json()}, "state": self.state.value,
        }  # fmt: skip


@frozen
class CounterView:
    """A visit at the counter: who comes, what is to be seen, what was decided. Shown to a clerk of that office, for this visit."""

    number: str
    act_code: str
    act_name: Text
    state: VisitState
    valid_to: date
    appointment: Appointment | None
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    lines: tuple[Text, ...] = field(repr=False)
    papers: tuple[Paper, ...] = ()
    seen: frozenset[int] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Whether every paper was seen."""
        return self.seen >= set(range(1, len(self.papers) + 1))

    def to_json(self) -> dict[str, object]:
        return {
            "number": self.number, "act": {"code": self.act_code, "name": self.act_name.to_json()}, "state": self.state.value,
            "valid_to": self.valid_to.isoformat(), "appointment": self.appointment and self.appointment.to_json(),
            "name": self.name, "id_number": self.id_number, "lines": [line.to_json() for line in self.lines],
            "papers": [{"name": paper.name.to_json(), "check": paper.check.to_json()} for paper in self.papers],
            "seen": sorted(self.seen),
        }  # fmt: skip


def get_office_of(by: Actor) -> str:
    """The office a clerk works at. Raises NotFound for an account without one."""
    office = get_member(by.id).office
    if not office:
        raise NotFound(Text(zh="该账户没有所属的办事地点。", en="This account belongs to no office."))
    return office


def list_day(*, by: Actor, now: datetime, day: date | None = None) -> list[DayRow]:
    """Who is booked at the clerk's own office that day (today, if none is named), in order of time; no names."""
    authorise(by, Right.LIST_VISITS)
    seats = Seat.objects.filter(office=get_office_of(by), starts_at__range=compute_bounds(day or compute_legal_day(now)))
    booked = {str(seat.number): seat for seat in seats.exclude(number=None).order_by("starts_at", "counter")}
    rows = Visit.objects.filter(number__in=booked).exclude(party__in=list_avoided(by.id))
    visits = {row.number: compute_visit(row, booked[row.number]) for row in rows}
    return [
        DayRow(number, compute_seat(seat).ticket, seat.starts_at, visits[number].act_code, visits[number].act_name, visits[number].state)
        for number, seat in booked.items()
        if number in visits
    ]


def get_own_seat(*, number: str, by: Actor) -> Seat:
    """The seat of that case at the clerk's own office; another office's, and one of a person she must avoid, is not there."""
    seat = Seat.objects.filter(number=number.strip().upper(), office=get_office_of(by)).first()
    if seat is None or is_avoided(member=by.id, party=Visit.objects.get(number=seat.number).party):
        raise NotFound(NO_VISIT)
    return seat


def compute_counter(row: Visit, seat: Seat) -> CounterView:
    package, party, visit = get_service(row.service, row.version), get_party(row.party), compute_visit(row, seat)
    values = {**unseal_content(row)["values"], "number": row.number, "issued_on": compute_legal_day(row.invited_at)}
    lines = package.licence.lines if package.licence else ()
    return CounterView(
        number=row.number, act_code=visit.act_code, act_name=visit.act_name, state=visit.state, valid_to=visit.valid_to,
        appointment=visit.appointment, name=party.name, id_number=party.id_number,
        lines=tuple(fill(line, values) for line in lines), papers=visit.papers, seen=visit.seen,
    )  # fmt: skip
