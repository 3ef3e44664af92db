"""The end of an entitlement: what is listed and not due is taken off, what was paid and not due is to be had back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from miaopi.apps.approval.api import release_claim
from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import get_service_in_force
from miaopi.apps.identity.api import Right, authorise
from miaopi.apps.licence.api import note_registrations
from miaopi.apps.treasury import models
from miaopi.apps.treasury.actions.transfers import transfer
from miaopi.apps.treasury.events import EntitlementStopped, OverpaymentFound, PaymentCancelled
from miaopi.apps.treasury.models import CANCELLED, HELD, LISTED, PAID
from miaopi.apps.treasury.queries.books import RECLAIM
from miaopi.apps.treasury.queries.entitlements import find_entitlement, lock_entitlement
from miaopi.apps.treasury.queries.months import Month, check_month
from miaopi.apps.treasury.queries.plan import Plan, find_plan
from miaopi.definitions import Moment
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError

REPLACED: Final = "replaced"  # the approval was, by another decision


def stop_entitlement(*, number: str, from_month: Month, reason: str, by: Actor, now: datetime) -> None:
    """End an entitlement by hand, from that month on; one that has ended stays as it is. Raises NotFound, InputError, RightsError."""
    authorise(by, Right.RUN_PAYMENTS)
    check_month(from_month)
    with act(by=by, now=now) as unit:
        row = lock_entitlement(number)
        if row.stopped_month is None:
            end_entitlement(row, from_month=from_month, reason=reason, plan=get_plan(row.service, now), unit=unit, now=now)


def take_back_entitlement(*, number: str, plan: Plan, by: Actor, now: datetime) -> None:
    """End an entitlement from its first month on, where there is one: what was paid is to be had back."""
    if find_entitlement(number) is None:
        return
    with act(by=by, now=now) as unit:
        row = lock_entitlement(number)
        if row.stopped_month is None:
            end_entitlement(row, from_month=row.from_month, reason=REPLACED, plan=plan, unit=unit, now=now)


def get_plan(service: str, now: datetime) -> Plan:
    """How the service pays now. Raises DefinitionError for one that does not pay any more: somebody is entitled by it."""
    plan = find_plan(get_service_in_force(service, now))
    if plan is None:
        raise DefinitionError(service, "somebody is entitled by this service, and it says nothing of payments any more")
    return plan


def end_entitlement(row: models.Entitlement, *, from_month: Month, reason: str, plan: Plan, unit: Unit, now: datetime) -> None:
    """Write the end of a locked entitlement: nothing is due from `from_month` on."""
    row.stopped_month, row.stopped_for, row.stopped_at = max(from_month, row.from_month), reason, now
    row.save(update_fields=("stopped_month", "stopped_for", "stopped_at"))
    unit.record(
        EntitlementStopped(number=row.number, service=row.service, from_month=row.stopped_month, reason=reason, subject=row.claimant)
    )
    release_claim(number=row.number, by=unit.by, now=now)
    note_registrations(
        number=row.number, service=row.service, version=row.version, moment=Moment.STOP, party=row.applicant,
        values={"stopped_month": row.stopped_month}, done_on=compute_legal_day(now), by=unit.by, now=now,
    )  # fmt: skip
    late = models.Order.objects.filter(entitlement=row, month__gte=row.stopped_month)
    for order in late.filter(state__in=(LISTED, HELD), attempts=0).order_by("month"):
        if late.filter(id=order.id, state=order.state, attempts=0).update(state=CANCELLED, reason=reason, due_at=None):
            unit.record(PaymentCancelled(number=row.number, order=order.id, month=order.month, subject=row.claimant))
    reclaim(row, list(late.filter(state=PAID, overpaid_at=None).order_by("month")), plan=plan, unit=unit, now=now)


def reclaim(row: models.Entitlement, orders: list[models.Order], *, plan: Plan, unit: Unit, now: datetime) -> None:
    """Mark paid months as not due and open their recovery, or add them to the one that is open."""
    if not orders:
        return
    for order in orders:
        order.overpaid_at = now
        order.save(update_fields=("overpaid_at",))
        transfer(order, RECLAIM, now=now)
    months = [order.month for order in orders]
    fen = sum(order.amount_fen or 0 for order in orders)
    recovery, is_new = models.Recovery.objects.select_for_update().get_or_create(
        entitlement=row,
        defaults={"id": uuid.uuid4().hex, "months": months, "fen": fen, "opened_at": now,
                  "recover_by": plan.compute_recovery_day(compute_legal_day(now))},
    )  # fmt: skip
    if not is_new:
        recovery.months, recovery.fen = sorted([*recovery.months, *months]), recovery.fen + fen
        recovery.save(update_fields=("months", "fen"))
    unit.record(OverpaymentFound(number=row.number, months=tuple(months), recovery=recovery.id, subject=row.claimant))
