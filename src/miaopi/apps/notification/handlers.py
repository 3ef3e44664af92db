"""What notification does when others tell. A key is the event's own id or place in the log, so that a replay writes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from miaopi.apps.appointment.api import (
    SlotBooked,
    SlotCancelled,
    SlotMoved,
    VisitLapsed,
    VisitReminded,
    get_office,
)
from miaopi.apps.approval.api import (
    Decided,
    DecisionUpheld,
    Redecided,
    RedecisionState,
    find_decision,
    find_values,
)
from miaopi.apps.audit.api import Actor, after, system
from miaopi.apps.catalogue.api import get_resource, get_service, list_agencies
from miaopi.apps.exchange.api import (
    DISPUTE_MOVES,
    DisputeAnswered,
    DisputeTransferred,
    ObjectionAnswered,
    get_dispute,
)
from miaopi.apps.identity.api import find_party_by_pseudonym
from miaopi.apps.licence.api import RegistrationDone
from miaopi.apps.notification.actions.write import (
    EXPLAINED,
    tell_applicant,
    tell_person,
    write_message,
    write_moment,
)
from miaopi.apps.treasury.api import EntitlementStopped, PaymentMade, get_payment
from miaopi.definitions import Moment
from miaopi.kernel.wording import Text

CORRECTED: Final[Mapping[str, str]] = {RedecisionState.CHANGED: "redecided", RedecisionState.REFERRED: "reconsidered"}
OUTCOMES: Final[Mapping[str, Text]] = {
    "approve": Text(zh="“通过”", en="approved"),
    "refuse": Text(zh="“不予通过”", en="refused"),
    "redirect": Text(zh="“转往他处办理”", en="redirected"),
    "refer": Text(zh="“人工办理”", en="with a person"),
    "supplement": Text(zh="“待补正”", en="to be supplemented"),
    "wait": Text(zh="“等待”", en="waiting"),
    "waitlist": Text(zh="“排队等候”", en="on the waiting list"),
}


@after(Decided)
def tell_the_outcome(event: Decided, *, seq: int, now: datetime) -> None:
    """Tell the applicant what the rules or a person decided; an outcome without words is not told.

    What was decided again on a corrected record is told with the correction, once.
    """
    if event.correction is not None:
        return
    tell_applicant(
        number=event.number, kind=event.outcome, key=f"{event.decision}-{event.outcome}", values=find_values(event.decision),
        version=event.version, by=system("notification.tell_the_outcome"), now=now,
    )  # fmt: skip


@after(DecisionUpheld)
def tell_that_it_stands(event: DecisionUpheld, *, seq: int, now: datetime) -> None:
    tell_applicant(
        number=event.number, kind="upheld" if event.kind == "review" else f"upheld_{event.kind}", key=f"{event.decision}-upheld", values={},
        by=system("notification.tell_that_it_stands"), now=now,
    )  # fmt: skip


@after(Redecided)
def tell_what_a_correction_changed(event: Redecided, *, seq: int, now: datetime) -> None:
    """Only what changed, or may change; that nothing did is on record, and no news. Nor is that a person goes on with her case."""
    kind = CORRECTED.get(event.result)
    if kind is None or (kind == "reconsidered" and event.was == "refer"):
        return
    resource = get_resource(event.resource)
    tell_applicant(
        number=event.number, kind=kind, key=f"{event.answer}-{kind}", by=system("notification.tell_what_a_correction_changed"), now=now,
        values={"agency": resource.agency.name, "resource": resource.name, "was": OUTCOMES[event.was], "became": OUTCOMES[event.became]},
    )  # fmt: skip


@after(DisputeAnswered)
def tell_the_answer(event: DisputeAnswered, *, seq: int, now: datetime) -> None:
    by = system("notification.tell_the_answer")
    _tell_of_dispute(event, "disputed", {"finding": DISPUTE_MOVES.states[get_dispute(event.dispute).state]}, by, now)


@after(DisputeTransferred)
def tell_who_has_it(event: DisputeTransferred, *, seq: int, now: datetime) -> None:
    by = system("notification.tell_who_has_it")
    _tell_of_dispute(event, "dispute_passed_on", {"to": _name_agency(event.to)}, by, now)


def _tell_of_dispute(
    event: DisputeAnswered | DisputeTransferred, kind: str, values: Mapping[str, Text], by: Actor, now: datetime
) -> None:
    answered, resource = get_dispute(event.dispute), get_resource(event.resource)
    tell_person(
        party=answered.party, number=answered.number, kind=kind, key=f"{event.dispute}-answer", by=by, now=now,
        values={"agency": _name_agency(event.agency), "resource": resource.name, "answer": answered.answer, **values},
    )  # fmt: skip


def _name_agency(agency: str) -> Text:
    return next((each.name for each in list_agencies() if each.id == agency), Text(zh=agency, en=agency))


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


@after(ObjectionAnswered)
def tell_the_explanation(event: ObjectionAnswered, *, seq: int, now: datetime) -> None:
    """That there is an answer; what it says stands on her page alone."""
    party = find_party_by_pseudonym(event.subject)
    if party is not None:
        write_message(
            key=f"{event.objection}-answered-{seq}", number="", party=party, kind="objection", text=EXPLAINED,
            by=system("notification.tell_the_explanation"), now=now,
        )  # fmt: skip


def find_last_values(number: str) -> Mapping[str, object]:
    """The values of the decision that counts in a case."""
    decision = find_decision(number)
    return {} if decision is None else find_values(decision.id)
