"""An approval that asks for a visit invites; a decision that takes its place closes the visit."""

from __future__ import annotations

from datetime import date, datetime

from miaopi.apps.appointment.events import VisitClosed, VisitInvited
from miaopi.apps.appointment.models import Seat, Visit, VisitState
from miaopi.apps.appointment.queries.visits import seal_content
from miaopi.apps.approval.api import DecidedCase
from miaopi.apps.audit.api import Actor, act
from miaopi.apps.identity.api import pseudonym
from miaopi.definitions import VisitRule
from miaopi.kernel.decision.outcomes import to_plain
from miaopi.kernel.errors import DefinitionError


def invite(*, case: DecidedCase, rule: VisitRule, by: Actor, now: datetime) -> None:
    """Make the row of the visit with the decision that asks for it. Raises DefinitionError where the outcome names no last day."""
    until = case.decision.values.get(rule.until)
    if not isinstance(until, date):
        raise DefinitionError(case.service, f"visit: {rule.until} is no day")
    row = Visit(
        number=case.number, service=case.service, version=case.version, act=rule.act.code, party=case.applicant, valid_to=until,
        remind_on=until - rule.remind_before, invited_at=now,
    )  # fmt: skip
    values = {name: to_plain(value) for name, value in case.decision.values.items()}
    row.content = seal_content(row, {"values": values, "as_of": case.as_of.isoformat()})
    with act(by=by, now=now) as unit:
        if case.replaces is None or not _correct(row):
            row.save(force_insert=True)
        unit.record(
            VisitInvited(number=row.number, service=row.service, act=row.act, valid_to=until.isoformat(), subject=pseudonym(row.party))
        )


def _correct(row: Visit) -> bool:
    """An approval that a person corrected: the visit that stands keeps its seat and takes the new values; one that ended stays."""
    standing = Visit.objects.filter(number=row.number)
    standing.filter(state=VisitState.INVITED.value).update(valid_to=row.valid_to, remind_on=row.remind_on, content=row.content)
    return standing.exists()


def close_visit(*, number: str, by: Actor, now: datetime) -> None:
    """Nobody need come any more; a seat that was booked is free again. A visit that has ended stays as it ended."""
    with act(by=by, now=now) as unit:
        closed = Visit.objects.filter(number=number, state=VisitState.INVITED.value).update(state=VisitState.CLOSED.value, ended_at=now)
        if closed:
            Seat.objects.filter(number=number).update(number=None, booked_at=None)
            unit.record(VisitClosed(number=number, subject=pseudonym(Visit.objects.get(number=number).party)))
