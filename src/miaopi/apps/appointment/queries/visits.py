"""Reads of visits and seats. Another's visit answers like one that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Q

from miaopi.apps.application.api import find_application, get_application
from miaopi.apps.appointment.events import VisitEnded
from miaopi.apps.appointment.models import Seat, Visit, VisitState
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import seal, unseal
from miaopi.definitions import Paper
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import DefinitionError, InputError, NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_VISIT = Text(zh="没有需要到场的办件。", en="There is no visit to come for.")
AHEAD: Final = timedelta(days=30)  # how far seats are opened, and offered


@frozen
class OfficeView:
    """An office as people look for it."""

    id: str
    name: Text
    address: Text
    region: str

    def to_json(self) -> dict[str, object]:
        return {"id": self.id, "name": self.name.to_json(), "address": self.address.to_json(), "region": self.region}


@frozen
class Appointment:
    """A seat somebody has: `ticket` is what is called at the office."""

    id: str
    office: OfficeView
    counter: int
    starts_at: datetime
    ends_at: datetime

    @property
    def ticket(self) -> str:
        return f"{self.starts_at.astimezone(LEGAL_ZONE):%H%M}-{self.counter}"

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "office": self.office.to_json(), "counter": self.counter, "ticket": self.ticket,
            "starts_at": self.starts_at.astimezone(LEGAL_ZONE).isoformat(), "ends_at": self.ends_at.astimezone(LEGAL_ZONE).isoformat(),
        }  # fmt: skip


@frozen
class VisitView:
    """A visit as its person sees it: until when, which papers, and the appointment, if there is one. `ended_on` once it ended."""

    number: str
    service: str
    act_code: str
    act_name: Text
    state: VisitState
    valid_to: date
    papers: tuple[Paper, ...]
    seen: frozenset[int]
    appointment: Appointment | None
    ended_on: date | None

    @property
    def is_complete(self) -> bool:
        """Whether every paper was seen."""
        return self.seen >= set(range(1, len(self.papers) + 1))

    def to_json(self) -> dict[str, object]:
        return {
            "number": self.number, "act": {"code": self.act_code, "name": self.act_name.to_json()}, "state": self.state.value,
            "valid_to": self.valid_to.isoformat(), "papers": [paper.name.to_json() for paper in self.papers], "seen": sorted(self.seen),
            "appointment": self.appointment and self.appointment.to_json(), "ended_on": self.ended_on and self.ended_on.isoformat(),
        }  # fmt: skip


@frozen
class Slot:
    """A time at an office with what is still free of its seats; `id` is what is booked."""

    id: str
    starts_at: datetime
    ends_at: datetime
    free: int

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id, "starts_at": self.starts_at.astimezone(LEGAL_ZONE).isoformat(),
            "ends_at": self.ends_at.astimezone(LEGAL_ZONE).isoformat(), "free": self.free,
        }  # fmt: skip


@frozen
class Offer:
    """What can be booked: all offices of the kind, the days of the chosen office with how much is free, the slots of the chosen day."""

    offices: tuple[OfficeView, ...]
    office: OfficeView
    days: Mapping[date, int]
    day: date | None
    slots: tuple[Slot, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "offices": [office.to_json() for office in self.offices], "office": self.office.id,
            "days": {day.isoformat(): free for day, free in self.days.items()}, "day": self.day and self.day.isoformat(),
            "slots": [slot.to_json() for slot in self.slots],
        }  # fmt: skip


def slot_id(office: str, starts_at: datetime) -> str:
    return f"{office}-{starts_at.astimezone(LEGAL_ZONE):%Y%m%d%H%M}"


def read_slot(text: str) -> tuple[str, datetime]:
    """Office and beginning of a slot. Raises InputError."""
    office, _, moment = text.rpartition("-")
    try:
        return office, datetime.strptime(moment, "%Y%m%d%H%M").replace(tzinfo=LEGAL_ZONE)
    except ValueError:
        raise InputError(
            "slot", Text(zh="没有这个时间。", en="there is no such time."),
            Text(zh="请从列出的时间中选。", en="Choose one of those listed."),
        ) from None  # fmt: skip


def get_office(office: str) -> OfficeView:
    """Raises NotFound."""
    for each in settings.MIAOPI_CITY.offices:
        if each.id == office:
            return OfficeView(each.id, each.name, each.address, each.region)
    raise NotFound(Text(zh="没有这个办事地点。", en="There is no such office."))


def seal_content(visit: Visit, content: Mapping[str, object]) -> bytes:
    return seal(json.dumps(content, ensure_ascii=False).encode(), context=f"visit:{visit.number}:{visit.party}")


def unseal_content(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(bytes(visit.content), context=f"visit:{visit.number}:{visit.party}"))
    return found


def compute_end(visit: Visit, now: datetime) -> VisitEnded:
    """What rooms downstream are handed when a visit ends."""
    content = unseal_content(visit)
    return VisitEnded(
        number=visit.number, service=visit.service, version=visit.version, party=visit.party, as_of=date.fromisoformat(content["as_of"]),
        ended_on=compute_legal_day(now), values=content["values"],
    )  # fmt: skip


def find_visit(*, number: str, reader: Actor) -> VisitView | None:
    """The visit of one's own case; `None` where it asks for none. NotFound for another's case."""
    row = Visit.objects.filter(number=get_application(number=number, reader=reader).number).first()
    return None if row is None else compute_visit(row, Seat.objects.filter(number=row.number).first())


def get_visit_row(*, number: str, reader: Actor) -> Visit:
    """The row behind one's own visit. Raises NotFound."""
    application = find_application(number=number, reader=reader)
    row = Visit.objects.filter(number=application.number).first() if application else None
    if row is None:
        raise NotFound(NO_VISIT)
    return row


def lock_visit(number: str, now: datetime) -> Visit:
    """The visit, while nobody else books, completes or ends it. Raises InputError for one that has ended."""
    row = Visit.objects.select_for_update().get(number=number)
    require_open(row, now)
    return row


def list_visits_of(*, reader: Actor) -> list[VisitView]:
    """Every visit of a person, the open ones first."""
    rows = list(Visit.objects.filter(party=reader.party).order_by("-invited_at"))
    seats = {seat.number: seat for seat in Seat.objects.filter(number__in=[row.number for row in rows])}
    found = [compute_visit(row, seats.get(row.number)) for row in rows]
    return sorted(found, key=lambda visit: visit.state is not VisitState.INVITED)


def compute_visit(row: Visit, seat: Seat | None) -> VisitView:
    rule = get_service(row.service, row.version).visit
    if rule is None:
        raise NotFound(NO_VISIT)
    return VisitView(
        number=row.number, service=row.service, act_code=rule.act.code, act_name=rule.act.name, state=VisitState(row.state),
        valid_to=row.valid_to, papers=rule.papers, seen=frozenset(row.papers_seen),
        appointment=None if seat is None else compute_seat(seat),
        ended_on=None if row.ended_at is None else compute_legal_day(row.ended_at),
    )  # fmt: skip


def compute_seat(seat: Seat) -> Appointment:
    return Appointment(seat.id, get_office(seat.office), seat.counter, seat.starts_at, seat.ends_at)


def list_slots(
    *, number: str, reader: Actor, now: datetime, office: str | None = None, day: date | None = None
) -> Offer:
    """What can be booked for one's own visit, up to its last day. Without an office: where she has a seat, else the one that the
    decision names, else the first with something free.

    Raises NotFound for a case without a visit, and for an office that is none for it; InputError for a visit that has ended.
    """
    row = get_visit_row(number=number, reader=reader)
    require_open(row, now)
    offices = list_offices(row)
    free = _count_free([each.id for each in offices], row, now)
    wanted = office or _choose_office(row, offices, free)
    require_office(wanted, offices)
    days = free.get(wanted, {})
    chosen = day or next((each for each, left in days.items() if left), None)
    slots = () if chosen is None else tuple(_list_slots(wanted, chosen, now))
    return Offer(offices, get_office(wanted), days, chosen, slots)


def list_offices(row: Visit) -> tuple[OfficeView, ...]:
    """Where this visit can be made. Raises DefinitionError for a city that has no such office."""
    rule = get_service(row.service, row.version).visit
    kind = "" if rule is None else rule.offices
    found = tuple(get_office(each.id) for each in settings.MIAOPI_CITY.offices if each.kind == kind)
    if not found:
        raise DefinitionError(row.service, f"visit: the city has no office of the kind {kind!r}")
    return found


def require_office(office: str, offices: Iterable[OfficeView]) -> None:
    """Raises NotFound."""
    if office not in {each.id for each in offices}:
        raise NotFound(Text(zh="该办件不能在这里办理。", en="This cannot be done at that office."))


def _choose_office(row: Visit, offices: tuple[OfficeView, ...], free: Mapping[str, Mapping[date, int]]) -> str:
    own = Seat.objects.filter(number=row.number).first()
    if own is not None:
        return own.office
    named = set(map(str, unseal_content(row)["values"].values()))
    first = [each for each in offices if each.name.zh in named] + [each for each in offices if any(free.get(each.id, {}).values())]
    return first[0].id if first else offices[0].id


def _bookable(offices: Iterable[str], row: Visit, now: datetime) -> Q:
    last = min(row.valid_to, compute_legal_day(now) + AHEAD)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=LEGAL_ZONE)
    return Q(office__in=list(offices), starts_at__gt=now, starts_at__lt=end)


def _count_free(offices: Iterable[str], row: Visit, now: datetime) -> dict[str, dict[date, int]]:
    """Free seats by office and day, the days in order; a day that is full counts 0."""
    found: dict[str, dict[date, int]] = {}
    seats = Seat.objects.filter(_bookable(offices, row, now)).values("office", "starts_at")
    for each in seats.annotate(free=Count("id", filter=Q(number=None))).order_by("starts_at"):
        days = found.setdefault(each["office"], {})
        day = compute_legal_day(each["starts_at"])
        days[day] = days.get(day, 0) + each["free"]
    return found


def compute_bounds(day: date) -> tuple[datetime, datetime]:
    """Its first and last moment, also of the last day that a calendar has."""
    return datetime.combine(day, time.min, tzinfo=LEGAL_ZONE), datetime.combine(day, time.max, tzinfo=LEGAL_ZONE)


def _list_slots(office: str, day: date, now: datetime) -> Iterable[Slot]:
    seats = Seat.objects.filter(office=office, starts_at__range=compute_bounds(day), starts_at__gt=now)
    for each in seats.values("starts_at", "ends_at").annotate(free=Count("id", filter=Q(number=None))).order_by("starts_at"):
        yield Slot(slot_id(office, each["starts_at"]), each["starts_at"], each["ends_at"], each["free"])


def require_open(row: Visit, now: datetime) -> None:
    """Raises InputError for a visit that has ended."""
    if row.state == VisitState.INVITED.value and compute_legal_day(now) <= row.valid_to:
        return
    said = {
        VisitState.DONE.value: Text(zh="已经到场办结。", en="the visit is done."),
        VisitState.CLOSED.value: Text(zh="该决定已被更改，不用到场。", en="the decision was changed; there is nothing to come for."),
    }.get(row.state, Text(zh="核准的有效期已过。", en="the approval is no longer valid."))
    raise InputError("visit", said, Text(zh="请看申请详情。", en="See the application."))
