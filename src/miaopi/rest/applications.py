"""An application from draft to outcome. What the seven outcomes say is data; none of them is an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.application.api import list_applications, open_application, withdraw_application
from miaopi.apps.approval.api import Result, get_result, request_review
from miaopi.apps.catalogue.api import get_resources, get_service, get_service_in_force
from miaopi.apps.exchange.api import find_base_name
from miaopi.apps.filing.api import DEFAULT, OpenDraft, confirm, dispute, enter, get_draft, list_consent_facts
from miaopi.apps.identity.api import Right, get_party
from miaopi.apps.licence.api import find_licence
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Disputed, Known
from miaopi.rest.cursors import read_cursor, write_cursor
from miaopi.rest.gate import gate, who
from miaopi.rest.repeats import PARAMETER, once
from miaopi.rest.schemas import Answer, Asked, Basis, Condition, Fact, Reason, Scalar, Value, Words, words
from miaopi.rest.services import AskedFact, list_asked_facts

router = Router(tags=["applications"])
OPEN = ("draft", "supplement")
MOST = 50


class NewApplication(Asked):
    service: str = Field(description="slug or code", max_length=100)


class Entered(Asked):
    """Values for fields that are the applicant's, and names of facts that she disputes."""

    values: dict[str, Scalar] = Field(default={}, max_length=100)
    disputed: list[str] = Field(default=[], max_length=100)


class Confirming(Asked):
    token: str = Field(max_length=128, description="`draft.token`: the key of this confirmation; repeated, it gives the filing there is")
    values: dict[str, Scalar] = Field(default={}, description="what is still missing", max_length=100)


class ConsentWanted(Answer):
    """What a consent to this application has to name."""

    purpose: Words
    facts: list[AskedFact]


class Draft(Answer):
    """The form as it stands, until it is confirmed."""

    token: str
    receipt: str | None = Field(description="the consent that it was filled under")
    prefilled_at: datetime | None
    facts: list[Fact]
    form: list[str] = Field(description="names of the fields, in order")
    missing: list[str] = Field(description="fields that are still empty")


class Silence(Answer):
    """A source that the case waits for."""

    source: str
    since: datetime
    patience_until: datetime


class Cure(Answer):
    """One defect of a supplement."""

    fact: str | None
    label: Words | None
    code: str
    text: Words
    remedy: Words


class Way(Answer):
    """A way beyond this platform against a refusal, open until a day."""

    kind: str = Field(description="reconsideration or litigation")
    until: date
    basis: Basis


class Ahead(Answer):
    """What comes next; only what the outcome has is set."""

    due_at: datetime | None = Field(description="latest answer of a person")
    queue: Words | None
    taken: bool
    overdue: bool
    clock_stopped_at: datetime | None
    next_try_at: datetime | None
    patience_until: datetime | None
    until: date | None
    position: int | None = Field(description="place on the waiting list")
    next: str | None
    next_service: str | None = Field(description="slug of the right service")
    next_name: Words | None
    cures: list[Cure]
    can_review: bool
    review_requested_at: datetime | None
    corrected: bool = Field(description="a record was corrected; a person looks whether the decision may stand")
    reviewed_at: datetime | None
    review_result: str | None
    remedies: list[Way]


class Step(Answer):
    state: str
    at: datetime


class Application(Answer):
    """One application as it stands. `outcome` is null before the first decision."""

    number: str
    service: str
    version: str
    name: Words
    state: str = Field(description="draft, confirmed, waiting, referred, supplement, decided or withdrawn")
    outcome: str | None = Field(description="approve, refuse, supplement, refer, redirect, wait or waitlist")
    filed_on: date
    confirmed_at: datetime | None
    decided_at: datetime | None
    decided_by: str = Field(description="`rules`, or the account of the member of staff")
    reasons: list[Reason]
    conditions: list[Condition]
    values: dict[str, Value]
    would_change: list[str]
    prefilled: list[Fact]
    typed: list[str]
    waiting_for: list[Silence]
    ahead: Ahead
    timeline: list[Step]
    licence: str | None = Field(description="id of the licence that it led to")
    draft: Draft | None = Field(description="while it is open")
    consent: ConsentWanted | None = Field(description="what to consent to, while it is open")


class ApplicationLine(Answer):
    number: str
    service: str
    state: str
    outcome: str | None
    opened_at: datetime
    confirmed_at: datetime | None


class ApplicationPage(Answer):
    applications: list[ApplicationLine]
    next: str | None


@router.post(
    "", response={201: Application}, auth=gate(Right.OPEN_APPLICATION), summary="Open a draft", operation_id="open_application",
    openapi_extra=PARAMETER,
)  # fmt: skip
def open_draft(request: HttpRequest, body: NewApplication) -> HttpResponse:
    """Open a draft of a service for oneself. Nothing is fetched before there is a consent (`POST /consents`)."""
    by, now = who(request)

    def make() -> Application:
        package = get_service_in_force(body.service, now)
        opened = open_application(
            service=package.slug, version=package.version, applicant=by.party, by=by, now=now
        )
        return describe(request, opened.number)

    return once(request, make)


@router.get(
    "", response=ApplicationPage, auth=gate(Right.READ_OWN_APPLICATION), summary="List own applications", operation_id="list_applications"
)
def list_own(request: HttpRequest, cursor: str | None = None, limit: int = Query(MOST, ge=1, le=MOST)) -> ApplicationPage:
    """One's own applications, the newest first."""
    by, _ = who(request)
    found = list_applications(reader=by, limit=limit + 1, before=read_cursor(cursor) if cursor is not None else None)
    lines = [
        ApplicationLine(
            number=each.number, service=each.service, state=each.state, outcome=each.outcome or None, opened_at=each.opened_at,
            confirmed_at=each.confirmed_at,
        )
        for each in found[:limit]
    ]  # fmt: skip
    return ApplicationPage(applications=lines, next=write_cursor(lines[-1].number) if len(found) > limit else None)


@router.get(
    "/{number}", response=Application, auth=gate(Right.READ_OWN_APPLICATION), summary="One application", operation_id="get_application"
)
def show(request: HttpRequest, number: str) -> Application:
    """One's own application; another's answers like one that is not there."""
    return describe(request, number)


@router.patch(
    "/{number}", response=Application, auth=gate(Right.CHANGE_OWN_DRAFT), summary="Fill in the draft", operation_id="change_draft"
)
def change(request: HttpRequest, number: str, body: Entered) -> Application:
    """Enter what is one's own to say, dispute what an agency keeps. What is not the applicant's to change is 422."""
    by, now = who(request)
    if body.values:
        enter(number=number, values=body.values, by=by, now=now)
    for fact in body.disputed:
        dispute(number=number, fact=fact, by=by, now=now)
    return describe(request, number)


@router.post(
    "/{number}/confirm", response=Application, auth=gate(Right.CONFIRM_FILING), summary="Confirm and have it decided",
    operation_id="confirm_application",
)  # fmt: skip
def confirm_draft(request: HttpRequest, number: str, body: Confirming) -> Application:
    """Confirm the draft; the answer holds the outcome. Its `token` makes a repeat harmless, so it needs no other key."""
    by, now = who(request)
    confirm(number=number, entered=body.values, token=body.token, by=by, now=now)
    return describe(request, number)


@router.post(
    "/{number}/withdraw", response=Application, auth=gate(Right.WITHDRAW_APPLICATION), summary="Withdraw",
    operation_id="withdraw_application",
)  # fmt: skip
def withdraw(request: HttpRequest, number: str) -> Application:
    """Withdraw the application; what was fetched for an open draft is erased."""
    by, now = who(request)
    withdraw_application(number=number, by=by, now=now)
    return describe(request, number)


@router.post(
    "/{number}/review", response=Application, auth=gate(Right.ASK_REVIEW), summary="Ask for a person", operation_id="ask_review"
)
def ask_review(request: HttpRequest, number: str) -> Application:
    """Ask that a person look at an automatic decision; asked twice is asked once."""
    by, now = who(request)
    request_review(number=number, by=by, now=now)
    return describe(request, number)


def describe(request: HttpRequest, number: str) -> Application:
    """One's own application with all that its state has."""
    by, now = who(request)
    result = get_result(number=number, reader=by, now=now)
    said = result.to_json()
    ahead = Ahead.model_validate({name: None if value == "" else value for name, value in said["ahead"].items()})
    draft = get_draft(number=number, reader=by, now=now) if result.state in OPEN and not result.erased_for else None
    licence = find_licence(number=number, reader=by, now=now)
    return Application(
        number=result.number, service=result.service, version=result.version, name=words(result.name), state=result.state,
        outcome=result.outcome or None, filed_on=date.fromisoformat(result.filed_on),
        confirmed_at=result.confirmed_at, decided_at=result.decided_at,
        decided_by=result.decided_by or "rules", reasons=said["reasons"], conditions=said["conditions"], values=said["values"],
        would_change=said["would_change"], prefilled=said["prefilled"], typed=said["typed"], waiting_for=said["waiting_for"],
        ahead=ahead, timeline=said["timeline"], licence=None if licence is None else licence.id,
        draft=None if draft is None else _draft(draft),
        consent=None if draft is None else _consent(result, by.party, now),
    )  # fmt: skip


def _draft(draft: OpenDraft) -> Draft:
    specs = get_service(draft.service, draft.version).definition.facts
    valued = {name: fact.contested if isinstance(fact, Disputed) else fact for name, fact in draft.facts.items()
              if isinstance(fact, Known | Disputed)}
    resources = get_resources(str(known.source) for known in valued.values())

    def tell(name: str, known: Known) -> Fact:
        source = str(known.source or DEFAULT)
        return Fact(
            fact=name, label=words(specs[name].label), value=_plain(known.value), source=source, at=known.obtained_at,
            agency=resources[source].agency.id if source in resources else "", disputed=name in draft.disputed,
            base=find_base_name(specs[name]) or None,
        )  # fmt: skip

    return Draft(
        token=draft.token, receipt=draft.receipt or None, prefilled_at=draft.prefilled_at, form=list(draft.form),
        missing=list(draft.missing), facts=[tell(name, known) for name, known in valued.items()],
    )  # fmt: skip


def _plain(value: object) -> Value:
    """A fact's value as JSON holds it: days and moments in ISO form, numbers that are not whole as text; rows of a register as they are."""
    match value:
        case list() | tuple():
            return cast("Value", [_row(each) if isinstance(each, Mapping) else _scalar(each) for each in value])
        case Mapping():
            return [_row(value)]
        case _:
            return _scalar(value)


def _row(row: Mapping[object, object]) -> dict[str, Scalar]:
    return {str(name): _scalar(each) for name, each in row.items()}


def _scalar(value: object) -> Scalar:
    match value:
        case bool() | int() | str() | None:
            return value
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)


def _consent(result: Result, applicant: str, now: datetime) -> ConsentWanted:
    package = get_service(result.service, result.version)
    facts = list_consent_facts(
        package.definition, document_type=get_party(applicant).document_type, as_of=compute_legal_day(now)
    )
    return ConsentWanted(
        purpose=words(package.consent),
        facts=list_asked_facts(facts),
    )

