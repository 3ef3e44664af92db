"""The door of *treasury*."""

from __future__ import annotations

from miaopi.apps.treasury.actions.due import run_due
from miaopi.apps.treasury.actions.pay import pay_due
from miaopi.apps.treasury.actions.run import run_month
from miaopi.apps.treasury.actions.stop import stop_entitlement
from miaopi.apps.treasury.events import (
    BatchListed,
    BatchReviewed,
    EntitlementMade,
    EntitlementStopped,
    OverpaymentFound,
    PaymentCancelled,
    PaymentHeld,
    PaymentMade,
    PaymentOrdered,
    PaymentReturned,
)
from miaopi.apps.treasury.queries.books import Finding, check_books
from miaopi.apps.treasury.queries.entitlements import Entitlement, find_entitlement
from miaopi.apps.treasury.queries.months import check_month
from miaopi.apps.treasury.queries.payments import (
    Batch,
    Payment,
    Recovery,
    find_recovery,
    get_batch,
    get_payment,
    list_payments,
)

__all__ = [
    "Batch", "BatchListed", "BatchReviewed", "Entitlement", "EntitlementMade", "EntitlementStopped", "Finding", "OverpaymentFound",
    "Payment", "PaymentCancelled", "PaymentHeld", "PaymentMade", "PaymentOrdered",
    "PaymentReturned", "Recovery", "check_books", "check_month", "find_entitlement", "find_recovery", "get_batch", "get_payment",
    "list_payments", "pay_due", "run_due", "run_month", "stop_entitlement",
]  # fmt: skip
