"""The door of *treasury*."""

from __future__ import annotations

from miaopi.apps.treasury.actions.due import run_due
from miaopi.apps.treasury.actions.pay import pay_due
from miaopi.apps.treasury.actions.run import run_month
from miaopi.apps.treasury.actions.stop import stop_entitlement
from miaopi.apps.treasury.events import EntitlementStopped, PaymentMade
from miaopi.apps.treasury.queries.books import check_books
from miaopi.apps.treasury.queries.entitlements import Entitlement, find_entitlement
from miaopi.apps.treasury.queries.months import check_month
from miaopi.apps.treasury.queries.payments import (
    Batch,
    Payment,
    find_recovery,
    get_batch,
    get_payment,
    list_payments,
)

__all__ = [
    "Batch", "Entitlement", "EntitlementStopped", "Payment", "PaymentMade", "check_books", "check_month", "find_entitlement",
    "find_recovery", "get_batch", "get_payment", "list_payments", "pay_due", "run_due", "run_month", "stop_entitlement",
]  # fmt: skip
