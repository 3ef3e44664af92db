"""Cases with officers: the queue in the order in which it is due, one case, and what may be done with it."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.approval.api import (
    Defect as Named,
)
from miaopi.apps.approval.api import (
    OfficerDecision,
    ask_supplement,
    confirm_case,
    decide_case,
    list_queue,
    put_back_case,
    read_case,
    return_case,
    take_case,
    uphold_decision,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.decision import Basis as Law
from miaopi.kernel.wording import Text
from miaopi.rest.cursors import read_number, write_cursor
from miaopi.rest.gate import gate, who
from miaopi.rest.schemas import Answer, Asked, Basis, Condition, Reason, Scalar, Value, Words

router = Router(tags=["cases"])
MOST = 100
DEEPEST = 10_000  # places down a queue: nobody works through more


class CodedReason(Answer):
    code: str
    text: Words


class Queue(Answer):
    key: str
    name: Words


class CaseLine(Answer):
    """A case in a queue: numbers, reasons, times, and nobody's name."""

    number: str
    service: str
    name: Words
    kind: str = Field(description="referral, review, or second (waits for another officer)")
    queue: Queue
    reasons: list[CodedReason]
    opened_at: datetime
    due_at: datetime
    clock_stopped_at: datetime | None
    overdue: bool
    taken_by: str | None
    lease_until: datetime | None
    mine: bool


class CasePage(Answer):
    cases: list[CaseLine]
    next: str | None


class SeenFact(Answer):
    """One fact of a case and who says it; those in question stand first."""

    fact: str
    label: Words
    state: str = Field(description="known, absent, disputed, or why nobody could say")
    value: Value
    source: str
    agency: str
    at: datetime | None
    in_question: bool
    curable: bool


class Decided(Answer):
    id: str
    outcome: str
    reasons: list[str]
    at: datetime
    by: str
    confirmed_by: str | None


class Step(Answer):
    at: datetime
    kind: str
    who: str


class Proposal(Answer):
    """What the first of two officers decided."""

    by: str
    at: datetime
    outcome: str
    reason: Words
    basis: Basis
    values: dict[str, Value]


class Case(CaseLine):
    """A case as an officer sees it. The look is an entry that its subject can see."""

    applicant: str
    id_number: str = Field(description="masked")
    state: str
    outcome: str
    filed_on: date
    reasons: list[Reason]  # type: ignore[assignment]  # the case knows more of each than the queue
    facts: list[SeenFact]
    conditions: list[Condition]
    values: dict[str, Value]
    open_values: dict[str, str] = Field(description="values that the officer has to supply, and their types")
    decisions: list[Decided]
    history: list[Step]
    proposal: Proposal | None
    four_eyes: bool
    supplement_asked_at: datetime | None
    may: list[str] = Field(description="take, put_back, decide, uphold, supplement, confirm, return")


class Taken(Answer):
    number: str
    taken_by: str | None
    lease_until: datetime | None


class Said(Asked):
    """A sentence that the applicant reads; without the English one the Chinese stands as it is."""

    zh: str = Field(min_length=1, max_length=500)
    en: str = Field("", max_length=500)


class AskedBasis(Asked):
    instrument: str = Field(min_length=1, max_length=300)
    article: str = Field(min_length=1, max_length=200)


class Deciding(Asked):
    outcome: str = Field(description="approve, refuse or redirect")
    reason: Said
    basis: AskedBasis
    values: dict[str, Scalar] = Field(default={}, description="what the rules cannot say; `next` for a redirect", max_length=50)


class Upholding(Asked):
    reason: Said
    basis: AskedBasis


class Defect(Asked):
    fact: str = Field("", description="a field of the form that is the applicant's; empty for none", max_length=100)
    text: Said
    remedy: Said


class Supplementing(Asked):
    defects: list[Defect] = Field(description="all of them: it is asked once (行政许可法 第三十二条)", max_length=50)


class Returning(Asked):
    note: str = Field(max_length=500)


class Done(Answer):
    number: str
    outcome: str
    decision: str | None
    proposal: str | None
    awaits_second: bool


@router.get("", response=CasePage, auth=gate(Right.LIST_CASES), summary="The queue", operation_id="list_cases")
def list_cases(
    request: HttpRequest,
    queue: str | None = None,
    overdue: bool = False,
    cursor: str | None = None,
    limit: int = Query(MOST, ge=1, le=MOST),
) -> CasePage:
    """Open cases of one's queues, the one due first in front. The cursor is a place in the queue, which moves while you read."""
    by, now = who(request)
    start = min(read_number(cursor) or 0, DEEPEST)
    rows = list_queue(by=by, now=now, queue=queue, overdue=overdue, limit=start + limit + 1)[start:]
    lines = [CaseLine.model_validate(row.to_json()) for row in rows[:limit]]
    return CasePage(cases=lines, next=write_cursor(start + limit) if len(rows) > limit else None)


@router.get("/{number}", response=Case, auth=gate(Right.READ_CASE), summary="One case", operation_id="read_case")
def read(request: HttpRequest, number: str) -> Case:
    """One case of one's queues. The look leaves an entry that its subject can see, and renews a lease."""
    by, now = who(request)
    return Case.model_validate(read_case(number=number, by=by, now=now).to_json())


@router.post("/{number}/take", response=Taken, auth=gate(Right.TAKE_CASE), summary="Take it", operation_id="take_case")
def take(request: HttpRequest, number: str) -> Taken:
    """Take a free case for two hours. Of two who take it at once, one gets it."""
    by, now = who(request)
    row = take_case(number=number, by=by, now=now)
    return Taken(number=row.number, taken_by=row.taken_by, lease_until=row.lease_until)


@router.post("/{number}/put-back", response=Taken, auth=gate(Right.TAKE_CASE), summary="Put it back", operation_id="put_back_case")
def put_back(request: HttpRequest, number: str) -> Taken:
    """Give a case back to its queue; its clock goes on."""
    by, now = who(request)
    row = put_back_case(number=number, by=by, now=now)
    return Taken(number=row.number, taken_by=None, lease_until=None)


@router.post("/{number}/decide", response=Done, auth=gate(Right.DECIDE_CASE), summary="Decide it", operation_id="decide_case")
def decide(request: HttpRequest, number: str, body: Deciding) -> Done:
    """Approve, refuse or redirect with a reason and its law. Where the service wants four eyes it waits for a second officer."""
    by, now = who(request)
    made = decide_case(
        number=number, outcome=body.outcome, reason=_text(body.reason), basis=Law(body.basis.instrument, body.basis.article),
        values=body.values, by=by, now=now,
    )
    return _done(made)


@router.post("/{number}/uphold", response=Done, auth=gate(Right.DECIDE_CASE), summary="Uphold a decision", operation_id="uphold_decision")
def uphold(request: HttpRequest, number: str, body: Upholding) -> Done:
    """In a review: the decision stands."""
    by, now = who(request)
    basis = Law(body.basis.instrument, body.basis.article)
    return _done(uphold_decision(number=number, reason=_text(body.reason), basis=basis, by=by, now=now))


@router.post("/{number}/supplement", response=Done, auth=gate(Right.DECIDE_CASE), summary="Ask a supplement", operation_id="ask_supplement")
def supplement(request: HttpRequest, number: str, body: Supplementing) -> Done:
    """Tell the applicant every defect at once. The clock stands until she confirms again; a second time is 422."""
    by, now = who(request)
    defects = tuple(Named(each.fact, _text(each.text), _text(each.remedy)) for each in body.defects)
    return _done(ask_supplement(number=number, defects=defects, by=by, now=now))


@router.post("/{number}/confirm", response=Done, auth=gate(Right.DECIDE_CASE), summary="Confirm as second", operation_id="confirm_case")
def confirm(request: HttpRequest, number: str) -> Done:
    """Confirm what another officer decided; nobody confirms her own."""
    by, now = who(request)
    return _done(confirm_case(number=number, by=by, now=now))


@router.post("/{number}/return", response=Taken, auth=gate(Right.DECIDE_CASE), summary="Return as second", operation_id="return_case")
def send_back(request: HttpRequest, number: str, body: Returning) -> Taken:
    """Do not confirm: the case is open again, with a note for whoever takes it next."""
    by, now = who(request)
    return_case(number=number, note=body.note, by=by, now=now)
    return Taken(number=number, taken_by=None, lease_until=None)


def _text(said: Said) -> Text:
    return Text(zh=said.zh, en=said.en or said.zh)


def _done(made: OfficerDecision) -> Done:
    return Done.model_validate(made.to_json())
