"""The calendar of payments by the clock of the instance: list, review and pay by their days, and whatever was missed, caught up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Right, authorise
from miaopi.apps.treasury import models
from miaopi.apps.treasury.actions.run import ask_held_again, list_service, review_service
from miaopi.apps.treasury.actions.stop import get_plan
from miaopi.apps.treasury.models import HELD
from miaopi.apps.treasury.queries.entitlements import list_services
from miaopi.apps.treasury.queries.months import Month, get_current, list_months, moment_of
from miaopi.apps.treasury.queries.payments import list_batches
from miaopi.apps.treasury.queries.plan import Plan
from miaopi.kernel.errors import MiaopiError

ASK_AGAIN: Final = timedelta(days=1)  # about those of whom a source could not say

log = logging.getLogger(__name__)


def run_due(*, by: Actor, now: datetime) -> int:
    """Make and review every list whose day has come, the oldest first; how many lists were made or reviewed."""
    authorise(by, Right.RUN_PAYMENTS)
    done = 0
    for service, first in list_services().items():
        try:
            done += _run_service(get_plan(service, now), first, by=by, now=now)
        except MiaopiError as error:
            log.error("payments of a service set aside: %s", error)  # another service's are not to wait for its author
    return done


def _run_service(plan: Plan, first: Month, *, by: Actor, now: datetime) -> int:
    done, there, held = 0, list_batches(plan.service), _list_held(plan.service, now)
    for month in list_months(first, get_current(now)):
        batch, days = there.get(month), plan.find_days(month)
        list_moment = moment_of(month, days.list_)
        if (batch is None or batch.listed_at is None) and list_moment <= now:
            list_service(plan=plan, month=month, by=by, now=now, made_before=list_moment)
            done += 1
        if (batch is None or batch.reviewed_at is None) and moment_of(month, days.review) <= now:
            review_service(plan=plan, month=month, by=by, now=now)
            done += 1
        if batch is not None and batch.id in held:
            ask_held_again(plan=plan, batch=batch, by=by, now=now)
    return done


def _list_held(service: str, now: datetime) -> set[int]:
    """The batches with somebody who is held and was not asked about for a day."""
    held = models.Order.objects.filter(kind=service, state=HELD, asked_at__lte=now - ASK_AGAIN)
    return set(held.values_list("batch", flat=True))
