"""Consents: given for one application, by agency and field, and taken back."""

from __future__ import annotations

import base64
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from miaopi.apps.application.api import get_application
from miaopi.apps.audit.api import Actor
from miaopi.apps.catalogue.api import get_service
from miaopi.apps.consent.api import Consent as Given
from miaopi.apps.consent.api import give_consent, withdraw_consent
from miaopi.apps.filing.api import (
    compute_consent_end,
    get_draft,
    list_consent_facts,
    list_consent_scope,
    prefill,
)
from miaopi.apps.identity.api import Right, get_party
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.rest.gate import gate, who
from miaopi.rest.repeats import PARAMETER, once
from miaopi.rest.schemas import Answer, Asked, Words, words

router = Router(tags=["consents"])


class NewConsent(Asked):
    """What the applicant agrees to, source by source: silence is no consent, so nothing is filled in here."""

    application: str = Field(description="number of a draft of one's own", max_length=32)
    scope: list[str] = Field(description="every `source` of the application's `consent.facts`", max_length=300)
    separate: list[str] = Field(
        default=[], max_length=300,
        description="those of them that are sensitive, agreed to one by one (个人信息保护法 第二十九条)",
    )  # fmt: skip


class Consent(Answer):
    receipt: str
    application: str
    service: str
    version: str
    scope: list[str]
    separate: list[str]
    purpose: Words
    given_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    used_up_at: datetime | None
    document: str = Field(description="base64: the bytes that are signed")
    signature: str | None = Field(description="base64, Ed25519; within a second of giving")


@router.post(
    "", response={201: Consent}, auth=gate(Right.GIVE_CONSENT), summary="Give a consent", operation_id="give_consent",
    openapi_extra=PARAMETER,
)  # fmt: skip
def give(request: HttpRequest, body: NewConsent) -> HttpResponse:
    """Consent to what a draft has to ask, until the end of the next day; then its fields are filled from the sources.

    A scope that leaves something out is 422: the rules cannot decide without it, and a counter takes papers instead.
    """
    by, now = who(request)
    response = once(request, lambda: _give(body, by, now))
    made = Consent.model_validate_json(response.content)
    draft = get_draft(number=made.application, reader=by, now=now)
    if draft.receipt != made.receipt and not draft.erased_for:  # outside the transaction; a repeat does what is still open
        prefill(number=made.application, receipt=made.receipt, by=by, now=now)
    return response


def _give(body: NewConsent, by: Actor, now: datetime) -> Consent:
    application = get_application(number=body.application, reader=by)
    package = get_service(application.service, application.version)
    facts = list_consent_facts(
        package.definition, document_type=get_party(application.applicant).document_type, as_of=compute_legal_day(now)
    )
    wanted = list_consent_scope(facts)
    _check("scope", set(wanted.asked), set(body.scope))
    _check("separate", set(wanted.separate), set(body.separate))
    given = give_consent(
        application=application.number, service=application.service, version=application.version, applicant=application.applicant,
        scope=wanted.asked, separate=wanted.separate, purpose=package.consent, by=by, now=now,
        expires_at=compute_consent_end(package, now),
    )
    return describe(given)


@router.post(
    "/{receipt}/withdraw", response=Consent, auth=gate(Right.WITHDRAW_CONSENT), summary="Take a consent back",
    operation_id="withdraw_consent",
)  # fmt: skip
def withdraw(request: HttpRequest, receipt: str) -> Consent:
    """From the next pull on nothing is fetched on it, and an open draft is erased. Twice is once."""
    by, now = who(request)
    return describe(withdraw_consent(receipt=receipt, by=by, now=now))


def describe(given: Given) -> Consent:
    return Consent(
        receipt=given.receipt, application=given.application, service=given.service, version=given.version, scope=list(given.scope),
        separate=list(given.separate), purpose=words(given.purpose), given_at=given.given_at, expires_at=given.expires_at,
        withdrawn_at=given.withdrawn_at, used_up_at=given.used_up_at, document=base64.b64encode(given.document).decode(),
        signature=None if given.signature is None else base64.b64encode(given.signature).decode(),
    )  # fmt: skip


def _check(field: str, wanted: set[str], named: set[str]) -> None:
    """The consent names exactly what is asked: no less, and nothing that nobody needs."""
    if missing := sorted(wanted - named):
        raise InputError(field, Text(zh=f"还缺：{'、'.join(missing)}。", en=f"not named: {', '.join(missing)}."),
                         Text(zh="不同意就不要提交；可到窗口办理。", en="Who does not agree does not send it; a counter takes papers."))
    if named - wanted:
        raise InputError(field, Text(zh="含有本次申请不需要的信息。", en="it names what this application does not need."),
                         Text(zh="只写申请的consent.facts里列出的。", en="Name only what consent.facts of the application lists."))
