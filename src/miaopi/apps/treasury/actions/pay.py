"""Paying what is due: the try is booked before it is made, so that a month whose payer dies in between is told to the bank again under
the same key, and paid once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.identity.api import Right, authorise
from miaopi.apps.treasury import models
from miaopi.apps.treasury.actions.stop import get_plan, reclaim
from miaopi.apps.treasury.actions.transfers import transfer
from miaopi.apps.treasury.adapters import chosen_bank
from miaopi.apps.treasury.adapters.port import KEY_USED, Bank, Declined, Instruction, Paid
from miaopi.apps.treasury.events import PaymentHeld, PaymentMade, PaymentReturned
from miaopi.apps.treasury.models import PAID, RETURNED, SENDING
from miaopi.apps.treasury.queries.books import OWE, PAY, RETURN
from miaopi.apps.treasury.queries.entitlements import compute_entitlement, lock_entitlement
from miaopi.apps.treasury.queries.payments import list_due
from miaopi.kernel.errors import UpstreamError

STEPS: Final = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
SECONDS: Final = 5.0  # a try
BATCH: Final = 50


def pay_due(*, by: Actor, now: datetime, bank: Bank | None = None) -> int:
    """Tell the bank of what is due, each month under the key of its order; how many it paid.

    The first it does not answer ends the round: what is behind it stays due, and is not kept waiting for a bank that hangs.
    """
    authorise(by, Right.RUN_PAYMENTS)
    paid = 0
    try:
        for order in list_due(now, BATCH):
            paid += _pay(order, bank or chosen_bank(), by=by, now=now)
    except UpstreamError:  # it stays due at its next step
        return paid
    return paid


def _pay(order: models.Order, bank: Bank, *, by: Actor, now: datetime) -> bool:
    """Whether the month was paid by this try and no other. Raises UpstreamError."""
    if not _book_try(order, by=by, now=now):
        return False
    entitlement = compute_entitlement(order.entitlement)
    remark = get_plan(order.kind, now).write_remark(order.month)
    answer = bank.pay(Instruction(order.id, entitlement.account, order.amount_fen or 0, remark), seconds=SECONDS)
    with act(by=by, now=now) as unit:
        locked = lock_entitlement(order.entitlement_id)  # an end that is written meanwhile waits: it will find the month paid
        match answer:
            case Paid(reference):
                return _note_paid(unit, locked, order, reference, now=now)
            case Declined(code) if code == KEY_USED:
                _note_confused(unit, order)
                return False
            case Declined(code):
                _note_returned(unit, order, code, now=now)
                return False


def _book_try(order: models.Order, *, by: Actor, now: datetime) -> bool:
    """Set the next try before this one is made; False where another payer is at it, or it is not to be paid any more."""
    again = now + STEPS[min(order.attempts, len(STEPS) - 1)]
    with act(by=by, now=now):
        booked = models.Order.objects.filter(id=order.id, state=order.state, attempts=order.attempts).update(
            state=SENDING, attempts=F("attempts") + 1, due_at=again
        )
        if booked and order.attempts == 0:
            transfer(order, OWE, now=now)
    return bool(booked)


def _note_paid(unit: Unit, entitlement: models.Entitlement, order: models.Order, reference: str, *, now: datetime) -> bool:
    marked = models.Order.objects.filter(id=order.id, state=SENDING).update(state=PAID, paid_at=now, reference=reference, due_at=None)
    if not marked:
        return False
    order.refresh_from_db()
    transfer(order, PAY, now=now)
    unit.record(
        PaymentMade(number=order.entitlement_id, order=order.id, month=order.month, reference=reference, subject=order.claimant)
    )
    if entitlement.stopped_month is not None and order.month >= entitlement.stopped_month:  # it ended while the bank was paying
        reclaim(entitlement, [order], plan=get_plan(order.kind, now), unit=unit, now=now)
    return True


def _note_confused(unit: Unit, order: models.Order) -> None:
    """The bank knows the key with another content: something was paid under it, and only a person can say what. It is not told again."""
    if models.Order.objects.filter(id=order.id, state=SENDING).update(reason=KEY_USED, due_at=None):
        unit.record(
            PaymentHeld(number=order.entitlement_id, order=order.id, month=order.month, reason=KEY_USED, waiting_for=(),
                        subject=order.claimant)
        )  # fmt: skip


def _note_returned(unit: Unit, order: models.Order, code: str, *, now: datetime) -> None:
    if models.Order.objects.filter(id=order.id, state=SENDING).update(state=RETURNED, reason=code, due_at=None):
        transfer(order, RETURN, now=now)
        unit.record(
            PaymentReturned(number=order.entitlement_id, order=order.id, month=order.month, reason=code, subject=order.claimant)
        )
