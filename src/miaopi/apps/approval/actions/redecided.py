"""Decisions that used a corrected record: noted with the correction, and what became of each written down once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from miaopi.apps.approval.events import ImpactRead, Redecided
from miaopi.apps.approval.models import DecisionRow, Redecision, RedecisionState
from miaopi.apps.approval.queries.foresight import Foresight, compute_foresight
from miaopi.apps.approval.queries.impact import Impact, compute_record, list_impact
from miaopi.apps.approval.queries.progress import Carried, compute_carried
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange.api import Correction, get_own_correction
from miaopi.apps.identity.api import Right, authorise, pseudonym

# However many there are, they are noted in one statement; each is decided again by the worker, in an act of its own.
NOTE: Final = """
INSERT INTO approval_redecision (correction, decision_id, number, state, noted_at, due_at, attempts)
SELECT %s, id, number, %s, %s, %s, 0 FROM approval_decision WHERE used @> ARRAY[%s]::bigint[] ORDER BY decided_at, id
    ON CONFLICT (correction, decision_id) DO NOTHING
"""


def note_impact(*, correction: Correction, by: Actor, now: datetime) -> int:
    """Write down every decision that used the corrected record, to be made again; how many are new."""
    record = compute_record(correction.resource, correction.subject)
    with act(by=by, now=now), connection.cursor() as cursor:
        cursor.execute(NOTE, [correction.id, RedecisionState.DUE, now, now, record])
        noted: int = cursor.rowcount
    return noted


def read_impact(*, resource: str, subject: str, by: Actor, now: datetime) -> list[Impact]:
    """Every decision that used the record of the person of this pseudonym. The look is an entry that she can see."""
    authorise(by, Right.READ_IMPACT)
    with act(by=by, now=now) as unit:
        unit.record(ImpactRead(resource=resource, fields=(), subject=subject))
    return list(list_impact(resource=resource, subject=subject))


def foresee_correction(*, draft: Correction, by: Actor, now: datetime) -> Foresight:
    """What a draft that was judged would touch. The look is an entry that its subject can see."""
    authorise(by, Right.FORESEE_CORRECTION)
    with act(by=by, now=now) as unit:
        unit.record(ImpactRead(resource=draft.resource, fields=(), subject=draft.subject))
    return compute_foresight(draft)


def read_correction(*, correction: str, by: Actor, now: datetime) -> Carried:
    """One correction of one's own agency, and what became of the decisions. The look is an entry that its subject can see.

    Raises NotFound for another's, RightsError.
    """
    authorise(by, Right.READ_CORRECTIONS)
    found = get_own_correction(correction=correction, reader=by)
    with act(by=by, now=now) as unit:
        unit.record(ImpactRead(resource=found.resource, fields=(), subject=found.subject))
    return compute_carried(found)


def end_redecision(
    *, row: Redecision, correction: Correction, state: RedecisionState, answer: DecisionRow | None = None, became: str = "", by: Actor,
    now: datetime,
) -> None:
    """Write down, in the transaction it stands in, what became of a decision."""
    row.state, row.answer, row.due_at, row.done_at = state, answer, None, now
    with act(by=by, now=now) as unit:
        row.save(update_fields=("state", "answer", "due_at", "done_at"))
        unit.record(Redecided(
            number=row.number, service=row.decision.service, correction=correction.id, resource=correction.resource,
            agency=correction.agency, decision=row.decision_id, answer=answer.id if answer is not None else "", was=row.decision.outcome,
            became=became or row.decision.outcome, result=state, subject=pseudonym(row.decision.applicant),
            receipt_digest=answer.receipt_digest if answer is not None and not answer.standing else "",
        ))  # fmt: skip


def settle_redecisions(*, number: str, answer: DecisionRow, is_upheld: bool, by: Actor, now: datetime) -> None:
    """A person answered what a correction had sent to her."""
    state = RedecisionState.UPHELD if is_upheld else RedecisionState.REPLACED
    with act(by=by, now=now):
        Redecision.objects.filter(number=number, state=RedecisionState.REFERRED).update(state=state, answer=answer, done_at=now)
