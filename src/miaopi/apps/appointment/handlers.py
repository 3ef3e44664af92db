"""What appointment does when others tell."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.appointment.actions.invite import close_visit, invite
from miaopi.apps.approval.api import Decided, DecidedCase
from miaopi.apps.audit.api import Actor, within


@within(Decided)
def invite_when_approved(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """An approval of a service that asks for a visit invites in the same transaction."""
    rule = hand.package.visit
    if rule is not None and event.outcome == "approve":
        invite(case=hand, rule=rule, by=by, now=now)


@within(Decided)
def close_when_replaced(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """A person reviewed an approval and decided otherwise."""
    if hand.package.visit is not None and event.replaces is not None and event.outcome != "approve":
        close_visit(number=event.number, by=by, now=now)
