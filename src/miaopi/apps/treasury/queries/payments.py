"""Reads of months: a person's own, and the list of everybody's for one month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Right, authorise
from miaopi.apps.treasury import models
from miaopi.apps.treasury.queries.months import Month
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_PAYMENT = Text(zh="没有这笔发放。", en="There is no such payment.")
CENT = Decimal("0.01")


@frozen
class Payment:
    """One month of one person. `amount` is yuan, e.g. `200.00`, and `None` while nobody can say it.

    `state`: held, listed, sending, paid, cancelled or returned; `waiting_for`: the resources that could not say.
    """

    order: str
    number: str
    service: str
    month: Month
    state: str
    reason: str
    waiting_for: tuple[str, ...]
    amount: str | None = field(repr=False)
    due_at: datetime | None
    paid_at: datetime | None
    reference: str
    is_overpaid: bool

    def to_json(self) -> dict[str, object]:
        return {
            "order": self.order, "number": self.number, "service": self.service, "month": self.month, "state": self.state,
            "reason": self.reason, "waiting_for": list(self.waiting_for), "amount": self.amount,
            "due_at": self.due_at and self.due_at.isoformat(), "paid_at": self.paid_at and self.paid_at.isoformat(),
            "reference": self.reference, "overpaid": self.is_overpaid,
        }  # fmt: skip


@frozen
class Recovery:
    """What was paid and not due, in yuan, and until when it is to be had back."""

    id: str
    number: str
    months: tuple[Month, ...]
    amount: str = field(repr=False)
    opened_at: datetime
    recover_by: date


@frozen
class Batch:
    """All payments that were ordered with the lists of one month, of whatever service; a late one may be for an earlier month."""

    month: Month
    services: tuple[str, ...]
    listed_at: datetime | None
    reviewed_at: datetime | None
    payments: tuple[Payment, ...]

    def count(self, state: str) -> int:
        return sum(payment.state == state for payment in self.payments)

    def to_json(self) -> dict[str, object]:
        return {
            "month": self.month, "services": list(self.services), "listed_at": self.listed_at and self.listed_at.isoformat(),
            "reviewed_at": self.reviewed_at and self.reviewed_at.isoformat(),
            "counts": {state: self.count(state) for state in models.STATES},
            "payments": [payment.to_json() for payment in self.payments],
        }  # fmt: skip


def get_batch(month: Month) -> Batch:
    """The lists of that month; empty where none was made yet."""
    batches = list(models.Batch.objects.filter(month=month).order_by("service"))
    orders = models.Order.objects.select_related("entitlement").filter(batch__month=month)
    return Batch(
        month=month,
        services=tuple(batch.service for batch in batches),
        listed_at=min((batch.listed_at for batch in batches if batch.listed_at is not None), default=None),
        reviewed_at=min((batch.reviewed_at for batch in batches if batch.reviewed_at is not None), default=None),
        payments=tuple(compute_payment(row) for row in orders.order_by("month", "made_at", "id")),
    )


def list_payments(*, reader: Actor) -> Sequence[Payment]:
    """One's own months, the newest first; what was cancelled before it was due is left out."""
    authorise(reader, Right.READ_OWN_PAYMENTS, owner=reader.id)
    rows = models.Order.objects.select_related("entitlement").filter(entitlement__applicant=reader.id)
    return [compute_payment(row) for row in rows.exclude(state=models.CANCELLED).order_by("-month", "made_at")]


def get_payment(order: str) -> Payment:
    """Raises NotFound. For rooms downstream, which heard of the order; a surface asks for one's own list."""
    row = models.Order.objects.select_related("entitlement").filter(id=order).first()
    if row is None:
        raise NotFound(NO_PAYMENT)
    return compute_payment(row)


def find_recovery(number: str) -> Recovery | None:
    row = models.Recovery.objects.filter(entitlement=number).first()
    if row is None:
        return None
    return Recovery(row.id, number, tuple(row.months), write_yuan(row.fen), row.opened_at, row.recover_by)


def list_batches(service: str) -> dict[Month, models.Batch]:
    return {batch.month: batch for batch in models.Batch.objects.filter(service=service)}


def list_due(now: datetime, most: int) -> Sequence[models.Order]:
    """Orders to be handed to the bank, those told before among them, the longest due first."""
    rows = models.Order.objects.select_related("entitlement").filter(state__in=(models.LISTED, models.SENDING), due_at__lte=now)
    return list(rows.order_by("due_at", "id")[:most])


def compute_payment(row: models.Order) -> Payment:
    return Payment(
        order=row.id, number=row.entitlement_id, service=row.kind, month=row.month, state=row.state, reason=row.reason,
        waiting_for=tuple(row.waiting_for), amount=None if row.amount_fen is None else write_yuan(row.amount_fen), due_at=row.due_at,
        paid_at=row.paid_at, reference=row.reference, is_overpaid=row.overpaid_at is not None,
    )


def write_yuan(fen: int) -> str:
    return str((Decimal(fen) / 100).quantize(CENT))
