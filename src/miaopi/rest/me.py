"""What is about oneself: who looked at one's data, with a proof for each look, and messages."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.audit.api import Actor, LoggedEntry, find_access, list_accesses, prove
from miaopi.apps.catalogue.api import get_resources
from miaopi.apps.identity.api import Right, get_members, pseudonym
from miaopi.apps.notification.api import list_messages
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text
from miaopi.rest.cursors import read_cursor, read_number, write_cursor
from miaopi.rest.gate import gate, who
from miaopi.rest.ledger import Proof
from miaopi.rest.schemas import Answer, Words, find_words, words

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


class AccessPage(Answer):
    accesses: list[Access]
    next: str | None


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


@router.get(
    "/accesses", response=AccessPage, auth=gate(Right.READ_OWN_ACCESSES), summary="Who looked at my data", operation_id="list_accesses"
)
def list_own_accesses(request: HttpRequest, cursor: str | None = None, limit: int = Query(MOST, ge=1, le=MOST)) -> AccessPage:
    """Every look at one's data, by agencies, rules and staff, the latest first; looks of one's own are not looks at one."""
    by, _ = who(request)
    found = list_accesses(_subject(by), before=read_number(cursor), most=limit + 1)
    shown = _accesses(found[:limit])
    return AccessPage(accesses=shown, next=write_cursor(shown[-1].seq) if len(found) > limit else None)


@router.get(
    "/accesses/{seq}/proof", response=Proof, auth=gate(Right.READ_OWN_ACCESSES), summary="Proof of one look", operation_id="prove_access"
)
def prove_access(request: HttpRequest, seq: int) -> Proof:
    """That this look is in the log; to be checked without trusting us (DESIGN.md §7.4)."""
    by, _ = who(request)
    if not 0 <= seq < 2**62 or find_access(_subject(by), seq) is None:
        raise NotFound(NO_ACCESS)
    return Proof.model_validate(prove(seq).to_json())


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


def _subject(by: Actor) -> str:
    return pseudonym(by.acting_for or by.id)


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
        ))  # fmt: skip
    return shown
