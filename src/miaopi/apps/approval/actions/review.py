"""The way to a person, one tap from every automatic decision (个人信息保护法 第二十四条)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError

from miaopi.apps.application.api import advance
from miaopi.apps.approval.actions.referrals import BY_RULES, REVIEW, close_referrals, open_referral
from miaopi.apps.approval.events import ReviewRequested
from miaopi.apps.approval.models import Review
from miaopi.apps.approval.queries.cases import find_referral
from miaopi.apps.approval.queries.decisions import get_decision
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.decision import Outcome
from miaopi.kernel.errors import InputError
from miaopi.kernel.lifecycle import Refer
from miaopi.kernel.wording import Text


def _still_open_error() -> InputError:
    return InputError(
        "application",
        Text(zh="该办件还在等待数据，尚无可复核的决定。", en="the case still waits for data; there is no decision to review yet."),
        Text(zh="等待结果；逾期会自动转人工。", en="Wait for the result; past its patience a person takes it anyway."),
    )


def _by_a_person_error() -> InputError:
    return InputError(
        "application",
        Text(zh="这个决定已由工作人员作出。", en="this decision was made by a person already."),
        Text(zh="不服的，可申请行政复议或提起行政诉讼。", en="You may ask for administrative reconsideration or go to court."),
    )


def request_review(*, number: str, by: Actor, now: datetime) -> Review:
    """Ask that a person look at the decision that counts; asked twice is asked once. NotFound if there is none for her.

    A case that is with a person already stays where it is; one that she shall supplement goes to a person first.
    InputError while it waits, and for what a person decided.
    """
    authorise(by, Right.ASK_REVIEW)
    decision = get_decision(number=number, reader=by)
    outcome = Outcome(decision.outcome)
    if outcome in {Outcome.WAIT, Outcome.WAITLIST}:
        raise _still_open_error()
    if decision.decided_by:
        raise _by_a_person_error()
    row = Review(id=uuid.uuid4().hex, decision=decision, number=decision.number, requested_at=now)
    package = get_service(decision.service, decision.version)
    with act(by=by, now=now) as unit:
        try:
            with unit.attempt():
                row.save(force_insert=True)
                unit.record(ReviewRequested(number=row.number, decision=decision.id, review=row.id, subject=pseudonym(decision.applicant)))
        except IntegrityError:  # there is one already
            return Review.objects.get(decision=decision)
        if outcome is Outcome.SUPPLEMENT:
            advance(number=row.number, move=Refer, by=by, now=now)
            close_referrals(number=row.number, ground=BY_RULES, by=by, now=now)
        if outcome is not Outcome.REFER and find_referral(decision.number) is None:  # one on a correction may be open
            open_referral(row=decision, package=package, kind=REVIEW, by=by, now=now)
    return row
