"""What happens by itself: approvals lapse, who has not come is reminded, seats of the coming working days are opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from miaopi.apps.appointment.events import VisitLapsed, VisitReminded
from miaopi.apps.appointment.models import Seat, Visit, VisitState
from miaopi.apps.appointment.queries.visits import AHEAD, compute_end, slot_id
from miaopi.apps.approval.api import release_claim
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day

BATCH: Final = 200


def run_due(*, by: Actor, now: datetime) -> int:
    """Do what is due now; how many visits lapsed or were reminded. Raises DefinitionError for a year without working days."""
    authorise(by, Right.RUN_APPOINTMENTS)
    today = compute_legal_day(now)
    open_ = Visit.objects.filter(state=VisitState.INVITED.value)
    lapsed = [row.number for row in open_.filter(valid_to__lt=today).order_by("valid_to")[:BATCH]]
    due = open_.filter(remind_on__lte=today, valid_to__gte=today, reminded_at=None).exclude(_is_booked(now)).order_by("remind_on")[:BATCH]
    reminded = [row.number for row in due]
    done = sum(lapse(number=number, by=by, now=now) for number in lapsed)
    done += sum(remind(number=number, by=by, now=now) for number in reminded)
    open_seats(by=by, now=now)
    return done


def lapse(*, number: str, by: Actor, now: datetime) -> bool:
    """The validity of an approval is over and nobody came: it has no effect any more; a seat and a claim are free. Once."""
    with act(by=by, now=now) as unit:
        row = Visit.objects.select_for_update().filter(number=number, state=VisitState.INVITED.value).first()
        day = compute_legal_day(now)
        if row is None or day <= row.valid_to:
            return False
        row.state, row.ended_at = VisitState.LAPSED.value, now
        row.save(update_fields=["state", "ended_at"])
        Seat.objects.filter(number=number).update(number=None, booked_at=None)
        release_claim(number=number, by=by, now=now)
        unit.record(
            VisitLapsed(
                number=number, service=row.service, version=row.version, act=row.act, until=row.valid_to.isoformat(),
                done_on=day.isoformat(), subject=pseudonym(row.party),
            ),
            hand=compute_end(row, now),
        )  # fmt: skip
    return True


def remind(*, number: str, by: Actor, now: datetime) -> bool:
    """Say that the validity ends soon, once, to somebody who has nothing booked; who gives a seat back later is told then."""
    with act(by=by, now=now) as unit:
        row = Visit.objects.select_for_update().filter(number=number, state=VisitState.INVITED.value, reminded_at=None).first()
        if row is None or Visit.objects.filter(_is_booked(now), number=number).exists():
            return False
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        unit.record(
            VisitReminded(number=number, service=row.service, version=row.version, until=row.valid_to.isoformat(),
                          subject=pseudonym(row.party))
        )  # fmt: skip
    return True


def _is_booked(now: datetime) -> Exists:
    return Exists(Seat.objects.filter(number=OuterRef("number"), starts_at__gt=now))


def open_seats(*, by: Actor, now: datetime) -> int:
    """Make the seats of the working days ahead that are not there yet; how many. Raises DefinitionError for days without a table of
    working days, once the seats of all others are there."""
    made, today, calendar = 0, compute_legal_day(now), settings.MIAOPI_CITY.calendar
    last = dict(Seat.objects.values_list("office").annotate(last=Max("starts_at")))
    for office in settings.MIAOPI_CITY.offices:
        begin = max(today, compute_legal_day(last[office.id]) + timedelta(days=1)) if office.id in last else today
        days = [begin + timedelta(days=ahead) for ahead in range((today + AHEAD - begin).days + 1)]
        told = [day for day in days if day.year in calendar.years]
        seats = [seat for day in told if calendar.is_workday(day) for seat in _seats_at(office, day)]
        if seats:
            with act(by=by, now=now):
                Seat.objects.bulk_create(seats, ignore_conflicts=True)
        made += len(seats)
    calendar.is_workday(today + AHEAD)
    return made


def _seats_at(office: Any, day: date) -> Iterator[Seat]:
    for begins in office.list_times():
        starts_at = datetime.combine(day, begins, tzinfo=LEGAL_ZONE)
        for counter in range(1, office.counters + 1):
            yield Seat(
                id=f"{slot_id(office.id, starts_at)}-{counter}", office=office.id, counter=counter, starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=office.minutes),
            )  # fmt: skip
