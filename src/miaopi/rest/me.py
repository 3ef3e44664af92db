"""What is about oneself: who looked at one's data, with a proof for each look, messages, and disputes of what agencies keep."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.audit.api import (
    Actor,
    Among,
    LoggedEntry,
    count_deferred,
    find_access,
    find_refused,
    list_accesses,
    prove,
)
from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.exchange.api import (
    DISPUTE_MOVES,
    OwnObjection,
    file_dispute,
    file_objection,
    list_own_disputes,
    list_own_objections,
)
from miaopi.apps.exchange.api import Dispute as Filed
from miaopi.apps.identity.api import Right, get_members, pseudonym
from miaopi.apps.notification.api import list_messages
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from miaopi.rest.cursors import read_cursor, read_number, write_cursor
from miaopi.rest.gate import gate, who
from miaopi.rest.ledger import Proof
from miaopi.rest.repeats import PARAMETER, once
from miaopi.rest.schemas import Answer, Asked, Words, find_words, words

router = Router(tags=["me"])
MOST = 100
NO_ACCESS = Text(zh="没有这一条。", en="There is no such entry.")


class Access(Answer):
    """One look at one's data, as the log has it."""

    seq: int = Field(description="position in the log; `GET /me/accesses/{seq}/proof` proves it")
    at: datetime
    kind: str = Field(description="exchange.DataPulled, exchange.RecordPushed, approval.CaseRead …")
    by_kind: str = Field(description="person (oneself), rule_set, system, staff or agency")
    by: str = Field(description="account of the member of staff, rule set or handler; empty for oneself")
    by_name: Words | None = Field(description="of a member of staff")
    agency: str | None = Field(description="whose data were read or written")
    agency_name: Words | None
    resource: str | None
    fields: list[str] = Field(description="names of the fields, never their values")
    service: str | None
    number: str | None = Field(description="the application that it was for")
    receipt: str | None = Field(description="the consent that it stood on")
    duty: str | None = Field(description="or else the instrument and article that it stood on")
    result: str | None
    code: str | None = Field(description="of a refused look: why nothing was had")
    shown_from: datetime | None = Field(description="from when on it is shown, if that was later than `at`")


class Month(Answer):
    """Looks of a month that are counted and not shown yet."""

    before: date = Field(description="they are shown before this day")
    count: int


class AccessPage(Answer):
    accesses: list[Access]
    next: str | None
    deferred: list[Month] = Field(description="looks that are not shown yet, by law: nothing else is told of them")
    withheld: int = Field(description="looks that are shown only when a court or an authority releases them")


class NewObjection(Asked):
    """Why a look wants an explanation."""

    words: str = Field(min_length=1, max_length=500)


class Objection(Answer):
    """A look that one wants explained, and what became of it."""

    id: str
    look: int = Field(description="position of the look in the log")
    office: str = Field(description="who answers: the agency that looked")
    state: str = Field(description="filed, overdue, explained, upheld or withdrawn")
    words: str
    answer: str
    suspended: bool = Field(description="whether the agreement by which they looked was suspended with the answer")
    filed_at: datetime
    due_at: datetime
    answered_at: datetime | None


class ObjectionList(Answer):
    objections: list[Objection]


class Message(Answer):
    """A message to oneself, however far the text message came."""

    id: str
    number: str
    kind: str
    text: Words
    status: str = Field(description="waiting, accepted, delivered or undelivered")
    written_at: datetime
    read_at: datetime | None


class MessagePage(Answer):
    messages: list[Message]
    next: str | None


class NewDispute(Asked):
    """What is wrong in one's own record, and what is right."""

    resource: str
    field: str = Field(description="name of the field, as a look lists it")
    claim: str = Field("", max_length=500, description="what is right; the steward of the agency reads it, nobody else")


class Dispute(Answer):
    """A dispute of a record, and the answer of the agency that keeps it."""

    id: str
    resource: str
    field: str
    agency: str
    number: str | None = Field(description="the application in which it was filed")
    state: str = Field(description="filed, corrected, partly, unfounded or transferred")
    state_text: Words
    filed_at: datetime
    due_at: datetime = Field(description="until when the agency has to answer")
    answered_at: datetime | None
    answer: str | None
    transferred_to: str | None = Field(description="the agency that has it now, if it was passed on; it is listed there, too")


class DisputeList(Answer):
    disputes: list[Dispute]


@router.get(
    "/accesses", response=AccessPage, auth=gate(Right.READ_OWN_ACCESSES), summary="Who looked at my data", operation_id="list_accesses"
)
def list_own_accesses(
    request: HttpRequest,
    cursor: str | None = None,
    limit: int = Query(MOST, ge=1, le=MOST),
    show: Among = Among.ALL,
) -> AccessPage:
    """Every look at one's data, by agencies, rules and staff, the latest first; looks of one's own are not looks at one.

    `show`: `own` looks for what one applied for, by `staff`, on a `duty`; `refused` ones; those that are `released`, shown late.
    A look that is shown late stands at its place from its date on: whoever keeps a copy asks for `show=released` as well.
    """
    by, now = who(request)
    subject = pseudonym(by.party)
    found = list_accesses(subject, now=now, among=show, before=read_number(cursor), most=limit + 1)
    shown, later = _accesses(found[:limit]), count_deferred(subject, now=now)
    return AccessPage(
        accesses=shown, next=write_cursor(shown[-1].seq) if len(found) > limit else None,
        deferred=[Month(before=month, count=count) for month, count in later.months], withheld=later.withheld,
    )  # fmt: skip


@router.get(
    "/accesses/{seq}/proof", response=Proof, auth=gate(Right.READ_OWN_ACCESSES), summary="Proof of one look", operation_id="prove_access"
)
def prove_access(request: HttpRequest, seq: int) -> Proof:
    """That this look is in the log; to be checked without trusting us (DESIGN.md §7.4)."""
    by, now = who(request)
    subject, is_place = pseudonym(by.party), 0 <= seq < 2**62
    if not is_place or (find_access(subject, seq, now=now) or find_refused(subject, seq, now=now)) is None:
        raise NotFound(NO_ACCESS)
    return Proof.model_validate(prove(seq, now=now).to_json())


@router.post(
    "/accesses/{seq}/objections", response={201: Objection}, auth=gate(Right.FILE_OBJECTION), summary="Want a look explained",
    operation_id="object_to_access", openapi_extra=PARAMETER,
)  # fmt: skip
def object_to_access(request: HttpRequest, seq: int, body: NewObjection) -> HttpResponse:
    """The agency that looked has to explain it within 15 working days. A look that is not shown answers like none."""
    by, now = who(request)
    return once(request, lambda: _object(seq, body, by, now))


@router.get(
    "/objections", response=ObjectionList, auth=gate(Right.READ_OWN_ACCESSES), summary="Looks that I want explained",
    operation_id="list_objections",
)  # fmt: skip
def list_objections(request: HttpRequest) -> ObjectionList:
    """One's own objections to looks, the latest first, with their answers."""
    by, _ = who(request)
    return ObjectionList(objections=[_objection(each) for each in list_own_objections(by)])


@router.get("/messages", response=MessagePage, auth=gate(Right.READ_OWN_MESSAGES), summary="My messages", operation_id="list_messages")
def list_own_messages(request: HttpRequest, cursor: str | None = None, limit: int = Query(50, ge=1, le=50)) -> MessagePage:
    """One's messages, the newest first: what the text message says, whether it arrived or not."""
    by, _ = who(request)
    found = list_messages(reader=by, before=read_cursor(cursor) if cursor is not None else None, most=limit + 1)
    shown = [
        Message(id=each.id, number=each.number, kind=each.kind, text=words(each.text), status=str(each.status),
                written_at=each.written_at, read_at=each.read_at)
        for each in found[:limit]
    ]  # fmt: skip
    return MessagePage(messages=shown, next=write_cursor(shown[-1].id) if len(found) > limit else None)


@router.get("/disputes", response=DisputeList, auth=gate(Right.READ_OWN_DISPUTES), summary="My disputes", operation_id="list_disputes")
def list_disputes(request: HttpRequest) -> DisputeList:
    """What one said is wrong in a record, the newest first, with the answers."""
    by, _ = who(request)
    return DisputeList(disputes=[_dispute(each) for each in list_own_disputes(reader=by)])


@router.post(
    "/disputes", response={201: DisputeList}, auth=gate(Right.FILE_DISPUTE), summary="Dispute a record", operation_id="file_dispute",
    openapi_extra=PARAMETER,
)  # fmt: skip
def dispute(request: HttpRequest, body: NewDispute) -> HttpResponse:
    """Say that a field of one's own record is wrong. It lands at each agency that keeps it; one that waits already is not filed again."""
    by, now = who(request)

    def make() -> DisputeList:
        filed = file_dispute(
            subject=by.party, resource=body.resource, field=body.field, claim=body.claim, by=by, now=now
        )  # fmt: skip
        return DisputeList(disputes=[_dispute(each) for each in filed])

    return once(request, make)


def _dispute(each: Filed) -> Dispute:
    return Dispute(
        id=each.id, resource=each.resource, field=each.field, agency=each.agency, number=each.number or None, state=each.state.value,
        state_text=words(DISPUTE_MOVES.states[each.state]), filed_at=each.filed_at, due_at=each.due_at, answered_at=each.answered_at,
        answer=each.answer or None, transferred_to=each.transferred_to or None,
    )  # fmt: skip


def _object(seq: int, body: NewObjection, by: Actor, now: datetime) -> Objection:
    made = file_objection(look=seq, words=body.words, by=by, now=now)
    return _objection(OwnObjection(made, body.words.strip(), ""))


def _objection(own: OwnObjection) -> Objection:
    made = own.objection
    return Objection(
        id=made.id, look=made.look, office=made.office, state=str(made.state), words=own.words, answer=own.answer, suspended=made.suspended,
        filed_at=made.filed_at, due_at=made.due_at, answered_at=made.answered_at,
    )  # fmt: skip


def _accesses(entries: list[LoggedEntry]) -> list[Access]:
    resources = get_resources({str(entry.body["resource"]) for entry in entries if entry.body.get("resource")})
    members = get_members({str(entry.actor["id"]) for entry in entries if entry.actor["kind"] == "staff"})
    shown = []
    for entry in entries:
        body, kind = entry.body, str(entry.actor["kind"])
        resource, member = resources.get(str(body.get("resource"))), members.get(str(entry.actor["id"]))
        shown.append(Access(
            seq=entry.seq or 0, at=entry.at, kind=entry.kind, by_kind=kind, by="" if kind == "person" else str(entry.actor["id"]),
            by_name=find_words(member.name if member else None), agency=resource.agency.id if resource else body.get("agency") or None,
            agency_name=find_words(resource.agency.name if resource else None), resource=body.get("resource") or None,
            fields=body.get("fields") or [], service=body.get("service") or None,
            number=body.get("number") or body.get("application") or None,
            receipt=body.get("receipt") or None, duty=body.get("duty") or None, result=body.get("result") or None,
            code=body.get("code") or None, shown_from=entry.shown_from,
        ))  # fmt: skip
    return shown
