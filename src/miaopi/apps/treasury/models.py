"""Entitlements, the orders of each month, and double entry: a transfer takes from one account what it gives to another."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q

HELD, LISTED, SENDING, PAID, CANCELLED, RETURNED = "held", "listed", "sending", "paid", "cancelled", "returned"
STANDING: Final = (HELD, LISTED, SENDING, PAID)  # of these there is one a person, kind and month
STATES: Final = (*STANDING, CANCELLED, RETURNED)


class Entitlement(models.Model):
    """What an approval grants each month until it is stopped. `content` is JSON of the account and of the facts that make the amount."""

    number = models.CharField(primary_key=True, max_length=32)
    service = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    applicant = models.CharField(max_length=32, db_index=True)
    claimant = models.CharField(max_length=64)
    from_month = models.CharField(max_length=7)
    stopped_month = models.CharField(max_length=7, null=True)
    stopped_for = models.CharField(max_length=64, default="")
    content = models.BinaryField()
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("number", "service", "version", "from_month", "stopped_month", "made_at", "stopped_at")
        personal = ("applicant", "claimant", "stopped_for", "content")
        secret = ()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_month__regex=r"^\d{4}-\d{2}$"), name="entitlement_from_a_month"),
            models.CheckConstraint(
                condition=Q(stopped_month=None, stopped_at=None) | Q(stopped_month__isnull=False, stopped_at__isnull=False),
                name="entitlement_stopped_at_a_time",
            ),
        ]


class Batch(models.Model):
    """The list of one service for one month."""

    id = models.BigAutoField(primary_key=True)
    service = models.CharField(max_length=64)
    month = models.CharField(max_length=7)
    opened_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "service", "month", "opened_at", "listed_at", "reviewed_at")
        personal = ()
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("service", "month"), name="batch_once_a_month")]


class Order(models.Model):
    """One month of one person. `id` is the key the bank sees; `due_at` is when it is handed over next, once the list was reviewed."""

    id = models.CharField(primary_key=True, max_length=32)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="orders")
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=64)
    claimant = models.CharField(max_length=64)
    month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=64, default="")
    waiting_for = models.JSONField(default=list)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True)
    reference = models.CharField(max_length=200, default="")
    paid_at = models.DateTimeField(null=True)
    overpaid_at = models.DateTimeField(null=True)

    class Privacy:
        public = (
            "id", "batch", "entitlement", "kind", "month", "state", "waiting_for", "made_at", "asked_at", "attempts",
            "due_at", "reference", "paid_at", "overpaid_at",
        )
        personal = ("claimant", "reason", "amount_fen")
        secret = ()

    class Meta:
        constraints = [
            # Reference, old-age allowance: at most once for each person and month, across applications and districts.
            models.UniqueConstraint(fields=("kind", "claimant", "month"), condition=Q(state__in=STANDING), name="order_once_a_month"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="order_in_a_state"),
            models.CheckConstraint(condition=Q(state=HELD) | Q(state=CANCELLED) | Q(amount_fen__gt=0), name="order_has_an_amount"),
            models.CheckConstraint(
                condition=Q(state=PAID, paid_at__isnull=False) | (~Q(state=PAID) & Q(paid_at=None)), name="order_paid_at_a_time"
            ),
            models.CheckConstraint(condition=Q(overpaid_at=None) | Q(state=PAID), name="order_overpaid_is_paid"),
        ]


class Transfer(models.Model):
    """Double entry in integer fen (分): what is taken from `debit`'s counterpart is given to `credit`, in one row that cannot be half.

    A kind of transfer happens once an order: owe (the office owes it), pay (the bank paid it), return (the bank would not), reclaim.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="transfers")
    kind = models.CharField(max_length=10)
    debit = models.CharField(max_length=140)
    credit = models.CharField(max_length=140)
    fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Privacy:
        public = ("id", "order", "kind", "at")
        personal = ("debit", "credit", "fen")
        secret = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("order", "kind"), name="transfer_once_an_order"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="transfer_of_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two"),
        ]


class Recovery(models.Model):
    """What was paid and not due, to be had back: which months, how much, and until when."""

    id = models.CharField(primary_key=True, max_length=32)
    entitlement = models.OneToOneField(Entitlement, on_delete=models.PROTECT, related_name="recovery")
    months = models.JSONField()
    fen = models.BigIntegerField()
    opened_at = models.DateTimeField()
    recover_by = models.DateField()

    class Privacy:
        public = ("id", "entitlement", "months", "opened_at", "recover_by")
        personal = ("fen",)
        secret = ()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="recovery_of_something")]
