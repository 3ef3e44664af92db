"""Reads of consents, and of what a pull must know of one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from miaopi.apps.audit.api import Read
from miaopi.apps.consent.models import Receipt
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.kernel.credential import verify
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

SCOPE: Final = """
SELECT applicant, service, application, scope, separate, purpose_zh, expires_at, withdrawn_at, used_up_at
FROM consent_receipt WHERE id = %s
"""
NO_SUCH_CONSENT = Text(zh="没有这份授权同意。", en="There is no such consent.")


@frozen
class Consent:
    """A consent as it stands. `document` is what is signed; `signature` comes within a second of giving."""

    receipt: str
    application: str
    service: str
    version: str
    applicant: PartyId
    actor: PartyId
    scope: tuple[str, ...]
    separate: tuple[str, ...]
    purpose: Text
    given_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    used_up_at: datetime | None
    document: bytes
    signature: bytes | None

    def is_open(self, now: datetime) -> bool:
        """Neither withdrawn, nor used up, nor expired."""
        return self.withdrawn_at is None and self.used_up_at is None and now < self.expires_at

    @property
    def digest(self) -> str:
        """SHA-256 of `document`, in hex, as the log holds it."""
        return hashlib.sha256(self.document).hexdigest()


def get_consent(receipt: str) -> Consent:
    """Raises NotFound."""
    row = Receipt.objects.filter(id=receipt).first()
    if row is None:
        raise NotFound(NO_SUCH_CONSENT)
    return compute_consent(row)


@frozen
class Scope:
    """What a pull needs to know of a consent, as it stands now."""

    applicant: PartyId
    service: str
    application: str
    scope: frozenset[str]
    separate: frozenset[str]
    purpose: str
    expires_at: datetime
    withdrawn_at: datetime | None
    used_up_at: datetime | None

    def covers(self, fields: Iterable[str], *, sensitive: Iterable[str]) -> bool:
        """Whether it names all of `fields` (`resource.field`), and apart those that need it (个人信息保护法 第二十九条)."""
        return self.scope.issuperset(fields) and self.separate.issuperset(sensitive)


def read_scope(receipt: str) -> Read[Scope | None]:
    """Read anew at each pull, so that a withdrawal works at once."""
    return Read(SCOPE, (receipt,), _compute_scope)


def _compute_scope(rows: Sequence[tuple[Any, ...]]) -> Scope | None:
    if not rows:
        return None
    applicant, service, application, scope, separate, purpose, *moments = rows[0]
    return Scope(applicant, service, application, frozenset(scope), frozenset(separate), purpose, *moments)


def list_consents(applicant: PartyId) -> Sequence[Consent]:
    """All consents of a person, the newest first."""
    return [compute_consent(row) for row in Receipt.objects.filter(applicant=applicant).order_by("-given_at", "id")]


def find_open_consent(application: str, now: datetime) -> Consent | None:
    """The newest consent of an application that is neither withdrawn, nor used up, nor expired."""
    rows = Receipt.objects.filter(application=application, withdrawn_at=None, used_up_at=None, expires_at__gt=now)
    row = rows.order_by("-given_at", "id").first()
    return None if row is None else compute_consent(row)


def verify_receipt(document: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether `document` is a receipt signed with that key; needs nothing but its arguments."""
    return verify(public_key, document, signature)


def lock_receipt(receipt: str, *, applicant: PartyId) -> Receipt:
    """The receipt of that person to change it. Raises NotFound, also for another's."""
    row = Receipt.objects.select_for_update().filter(id=receipt, applicant=applicant).first()
    if row is None:
        raise NotFound(NO_SUCH_CONSENT)
    return row


def lock_open_receipts(application: str) -> Sequence[Receipt]:
    """Those of an application that are neither withdrawn nor used up, to change them."""
    rows = Receipt.objects.select_for_update().filter(application=application, withdrawn_at=None, used_up_at=None)
    return list(rows.order_by("id"))


def compute_consent(row: Receipt) -> Consent:
    return Consent(
        receipt=row.id, application=row.application, service=row.service, version=row.version, applicant=row.applicant,
        actor=row.actor, scope=tuple(row.scope), separate=tuple(row.separate), purpose=Text(row.purpose_zh, row.purpose_en),
        given_at=row.given_at, expires_at=row.expires_at, withdrawn_at=row.withdrawn_at, used_up_at=row.used_up_at,
        document=compute_document(row), signature=None if row.signature is None else bytes(row.signature),
    )


def compute_document(row: Receipt) -> bytes:
    """The canonical bytes (RFC 8785) that are signed. Persons stand in it by pseudonym; the purpose by its hash."""
    purpose = canonical_json({"en": row.purpose_en, "zh": row.purpose_zh})
    return canonical_json(
        {
            "type": "miaopi/consent/1",
            "receipt": row.id,
            "application": row.application,
            "service": row.service,
            "version": row.version,
            "applicant": pseudonym(row.applicant),
            "actor": pseudonym(row.actor),
            "scope": list(row.scope),
            "separate": list(row.separate),
            "purpose": hashlib.sha256(purpose).hexdigest(),
            "given_at": row.given_at.astimezone(UTC).isoformat(),
            "expires_at": row.expires_at.astimezone(UTC).isoformat(),
            "nonce": row.nonce,
        }
    )
