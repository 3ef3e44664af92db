"""Signing, in the process that holds the keys: the words of a licence as a signed note, its credential for the QR code."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, time, timedelta
from typing import Final

from miaopi.apps.audit.api import Actor, act, public_key, sign, sign_note
from miaopi.apps.identity.api import get_party, pseudonym, seal
from miaopi.apps.licence.events import LicenceSigned, SigningKeyPublished
from miaopi.apps.licence.models import Licence as Row
from miaopi.apps.licence.models import SigningKey
from miaopi.apps.licence.queries.keys import find_signing_key, list_keys, name_issuer
from miaopi.apps.licence.queries.licences import compute_context, compute_digest, compute_licence
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.credential import Claims, compute_kid, compute_mark, digest_holder, make_credential
from miaopi.kernel.receipt import digest

ID_SIZE: Final = 16  # bytes, random: nothing of a credential can be guessed from another
AHEAD: Final = timedelta(hours=24)  # a key is known before it signs
TERM: Final = timedelta(days=365)


def sign_licence(*, licence: str, digest_issued: str, by: Actor, now: datetime) -> None:
    """Sign the words of a licence and its credential, and keep both; one that is signed stays as it is.

    Only what the log says was issued is signed: ValueError for a row that was altered since.
    """
    row = Row.objects.get(id=licence)
    if row.signed_text is not None:
        return
    if compute_digest(row) != digest_issued:
        raise ValueError(f"licence {licence} was altered after it was issued")
    note, key = _write_note(row, now), ensure_signing_key(by=by, now=now)
    claims, credential = _make(row, key, now)
    context = compute_context(row)
    with act(by=by, now=now) as unit:
        signed = Row.objects.filter(id=row.id, signed_text=None).update(
            signed_text=seal(note.encode(), context=context), signed_at=now, credential=seal(credential.encode(), context=context),
            mark=compute_mark(claims.credential_id), key=key.key,
        )
        if signed:
            unit.record(
                LicenceSigned(licence=row.id, number=row.number, text_digest=digest("", note), subject=pseudonym(row.holder),
                              credential_digest=hashlib.sha256(credential.encode()).hexdigest(), key=key.key)
            )


def _write_note(row: Row, now: datetime) -> str:
    words = compute_licence(row, now)
    lines = [words.licence_identifier, words.title.zh, *(line.zh for line in words.lines),
             words.title.en, *(line.en for line in words.lines)]
    return sign_note("licence", "".join(f"{line}\n" for line in lines))


def _make(row: Row, key: SigningKey, now: datetime) -> tuple[Claims, str]:
    """Another random id until the text does not end in a space, which is lost where people copy and paste (one in 45)."""
    while True:
        claims = _claim(row, now)
        made = make_credential(claims, kid=bytes.fromhex(key.key), sign=lambda message: sign(_purpose(key.generation), message))
        if not made.endswith(" "):
            return claims, made


def _claim(row: Row, now: datetime) -> Claims:
    """As little as a counter needs: what it is, whose – masked, and for her own card in hand a digest –, since and until when."""
    holder, credential_id = get_party(row.holder), secrets.token_bytes(ID_SIZE)
    ends = None if row.valid_to is None else datetime.combine(row.valid_to + timedelta(days=1), time(), tzinfo=LEGAL_ZONE)
    return Claims(
        issuer=name_issuer(), credential_id=credential_id, issued_at=now, not_before=row.issued_at, expires_at=ends,
        type_code=row.licence_type_code, identifier=row.licence_identifier, name=mask_name(holder.name),
        holder_digest=digest_holder(credential_id, holder.id_number),
    )


def mask_name(name: str) -> str:
    """李*华, 李*: the first and the last character, of two the first. Of a name in words, the first letter of each."""
    words = name.split()
    if len(words) > 1:
        return " ".join(f"{word[0]}*" for word in words)
    return f"{name[:1]}*{name[2:][-1:]}"


def ensure_signing_key(*, by: Actor, now: datetime) -> SigningKey:
    """The key that signs now; the first one is made when it is first needed."""
    return find_signing_key(now) or _publish(1, None, by=by, now=now)


def renew_signing_keys(*, by: Actor, now: datetime) -> bool:
    """Publish the successor of a key whose year is nearly over; whether one was published."""
    keys = list_keys()
    if not keys or (keys[-1].begins_at or keys[-1].made_at) + TERM - AHEAD > now:
        return False
    publish_next_key(by=by, now=now)
    return True


def publish_next_key(*, by: Actor, now: datetime) -> SigningKey:
    """Make a key and let everybody know it; it takes over in 24 hours, and the one before verifies what it signed."""
    keys = list_keys()
    return _publish(keys[-1].generation + 1, now + AHEAD, by=by, now=now) if keys else _publish(1, None, by=by, now=now)


def _publish(generation: int, begins_at: datetime | None, *, by: Actor, now: datetime) -> SigningKey:
    point = public_key(_purpose(generation))
    key = SigningKey(generation=generation, key=compute_kid(point).hex(), point=point, made_at=now, begins_at=begins_at)
    with act(by=by, now=now) as unit:
        key.save(force_insert=True)
        unit.record(SigningKeyPublished(key=key.key, generation=generation, begins_at=begins_at))
    return key


def _purpose(generation: int) -> str:
    return f"licence_cose-{generation}"
