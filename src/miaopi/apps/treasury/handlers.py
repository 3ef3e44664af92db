"""What the treasury does when others tell: an approval entitles, and a decision that takes its place takes that back."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.approval.api import Decided, DecidedCase
from miaopi.apps.audit.api import Actor, within
from miaopi.apps.treasury.actions.entitle import make_entitlement
from miaopi.apps.treasury.actions.stop import take_back_entitlement
from miaopi.apps.treasury.queries.entitlements import find_entitlement
from miaopi.apps.treasury.queries.plan import find_plan


@within(Decided)
def entitle_when_approved(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """An approval of a service that pays entitles in the same transaction; one that replaces an approval changes nothing."""
    plan = find_plan(hand.package)
    is_first = event.replaces is None or find_entitlement(event.number) is None
    if plan is not None and event.outcome == "approve" and is_first:
        make_entitlement(case=hand, plan=plan, by=by, now=now)


@within(Decided)
def take_back_when_replaced(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """A person reviewed an approval and decided otherwise: it never entitled anybody."""
    plan = find_plan(hand.package)
    if plan is not None and event.replaces is not None and event.outcome != "approve":
        take_back_entitlement(number=event.number, plan=plan, by=by, now=now)
