"""What notification does when others tell. A key is the event's own id or place in the log, so that a replay writes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from miaopi.apps.appointment.api import (
    SlotBooked,
    SlotCancelled,
    SlotMoved,
    VisitLapsed,
    VisitReminded,
    get_office,
)
from miaopi.apps.approval.api import Decided, DecisionUpheld, find_decision, find_values
from miaopi.apps.audit.api import Actor, after, system
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.licence.api import RegistrationDone
from miaopi.apps.notification.actions.write import tell_applicant, write_moment
from miaopi.apps.treasury.api import EntitlementStopped, PaymentMade, get_payment
from miaopi.definitions import Moment


@after(Decided)
def tell_the_outcome(event: Decided, *, seq: int, now: datetime) -> None:
    """Tell the applicant what the rules or a person decided; an outcome without words is not told."""
    tell_applicant(
        number=event.number, kind=event.outcome, key=f"{event.decision}-{event.outcome}", values=find_values(event.decision),
        version=event.version, by=system("notification.tell_the_outcome"), now=now,
    )  # fmt: skip


@after(DecisionUpheld)
def tell_that_it_stands(event: DecisionUpheld, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="upheld", key=f"{event.decision}-upheld", values={},
        by=system("notification.tell_that_it_stands"), now=now,
    )  # fmt: skip


@after(SlotBooked)
def tell_the_booking(event: SlotBooked, *, seq: int, now: datetime) -> None:
    _tell_booking(event, seq, system("notification.tell_the_booking"), now)


@after(SlotMoved)
def tell_the_new_time(event: SlotMoved, *, seq: int, now: datetime) -> None:
    _tell_booking(event, seq, system("notification.tell_the_new_time"), now)


def _tell_booking(event: SlotBooked | SlotMoved, seq: int, by: Actor, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="booked", key=f"{event.number}-booked-{seq}", by=by, now=now,
        values={**find_last_values(event.number), "office": get_office(event.office).name, "at": write_moment(event.at)},
    )  # fmt: skip


@after(SlotCancelled)
def tell_the_cancellation(event: SlotCancelled, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="cancelled", key=f"{event.number}-cancelled-{seq}", values={},
        by=system("notification.tell_the_cancellation"), now=now,
    )  # fmt: skip


@after(VisitReminded)
def remind(event: VisitReminded, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="reminder", key=f"{event.number}-reminder", version=event.version,
        values={**find_last_values(event.number), "until": event.until}, by=system("notification.remind"), now=now,
    )  # fmt: skip


@after(VisitLapsed)
def tell_the_lapse(event: VisitLapsed, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="lapsed", key=f"{event.number}-lapsed", version=event.version,
        values={**find_last_values(event.number), "until": event.until}, by=system("notification.tell_the_lapse"), now=now,
    )  # fmt: skip


@after(RegistrationDone)
def tell_the_registration(event: RegistrationDone, *, seq: int, now: datetime) -> None:
    """Only the act that a visit was for: what follows from an approval is told with it, and what a lapse undoes with the lapse."""
    visit = get_service(event.service, event.version).visit
    if event.moment == Moment.VISIT and visit is not None and event.act == visit.act.code:
        tell_applicant(
            number=event.number, kind="registered", key=f"{event.number}-{event.act}-registered", version=event.version,
            values={**find_last_values(event.number), "done_on": event.done_on},
            by=system("notification.tell_the_registration"), now=now,
        )  # fmt: skip


@after(PaymentMade)
def tell_the_payment(event: PaymentMade, *, seq: int, now: datetime) -> None:
    paid = get_payment(event.order)
    tell_applicant(
        number=event.number, kind="paid", key=f"{event.order}-paid",
        values={**find_last_values(event.number), "month": event.month, "paid": paid.amount},
        by=system("notification.tell_the_payment"), now=now,
    )  # fmt: skip


@after(EntitlementStopped)
def tell_the_end(event: EntitlementStopped, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="stopped", key=f"{event.number}-stopped-{seq}",
        values={**find_last_values(event.number), "month": event.from_month}, by=system("notification.tell_the_end"), now=now,
    )  # fmt: skip


def find_last_values(number: str) -> Mapping[str, object]:
    """The values of the decision that counts in a case."""
    decision = find_decision(number)
    return {} if decision is None else find_values(decision.id)
