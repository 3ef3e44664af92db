"""The monthly run: sources are asked under the duty of the law, then each month that is due is ordered, held, or ends the entitlement.

Sources are asked outside any transaction; what follows for one person is one act. So a run that is killed leaves whole persons
behind it, and the next one goes on where it stopped: what keeps a month from being ordered twice is a row of the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError

from miaopi.apps.audit.api import Actor, Unit, act
from miaopi.apps.catalogue.api import get_service_in_force
from miaopi.apps.exchange.api import pull_facts
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.apps.treasury import models
from miaopi.apps.treasury.actions.stop import end_entitlement
from miaopi.apps.treasury.events import BatchListed, BatchReviewed, PaymentHeld, PaymentOrdered
from miaopi.apps.treasury.models import HELD, LISTED, STANDING
from miaopi.apps.treasury.queries.entitlements import (
    Entitlement,
    list_begun,
    list_services,
    list_with_orders,
    lock_entitlement,
)
from miaopi.apps.treasury.queries.months import Month, check_month, get_current, list_months, moment_of
from miaopi.apps.treasury.queries.payments import Batch, get_batch
from miaopi.apps.treasury.queries.plan import Plan, Standing, find_plan
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Fact
from miaopi.kernel.wording import Text

SOURCES, NO_AMOUNT = "sources", "amount"  # why a month is held: who could not say, or what the rules cannot


def run_month(*, month: Month, by: Actor, now: datetime) -> Batch:
    """List everybody's payments up to that month, of every service; run again, it adds only who is missing.

    Raises InputError for what is no month, or one that has not begun; RightsError.
    """
    authorise(by, Right.RUN_PAYMENTS)
    if check_month(month) > get_current(now):
        raise InputError(
            "month", Text(zh="这个月还没有开始。", en="this month has not begun."),
            Text(zh="请选择本月或以前的月份。", en="Choose this month or an earlier one."),
        )
    for service, first in list_services().items():
        plan = find_plan(get_service_in_force(service, now))
        if plan is not None and first <= month:
            list_service(plan=plan, month=month, by=by, now=now)
    return get_batch(month)


def list_service(*, plan: Plan, month: Month, by: Actor, now: datetime, made_before: datetime | None = None) -> None:
    """The list of one service: everybody who is entitled, asked about and ordered, held or stopped.

    A list that is made late has on it whom it would have had on its day: who was entitled `made_before` that moment.
    """
    batch = _open_batch(plan, month, by=by, now=now)
    for entitlement in list_begun(plan.service, month, made_before=made_before):
        if _needs_a_look(entitlement, month):
            _settle(entitlement, plan, batch, by=by, now=now)
    with act(by=by, now=now) as unit:
        if models.Batch.objects.filter(id=batch.id, listed_at=None).update(listed_at=now):
            unit.record(BatchListed(service=plan.service, month=month))


def review_service(*, plan: Plan, month: Month, by: Actor, now: datetime) -> None:
    """Look through the list again before it is paid: who died or left since is taken off it, who cannot be told is held."""
    batch = _open_batch(plan, month, by=by, now=now)
    for state in (LISTED, HELD):
        for entitlement in list_with_orders(batch, state):
            _settle(entitlement, plan, batch, by=by, now=now)
    with act(by=by, now=now) as unit:
        if models.Batch.objects.filter(id=batch.id, reviewed_at=None).update(reviewed_at=now):
            _release(batch, plan, now)
            unit.record(BatchReviewed(service=plan.service, month=month))


def ask_held_again(*, plan: Plan, batch: models.Batch, by: Actor, now: datetime) -> None:
    """Ask once more about those of a list whose sources could not say."""
    for entitlement in list_with_orders(batch, HELD):
        _settle(entitlement, plan, batch, by=by, now=now)


def _open_batch(plan: Plan, month: Month, *, by: Actor, now: datetime) -> models.Batch:
    with act(by=by, now=now):
        new = models.Batch(service=plan.service, month=month, opened_at=now)
        models.Batch.objects.bulk_create([new], ignore_conflicts=True)
    return models.Batch.objects.get(service=plan.service, month=month)


def _needs_a_look(entitlement: Entitlement, month: Month) -> bool:
    """Whether some month up to this one is neither ordered nor paid, on this application or another of hers."""
    orders = models.Order.objects.filter(kind=entitlement.service, claimant=pseudonym(entitlement.party)).exclude(state=HELD)
    done = set(orders.values_list("month", flat=True))
    return any(entitlement.is_due(each) and each not in done for each in list_months(entitlement.from_month, month))


def _settle(entitlement: Entitlement, plan: Plan, batch: models.Batch, *, by: Actor, now: datetime) -> None:
    """Ask about one person and write down what follows, in one act."""
    facts = ask_about(entitlement, plan, by=by, now=now)
    standing = plan.judge(facts, now)
    with act(by=by, now=now) as unit:
        locked = lock_entitlement(entitlement.number)
        if standing.end is not None and locked.stopped_month is None:
            end_entitlement(locked, from_month=standing.end, reason=standing.reason, plan=plan, unit=unit, now=now)
        for month in list_months(locked.from_month, batch.month):
            if locked.stopped_month is None or month < locked.stopped_month:
                _write(unit, locked, batch, month, plan.compute_fen(facts, month), standing, plan, now)


def ask_about(entitlement: Entitlement, plan: Plan, *, by: Actor, now: datetime) -> Mapping[str, Fact]:
    """What is known of a person for a run: what the approval rested on, and what the sources say today."""
    duty = plan.compute_duty(entitlement.number)
    answers = pull_facts(subject=entitlement.party, asks=plan.asks, ground=duty, deadline=plan.package.deadline, by=by, now=now)
    return plan.join_facts(entitlement.facts, answers)


def _write(
    unit: Unit, entitlement: models.Entitlement, batch: models.Batch, month: Month, fen: int | None, standing: Standing, plan: Plan,
    now: datetime,
) -> None:
    """Order or hold one month: a new row, or the held one; whoever has the month already keeps it."""
    state, reason, waiting = _state_of(standing, fen)
    there = models.Order.objects.filter(kind=plan.service, claimant=entitlement.claimant, month=month, state__in=STANDING).first()
    if there is not None:
        _change(unit, there, entitlement, fen, (state, reason, waiting), plan, now)
        return
    row = models.Order(
        id=uuid.uuid4().hex, batch=batch, entitlement=entitlement, kind=plan.service, claimant=entitlement.claimant, month=month,
        amount_fen=fen, state=state, reason=reason, waiting_for=list(waiting), made_at=now, asked_at=now,
        due_at=_due_at(batch, plan, now) if state == LISTED else None,
    )  # fmt: skip
    try:
        with unit.attempt():
            row.save(force_insert=True)
            _tell(unit, row)
    except IntegrityError:  # ordered in the same moment on another application of hers: that one stands
        return


def _change(
    unit: Unit, order: models.Order, entitlement: models.Entitlement, fen: int | None, to: tuple[str, str, Sequence[str]], plan: Plan,
    now: datetime,
) -> None:
    """A held month is listed once its sources speak; a listed one that was not told to the bank yet is held when they fall silent."""
    state, reason, waiting = to
    if order.entitlement_id != entitlement.number or order.state not in (HELD, LISTED):
        return
    batch = order.batch
    changed = models.Order.objects.filter(id=order.id, state=order.state, attempts=0).update(
        state=state, reason=reason, waiting_for=list(waiting), amount_fen=fen, asked_at=now,
        due_at=_due_at(batch, plan, now) if state == LISTED else None,
    )  # fmt: skip
    if changed and (state, reason, list(waiting)) != (order.state, order.reason, order.waiting_for):
        order.state, order.reason, order.waiting_for = state, reason, list(waiting)
        _tell(unit, order)


def _state_of(standing: Standing, fen: int | None) -> tuple[str, str, Sequence[str]]:
    """Unknown is not no: what nobody could say is held, not paid and not stopped."""
    if standing.waiting_for:
        return HELD, SOURCES, standing.waiting_for
    return (LISTED, "", ()) if fen is not None else (HELD, NO_AMOUNT, ())


def _tell(unit: Unit, order: models.Order) -> None:
    number, subject = order.entitlement_id, order.claimant
    if order.state == LISTED:
        unit.record(PaymentOrdered(number=number, order=order.id, month=order.month, subject=subject))
    else:
        unit.record(
            PaymentHeld(number=number, order=order.id, month=order.month, reason=order.reason, waiting_for=tuple(order.waiting_for),
                        subject=subject)
        )  # fmt: skip


def _due_at(batch: models.Batch, plan: Plan, now: datetime) -> datetime | None:
    """When an order goes to the bank: on the pay day of its list, once that was reviewed; what is added later, at once."""
    return None if batch.reviewed_at is None else max(now, moment_of(batch.month, plan.find_days(batch.month).pay))


def _release(batch: models.Batch, plan: Plan, now: datetime) -> None:
    pay_at = moment_of(batch.month, plan.find_days(batch.month).pay)
    models.Order.objects.filter(batch=batch, state=LISTED, due_at=None).update(due_at=max(now, pay_at))
