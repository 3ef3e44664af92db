"""Cases on their way to a person: they come to a queue with a clock, the clock stands while a supplement is out, and they leave."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.conf import settings

from miaopi.apps.approval.events import CaseReferred
from miaopi.apps.approval.models import DecisionRow, Proposal, Referral
from miaopi.apps.approval.queries.queues import compute_queue, count_days_left
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import pseudonym
from miaopi.definitions import ServicePackage

REFERRAL: Final = "referral"
REVIEW: Final = "review"
CORRECTION: Final = "correction"
DECIDED: Final = "decided"
WITHDRAWN: Final = "withdrawn"
BY_RULES: Final = "by_rules"


def open_referral(*, row: DecisionRow, package: ServicePackage, kind: str, by: Actor, now: datetime) -> Referral:
    """Put a case into the queue of its service. One INSERT: it is part of the commit of a confirmation."""
    referral = Referral(
        id=uuid.uuid4().hex, number=row.number, kind=kind, decision=row, service=row.service, version=row.version,
        applicant=row.applicant, queue=compute_queue(package).key, reason_codes=list(row.reason_codes), opened_at=now,
        due_at=settings.MIAOPI_CITY.calendar.compute_due(now, package.referral.workdays),
    )
    with act(by=by, now=now) as unit:
        referral.save(force_insert=True)
        unit.record(_told(referral))
    return referral


def resume_referral(*, row: DecisionRow, package: ServicePackage, by: Actor, now: datetime) -> None:
    """A supplemented case is back with a person: its clock goes on with the days that were left; a new one if none is open."""
    with act(by=by, now=now) as unit:
        standing = Referral.objects.select_for_update().filter(number=row.number, closed_at=None).first()
        if standing is None:
            open_referral(row=row, package=package, kind=REFERRAL, by=by, now=now)
            return
        if standing.stopped_at is not None:
            standing.due_at = settings.MIAOPI_CITY.calendar.compute_due(now, max(1, standing.days_left or 0))
        standing.decision, standing.reason_codes = row, list(row.reason_codes)
        standing.stopped_at, standing.days_left = None, None
        standing.save()
        unit.record(_told(standing))


def show_corrected(*, referral: Referral, row: DecisionRow, kind: str, now: datetime) -> None:
    """Whoever has the case, or takes it next, has the corrected facts; what one officer proposed on the wrong ones is void."""
    Proposal.objects.filter(referral=referral, answered_at=None).update(answered_at=now, answer=CORRECTION)
    Referral.objects.filter(id=referral.id).update(decision=row, reason_codes=row.reason_codes, kind=kind, proposed_by="")


def stop_clock(*, referral: Referral, now: datetime) -> None:
    """The applicant has the floor: nobody holds the case, and its clock stands until she confirms again."""
    Referral.objects.filter(id=referral.id).update(
        stopped_at=now, days_left=count_days_left(now, referral.due_at), taken_by="", taken_at=None, lease_until=None
    )


def close_referrals(*, number: str, ground: str, by: Actor, now: datetime) -> None:
    """The case is not with a person any more: `decided`, `withdrawn`, or decided `by_rules` after a supplement."""
    with act(by=by, now=now):
        if Referral.objects.filter(number=number, closed_at=None).update(closed_at=now, closed_for=ground, proposed_by=""):
            Proposal.objects.filter(number=number, answered_at=None).update(answered_at=now, answer=ground)


def _told(referral: Referral) -> CaseReferred:
    return CaseReferred(
        number=referral.number, service=referral.service, kind=referral.kind, queue=referral.queue, due_at=referral.due_at,
        reason_codes=tuple(referral.reason_codes), subject=pseudonym(referral.applicant),
    )
