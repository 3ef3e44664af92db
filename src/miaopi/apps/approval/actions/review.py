"""The way to a person, one tap from every automatic decision (个人信息保护法 第二十四条)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError

from miaopi.apps.approval.events import ReviewRequested
from miaopi.apps.approval.models import Review
from miaopi.apps.approval.queries.decisions import get_decision
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import Right, authorise, pseudonym
from miaopi.kernel.decision import Outcome
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


def _still_open_error() -> InputError:
    return InputError(
        "application",
        Text(zh="该办件还在等待数据，尚无可复核的决定。", en="the case still waits for data; there is no decision to review yet."),
        Text(zh="等待结果；逾期会自动转人工。", en="Wait for the result; past its patience a person takes it anyway."),
    )


def request_review(*, number: str, by: Actor, now: datetime) -> Review:
    """Ask that a person look at the decision that counts; asked twice is asked once. NotFound if there is none for her."""
    authorise(by, Right.ASK_REVIEW)
    decision = get_decision(number=number, reader=by)
    if decision.outcome in {Outcome.WAIT, Outcome.WAITLIST}:
        raise _still_open_error()
    row = Review(id=uuid.uuid4().hex, decision=decision, number=decision.number, requested_at=now)
    with act(by=by, now=now) as unit:
        try:
            with unit.attempt():
                row.save(force_insert=True)
                unit.record(ReviewRequested(number=row.number, decision=decision.id, review=row.id, subject=pseudonym(decision.applicant)))
        except IntegrityError:  # there is one already
            return Review.objects.get(decision=decision)
    return row
