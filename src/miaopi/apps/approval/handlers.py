"""What approval does when others tell: it decides what was confirmed, signs what was decided, lets go of what was withdrawn, and notes
what a corrected record was used for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from miaopi.apps.application.api import ApplicationWithdrawn
from miaopi.apps.approval.actions.claims import release_claim
from miaopi.apps.approval.actions.decide import decide_filing, rules_of, sign_decision
from miaopi.apps.approval.actions.redecided import note_impact
from miaopi.apps.approval.actions.referrals import WITHDRAWN, close_referrals
from miaopi.apps.approval.actions.waiting import stop_waiting
from miaopi.apps.approval.events import Decided, DecisionUpheld, Redecided
from miaopi.apps.audit.api import Actor, after, system, within
from miaopi.apps.consent.api import use_up_consents
from miaopi.apps.exchange.api import RecordCorrected, get_correction
from miaopi.apps.filing.api import ConfirmedFacts, FilingConfirmed
from miaopi.kernel.decision import Outcome

FOR_GOOD: Final = frozenset({Outcome.APPROVE, Outcome.REFUSE, Outcome.REDIRECT})


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


@after(Decided)
def use_up_when_decided(event: Decided, *, seq: int, now: datetime) -> None:
    """What is decided for good needs nothing more; what waits or is supplemented goes on by the same consent."""
    if Outcome(event.outcome) in FOR_GOOD:
        use_up_consents(application=event.number, by=system("approval.use_up_when_decided"), now=now)


@after(ApplicationWithdrawn)
def use_up_when_withdrawn(event: ApplicationWithdrawn, *, seq: int, now: datetime) -> None:
    use_up_consents(application=event.number, by=system("approval.use_up_when_withdrawn"), now=now)


@after(DecisionUpheld)
def sign_when_upheld(event: DecisionUpheld, *, seq: int, now: datetime) -> None:
    sign_decision(decision=event.decision, digest=event.receipt_digest, by=system("approval.sign_when_upheld"), now=now)


@after(Redecided)
def sign_when_decided_again(event: Redecided, *, seq: int, now: datetime) -> None:
    """Also what has no effect is kept signed."""
    if event.receipt_digest:
        by = system("approval.sign_when_decided_again")
        sign_decision(decision=event.answer, digest=event.receipt_digest, by=by, now=now)


@after(RecordCorrected)
def note_impact_when_corrected(event: RecordCorrected, *, seq: int, now: datetime) -> None:
    """Noted in one statement; the worker decides each again, outside, where it may ask the source."""
    note_impact(correction=get_correction(event.correction), by=system("approval.note_impact_when_corrected"), now=now)
