"""Licences: one's own as they stand, and what anybody's is worth to a stranger."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.files import UploadedFile
from ninja.params.functions import File, Query
from pydantic import Field

from miaopi.apps.identity.api import Right
from miaopi.apps.licence.api import Licence as Held
from miaopi.apps.licence.api import (
    compute_trust,
    draw_qr,
    get_own_licence,
    list_licences,
    make_pdf,
    verify_credential,
)
from miaopi.kernel.credential import Verdict as Found
from miaopi.kernel.credential import read_trust
from miaopi.rest.gate import gate, open_gate, when, who
from miaopi.rest.schemas import Answer, Asked, Words, find_words, words

router = Router(tags=["licences"])
MOST = 100
LONGEST = 8_000  # characters of a credential: the largest QR code holds 4,296


class Licence(Answer):
    """One version of a licence of one's own."""

    id: str
    identifier: str
    type: str
    number: str = Field(description="the application that led to it")
    version: int
    state: str = Field(description="active, superseded, revoked or expired")
    issuer: Words
    title: Words
    lines: list[Words]
    issued_on: date
    issued_at: datetime
    valid_to: date | None
    signed_at: datetime | None
    signed_text: str | None = Field(description="a signed note in UTF-8, a second after it was issued")
    credential: str | None = Field(description="the text of its QR code: COSE_Sign1 in base45")


class LicencePage(Answer):
    licences: list[Licence]
    next: str | None


class Credential(Asked):
    text: str = Field(description="the text of a QR code, as it was scanned", max_length=LONGEST)


class Claims(Answer):
    """What the credential says. Whether it is the holder who shows it, an identity document tells."""

    issuer: str | None = None
    subject: str | None = None
    id: str | None = None
    type: str | None = None
    identifier: str | None = None
    name: str | None = None
    holder_digest: str | None = None
    issued_at: datetime | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


class Verdict(Answer):
    valid: bool
    reason: str | None = Field(
        description="unreadable, unknown_format, unknown_key, signature, not_yet_valid, expired, revoked or stale; null if it counts"
    )
    text: Words
    title: Words | None = Field(description="of the kind of licence")
    claims: Claims | None
    at: datetime


class Key(Answer):
    """A public key (RFC 7517) and when it counts."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str | None = None
    use: str | None = None
    iss: str
    state: str = Field(description="next, active or retired")
    nbf: int | None = None
    exp: int | None = None


class TrustBundle(Answer):
    """What a verifier needs where there is no network: keys, and which credentials were withdrawn."""

    format: str
    issuer: str
    stated_at: datetime
    ttl: int = Field(description="seconds for which the list of withdrawals is believed")
    keys: list[Key]
    withdrawn: dict[str, str] = Field(description="mark of the credential → superseded or revoked")
    types: dict[str, Words]


@router.get("", response=LicencePage, auth=gate(Right.READ_OWN_LICENCE), summary="List own licences", operation_id="list_licences")
def list_own(request: HttpRequest, limit: int = Query(MOST, ge=1, le=MOST)) -> LicencePage:
    """The latest version of each of one's licences, the newest first; what was revoked or has expired stands there as such."""
    by, now = who(request)
    return LicencePage(licences=[describe(each) for each in list_licences(reader=by, now=now, most=limit)], next=None)


@router.get(
    "/trust-bundle", response=TrustBundle, auth=open_gate(Right.VERIFY_LICENCE), summary="Keys to verify with",
    operation_id="trust_bundle",
)  # fmt: skip
def show_trust(request: HttpRequest) -> TrustBundle:
    """The same file as `licence trust-bundle`: with it a licence is verified without asking anybody."""
    return TrustBundle.model_validate(compute_trust(when(request)))


@router.post("/verify", response=Verdict, auth=open_gate(Right.VERIFY_LICENCE), summary="Verify a licence", operation_id="verify_licence")
def verify(request: HttpRequest, body: Credential) -> Verdict:
    """What the text of a QR code is worth now. Whoever asks is not written down, and what cannot be read is an answer too."""
    return _judge(request, body.text)


@router.post(
    "/verify/file", response=Verdict, auth=open_gate(Right.VERIFY_LICENCE), summary="Verify a picture or a PDF", operation_id="verify_file"
)
def verify_file(
    request: HttpRequest,
    file: UploadedFile = File(..., description="PNG, JPEG, our PDF, JSON or text, 1 MB at most"),  # noqa: B008 - so ninja names a file
) -> Verdict:
    """What a file is worth that a stranger brings: a screenshot of a QR code, or the sheet that we print."""
    return _judge(request, file.read())


@router.get("/{id}", response=Licence, auth=gate(Right.READ_OWN_LICENCE), summary="One licence", operation_id="get_licence")
def show(request: HttpRequest, id: str) -> Licence:
    """One version of a licence of one's own; another's answers like one that is not there."""
    return describe(_find(request, id))


@router.get("/{id}/qr.svg", auth=gate(Right.READ_OWN_LICENCE), summary="Its QR code", operation_id="licence_qr", response={200: None})
def show_qr(request: HttpRequest, id: str) -> HttpResponse:
    """The code as SVG, black on white with its quiet zone."""
    return HttpResponse(draw_qr(_find(request, id)), content_type="image/svg+xml")


@router.get(
    "/{id}/licence.pdf", auth=gate(Right.READ_OWN_LICENCE), summary="Its sheet of paper", operation_id="licence_pdf",
    response={200: None},
)  # fmt: skip
def show_pdf(request: HttpRequest, id: str) -> HttpResponse:
    """A sheet of A4 with the words and the code."""
    return HttpResponse(make_pdf(_find(request, id)), content_type="application/pdf")


def _find(request: HttpRequest, licence: str) -> Held:
    by, now = who(request)
    return get_own_licence(licence=licence, reader=by, now=now)


def _judge(request: HttpRequest, brought: str | bytes) -> Verdict:
    now = when(request)
    found: Found = verify_credential(brought, trust=read_trust(compute_trust(now)), at=now)
    claims = found.claims
    return Verdict(
        valid=found.is_valid, reason=found.reason and str(found.reason), text=words(found.words), title=find_words(found.title),
        claims=None if claims is None else Claims.model_validate(claims), at=now,
    )  # fmt: skip


def describe(held: Held) -> Licence:
    return Licence(
        id=held.id, identifier=held.licence_identifier, type=held.licence_type_code, number=held.number, version=held.version,
        state=str(held.state), issuer=words(held.issuer), title=words(held.title), lines=[words(line) for line in held.lines],
        issued_on=held.issued_on, issued_at=held.issued_at, valid_to=held.valid_to, signed_at=held.signed_at,
        signed_text=held.signed_text, credential=held.credential,
    )  # fmt: skip
