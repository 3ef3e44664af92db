"""What licence does when others tell."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.approval.api import Decided, DecidedCase
from miaopi.apps.audit.api import Actor, after, system, within
from miaopi.apps.licence.actions.issue import issue_licence, revoke_licence
from miaopi.apps.licence.actions.sign import sign_licence
from miaopi.apps.licence.events import LicenceIssued, LicenceUpdated


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
