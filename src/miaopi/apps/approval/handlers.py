"""What approval does when others tell: it decides what was confirmed, signs what was decided, lets go of what was withdrawn."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.application.api import ApplicationWithdrawn
from miaopi.apps.approval.actions.claims import release_claim
from miaopi.apps.approval.actions.decide import decide_filing, rules_of, sign_decision
from miaopi.apps.approval.actions.referrals import WITHDRAWN, close_referrals
from miaopi.apps.approval.actions.waiting import stop_waiting
from miaopi.apps.approval.events import Decided, DecisionUpheld
from miaopi.apps.audit.api import Actor, after, system, within
from miaopi.apps.filing.api import ConfirmedFacts, FilingConfirmed


@within(FilingConfirmed)
def decide_when_confirmed(event: FilingConfirmed, *, hand: ConfirmedFacts, by: Actor, now: datetime) -> None:
    decide_filing(confirmed=hand, by=rules_of(hand.package), now=now)


@within(ApplicationWithdrawn)
def stop_waiting_when_withdrawn(event: ApplicationWithdrawn, *, hand: object, by: Actor, now: datetime) -> None:
    stop_waiting(number=event.number, by=by, now=now)


@within(ApplicationWithdrawn)
def let_go_when_withdrawn(event: ApplicationWithdrawn, *, hand: object, by: Actor, now: datetime) -> None:
    """No officer works on a withdrawn case, and it holds nobody's place."""
    close_referrals(number=event.number, ground=WITHDRAWN, by=by, now=now)
    release_claim(number=event.number, by=by, now=now)


@after(Decided)
def sign_when_decided(event: Decided, *, seq: int, now: datetime) -> None:
    sign_decision(decision=event.decision, digest=event.receipt_digest, by=system("approval.sign_when_decided"), now=now)


@after(DecisionUpheld)
def sign_when_upheld(event: DecisionUpheld, *, seq: int, now: datetime) -> None:
    sign_decision(decision=event.decision, digest=event.receipt_digest, by=system("approval.sign_when_upheld"), now=now)
