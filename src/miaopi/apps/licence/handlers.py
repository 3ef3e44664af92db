"""What licence does when others tell."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.appointment.api import VisitCompleted, VisitEnded, VisitLapsed
from miaopi.apps.approval.api import Decided, DecidedCase
from miaopi.apps.audit.api import Actor, after, system, within
from miaopi.apps.licence.actions.issue import issue_licence, revoke_licence
from miaopi.apps.licence.actions.register import note_registrations
from miaopi.apps.licence.actions.sign import sign_licence
from miaopi.apps.licence.events import LicenceIssued, LicenceUpdated
from miaopi.definitions import Moment
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.decision.outcomes import to_plain


@within(Decided)
def issue_when_approved(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """An approval of a service that issues a document issues it in the same transaction; a decision put in its place ends it."""
    template = hand.package.licence
    if event.outcome == "approve" and template is not None:
        issue_licence(case=hand, template=template, by=by, now=now)
    elif event.replaces is not None:
        revoke_licence(number=event.number, ground=event.decision, by=by, now=now)


@after(LicenceIssued)
def sign_when_issued(event: LicenceIssued, *, seq: int, now: datetime) -> None:
    """The key is touched here, in the worker, and not in the transaction that a citizen waits for."""
    by = system("licence.sign_when_issued")
    sign_licence(licence=event.licence, digest_issued=event.content_digest, by=by, now=now)


@after(LicenceUpdated)
def sign_when_updated(event: LicenceUpdated, *, seq: int, now: datetime) -> None:
    by = system("licence.sign_when_updated")
    sign_licence(licence=event.licence, digest_issued=event.content_digest, by=by, now=now)


@within(Decided)
def note_registrations_when_decided(event: Decided, *, hand: DecidedCase, by: Actor, now: datetime) -> None:
    """What an approval has agencies write, and what is taken back where a person decided otherwise: with the decision or not at all."""
    if event.outcome != "approve" and event.replaces is None:
        return
    note_registrations(
        moment=Moment.APPROVE if event.outcome == "approve" else Moment.LAPSE, number=hand.number, service=hand.service,
        version=hand.version, party=hand.applicant, values={name: to_plain(value) for name, value in hand.decision.values.items()},
        as_of=hand.as_of, done_on=compute_legal_day(now), correction=event.decision if event.replaces else "", by=by, now=now,
    )


@within(VisitCompleted)
def note_registrations_when_done(event: VisitCompleted, *, hand: VisitEnded, by: Actor, now: datetime) -> None:
    _note(hand, Moment.VISIT, by=by, now=now)


@within(VisitLapsed)
def note_registrations_when_lapsed(event: VisitLapsed, *, hand: VisitEnded, by: Actor, now: datetime) -> None:
    _note(hand, Moment.LAPSE, by=by, now=now)


def _note(ended: VisitEnded, moment: Moment, *, by: Actor, now: datetime) -> None:
    note_registrations(
        moment=moment, number=ended.number, service=ended.service, version=ended.version, party=ended.party, values=ended.values,
        as_of=ended.as_of, done_on=ended.ended_on, by=by, now=now,
    )
