"""Giving and withdrawing consent. The signature follows in the worker: no key is near the pages."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime

from miaopi.apps.audit.api import Actor, act, sign
from miaopi.apps.consent.events import ConsentGiven, ConsentUsedUp, ConsentWithdrawn
from miaopi.apps.consent.models import Receipt
from miaopi.apps.consent.queries import (
    Consent,
    compute_consent,
    compute_document,
    lock_open_receipts,
    lock_receipt,
)
from miaopi.apps.identity.api import PartyId, Right, authorise, pseudonym
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


def give_consent(
    *,
    application: str,
    service: str,
    version: str,
    applicant: PartyId,
    scope: Iterable[str],
    purpose: Text,
    expires_at: datetime,
    by: Actor,
    now: datetime,
    separate: Iterable[str] = (),
) -> Consent:
    """Consent to pull the `resource.field` of `scope` for this application until `expires_at`.

    `separate` are those of them that are sensitive and that she ticked apart (个人信息保护法 第二十八条、第二十九条);
    a sensitive field without that tick is not pulled. Raises InputError, RightsError.
    """
    authorise(by, Right.GIVE_CONSENT, owner=applicant)
    wanted, apart = sorted(set(scope)), sorted(set(separate))
    _check_scope(wanted, apart)
    if expires_at <= now:
        raise InputError(
            "expires_at",
            Text(zh="授权期限已过。", en="The consent would have expired already."),
            Text(zh="请填写将来的时间。", en="Give a time in the future."),
        )
    row = Receipt(
        id=uuid.uuid4().hex, application=application, service=service, version=version, applicant=applicant, actor=by.id,
        scope=wanted, separate=apart, purpose_zh=purpose.zh, purpose_en=purpose.en, nonce=secrets.token_hex(16),
        given_at=now, expires_at=expires_at,
    )
    consent = compute_consent(row)
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(
            ConsentGiven(
                receipt=row.id, application=application, service=service, version=version, subject=pseudonym(applicant),
                digest=consent.digest,
            )
        )
    return consent


def withdraw_consent(*, receipt: str, by: Actor, now: datetime) -> Consent:
    """Take a consent back; from the next pull on nothing is fetched on it. Twice is once. Raises NotFound, also for another's."""
    authorise(by, Right.WITHDRAW_CONSENT)
    with act(by=by, now=now) as unit:
        row = lock_receipt(receipt, applicant=by.party)
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            row.save(update_fields=("withdrawn_at",))
            unit.record(ConsentWithdrawn(receipt=row.id, application=row.application, subject=pseudonym(row.applicant)))
    return compute_consent(row)


def use_up_consents(*, application: str, by: Actor, now: datetime) -> None:
    """What the application wanted has been reached, or given up: its consents are ground for nothing more. Twice is once."""
    with act(by=by, now=now) as unit:
        for row in lock_open_receipts(application):
            row.used_up_at = now
            row.save(update_fields=("used_up_at",))
            unit.record(ConsentUsedUp(receipt=row.id, application=row.application, subject=pseudonym(row.applicant)))


def sign_receipt(*, receipt: str, digest: str, by: Actor, now: datetime) -> None:
    """Sign a receipt, in the process that holds the key; only if it is still what the log says was given."""
    with act(by=by, now=now):
        row = Receipt.objects.get(id=receipt)
        document = compute_document(row)
        if hashlib.sha256(document).hexdigest() != digest:
            raise ValueError(f"consent receipt {receipt} was altered after it was given")
        Receipt.objects.filter(id=receipt).update(signature=sign("consent", document))


def _check_scope(scope: list[str], separate: list[str]) -> None:
    if not scope or not all(re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", name) for name in scope):
        raise InputError(
            "scope",
            Text(zh="授权范围应逐项列出“资源.字段”。", en="The scope must list what may be fetched as resource.field."),
            Text(zh="请按事项所需的信息项填写。", en="Take the list of the service."),
        )
    if not set(separate) <= set(scope):
        raise InputError(
            "separate",
            Text(zh="单独同意的信息项不在授权范围内。", en="A separate consent names a field that is not in the scope."),
            Text(zh="请先将其列入授权范围。", en="Put it into the scope first."),
        )
