"""What notification does when others tell. A key is the event's own id or place in the log, so that a replay writes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from miaopi.apps.approval.api import Decided, DecisionUpheld, find_decision, find_values
from miaopi.apps.audit.api import after, system
from miaopi.apps.notification.actions.write import tell_applicant
from miaopi.apps.treasury.api import EntitlementStopped, PaymentMade, get_payment


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
