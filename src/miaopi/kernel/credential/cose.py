"""A licence as a credential: claims (CWT, RFC 8392) under one signature (COSE_Sign1, RFC 9052 §4.2), in a QR code's alphabet.

Made deterministically (RFC 6979) and verified in the order of the numbered steps below; the first that fails is the reason.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from miaopi.kernel.credential.base45 import decode_base45, encode_base45
from miaopi.kernel.credential.cbor import Malformed, Tag, decode_cbor, encode_cbor
from miaopi.kernel.credential.trust import (
    COORDINATE,
    Algorithm,
    Trust,
    TrustedKey,
    compute_mark,
    derive_es256,
)
from miaopi.kernel.credential.verdict import PRIVATE, Reason, Verdict
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

COSE_SIGN1: Final = 18
CWT: Final = 61
LONGEST: Final = 7089  # signs: what the largest QR code holds
INFLATED: Final = 16_384  # bytes; one credential has some 300
DEFLATED: Final = 0x78  # first byte of a zlib stream (RFC 1950), and of no COSE message of ours
ALG, CRIT, KID = 1, 2, 4  # RFC 9052 §3.1
ISS, EXP, NBF, IAT, CTI = 1, 4, 5, 6, 7  # RFC 8392 §4
ALGORITHMS: Final = {-7: Algorithm.ES256, -37: Algorithm.PS256}
SKEW: Final = timedelta(seconds=60)
DIGEST: Final = 16  # bytes


@frozen
class Profile:
    """What a kind of credential begins with and demands. The last second of `exp` counts for some, not for RFC 8392."""

    prefix: str
    algorithms: frozenset[Algorithm]
    must_expire: bool = False
    last_second_counts: bool = False
    is_always_deflated: bool = False


LICENCE: Final = Profile("MP1:", frozenset({Algorithm.ES256}))


@frozen
class Claims:
    """What a licence says to whoever scans it, and no more. `holder_digest` is that of the identity number (`digest_holder`)."""

    issuer: str
    credential_id: bytes
    issued_at: datetime
    not_before: datetime
    expires_at: datetime | None
    type_code: str
    identifier: str
    name: str = field(repr=False)
    holder_digest: bytes = field(repr=False)

    def to_payload(self) -> dict[int, object]:
        moments = {IAT: self.issued_at, NBF: self.not_before} | ({} if self.expires_at is None else {EXP: self.expires_at})
        return {
            ISS: self.issuer,
            CTI: self.credential_id,
            PRIVATE: {1: self.type_code, 2: self.name, 3: self.holder_digest, 5: self.identifier},
            **{number: int(moment.timestamp()) for number, moment in moments.items()},
        }


def digest_holder(credential_id: bytes, id_number: str) -> bytes:
    """Of the credential's random id and the number: whoever has neither document in hand cannot try numbers out."""
    return hashlib.sha256(credential_id + id_number.encode()).digest()[:DIGEST]


def make_credential(claims: Claims, *, kid: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR code. `sign` gives r ‖ s over the bytes it is handed (RFC 9053 §2.1)."""
    protected, payload = encode_cbor({ALG: -7, KID: kid}), encode_cbor(claims.to_payload())
    signature = sign(_signed_bytes(protected, payload))
    message = encode_cbor(Tag(COSE_SIGN1, [protected, {}, payload, signature]))
    packed = zlib.compress(message, 9)  # it costs below some 300 bytes
    return LICENCE.prefix + encode_base45(min(message, packed, key=len))


def sign_es256(seed: bytes, message: bytes) -> bytes:
    """r ‖ s, 64 bytes; the same for the same message (RFC 6979)."""
    r, s = decode_dss_signature(derive_es256(seed).sign(message, ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def verify_credential(text: str, trust: Trust, *, at: datetime, profile: Profile = LICENCE) -> Verdict:
    """Whether the credential counts at that moment; takes no longer than its text is long, and raises nothing."""
    payload: dict[int | str, object] | None = None
    key: TrustedKey | None = None
    try:
        message = _unpack(text, profile)
        opened = _open(message)
        key = _find_key(opened, trust, profile)
        _check_signature(opened, key)
        payload = opened.payload
        _check_times(payload, at, profile)
        _check_status(payload, trust, at)
    except _Failed as failed:
        reason: Reason | None = failed.reason
    else:
        reason = None
    return Verdict(reason, payload, None if key is None else key.kid, trust.stated_at, _find_title(payload, trust))


class _Failed(Exception):
    """A step did not hold; never leaves this module."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason


@frozen
class _Opened:
    """A message whose form is right, before anything of it is believed."""

    protected: bytes
    body: bytes
    signature: bytes
    algorithm: object
    kid: object
    payload: dict[int | str, object]


def _unpack(text: str, profile: Profile) -> bytes:
    # 1. No longer than a QR code, and of a known kind; nothing else is parsed.
    if len(text) > LONGEST:
        raise _Failed(Reason.UNREADABLE)
    if not text.startswith(profile.prefix):
        raise _Failed(Reason.UNKNOWN_FORMAT)
    # 2. Base45, strictly.
    octets = decode_base45(text.removeprefix(profile.prefix))
    if not octets:
        raise _Failed(Reason.UNREADABLE)
    # 3. Inflated to a bound; a stream that does not end, or after which something stands, is refused.
    if octets[0] != DEFLATED:
        if profile.is_always_deflated:
            raise _Failed(Reason.UNREADABLE)
        return octets
    stream = zlib.decompressobj()
    try:
        message = stream.decompress(octets, INFLATED)
    except zlib.error:
        raise _Failed(Reason.UNREADABLE) from None
    if not stream.eof or stream.unused_data:
        raise _Failed(Reason.UNREADABLE)
    return message


def _open(octets: bytes) -> _Opened:
    # 4. Each layer is walked once, within the limits of `cbor`.
    message = _walk(octets)
    # 5. COSE_Sign1, tagged or not, also inside the tag of a CWT; nothing critical that is not known here (RFC 9052 §3.1).
    for tag in (CWT, COSE_SIGN1):
        if isinstance(message, Tag) and message.number == tag:
            message = message.value
    match message:
        case [bytes() as protected, dict() as unprotected, bytes() as body, bytes() as signature]:
            header = _walk(protected) if protected else {}
            payload = _walk(body)
        case _:
            raise _Failed(Reason.UNKNOWN_FORMAT)
    if not isinstance(header, dict) or not isinstance(payload, dict) or CRIT in header:
        raise _Failed(Reason.UNKNOWN_FORMAT)
    # A key id only says which pinned key to take: it may stand unprotected. The algorithm may not.
    return _Opened(protected, body, signature, header.get(ALG), header.get(KID, unprotected.get(KID)), payload)


def _walk(octets: bytes) -> object:
    try:
        return decode_cbor(octets)
    except Malformed:
        raise _Failed(Reason.UNREADABLE) from None


def _find_key(opened: _Opened, trust: Trust, profile: Profile) -> TrustedKey:
    # 6. The algorithm is one that is allowed, before any key is looked up.
    algorithm = ALGORITHMS.get(opened.algorithm) if type(opened.algorithm) is int else None
    if algorithm not in profile.algorithms:
        raise _Failed(Reason.UNKNOWN_FORMAT)
    # 7. Exactly one pinned key has this id; ids are compared as bytes, and keys are never tried out.
    found = [key for key in trust.keys if key.kid == opened.kid]
    if len(found) != 1:
        raise _Failed(Reason.UNKNOWN_KEY)
    # 8. It is of that algorithm and that issuer, was not revoked, and was in use on the day of issue.
    key = found[0]
    if key.is_revoked:
        raise _Failed(Reason.REVOKED)
    issued_at = _moment(opened.payload, IAT)
    is_fit = key.algorithm is algorithm and (key.issuer is None or key.issuer == opened.payload.get(ISS))
    if not is_fit or (issued_at is not None and not key.covers(issued_at)):
        raise _Failed(Reason.UNKNOWN_KEY)
    return key


def _check_signature(opened: _Opened, key: TrustedKey) -> None:
    # 9. The signature holds over Sig_structure (RFC 9052 §4.4); r ‖ s of fixed length, no DER.
    message = _signed_bytes(opened.protected, opened.body)
    if not _is_signed(key.material, message, opened.signature):
        raise _Failed(Reason.SIGNATURE)


def _check_times(payload: Mapping[int | str, object], at: datetime, profile: Profile) -> None:
    # 10. Times: issued, begun, not ended. RFC 8392 §3.1.4: at `exp` it is over.
    issued_at, begins, ends = _moment(payload, IAT), _moment(payload, NBF), _moment(payload, EXP)
    if profile.must_expire and ends is None:
        raise _Failed(Reason.UNKNOWN_FORMAT)
    if (issued_at is not None and issued_at > at + SKEW) or (begins is not None and begins > at):
        raise _Failed(Reason.NOT_YET_VALID)
    if ends is not None and (at > ends or (at == ends and not profile.last_second_counts)):
        raise _Failed(Reason.EXPIRED)


def _check_status(payload: Mapping[int | str, object], trust: Trust, at: datetime) -> None:
    # 11. Not withdrawn, by a list that is not too old to say so.
    identifier = payload.get(CTI)
    if isinstance(identifier, bytes) and compute_mark(identifier) in trust.withdrawn:
        raise _Failed(Reason.REVOKED)
    if trust.is_stale(at):
        raise _Failed(Reason.STALE)


def _signed_bytes(protected: bytes, payload: bytes) -> bytes:
    return encode_cbor(["Signature1", protected, b"", payload])


def _is_signed(material: EllipticCurvePublicKey | RSAPublicKey, message: bytes, signature: bytes) -> bool:
    try:
        if isinstance(material, RSAPublicKey):
            material.verify(signature, message, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
            return True
        if len(signature) != 2 * COORDINATE:
            return False
        r, s = int.from_bytes(signature[:COORDINATE], "big"), int.from_bytes(signature[COORDINATE:], "big")
        material.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _moment(payload: Mapping[int | str, object], claim: int) -> datetime | None:
    """A NumericDate (RFC 8392 §2); a claim that is none, or beyond the calendar, makes the credential one of no known form."""
    value = payload.get(claim)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError
        return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise _Failed(Reason.UNKNOWN_FORMAT) from None


def _find_title(payload: Mapping[int | str, object] | None, trust: Trust) -> Text | None:
    ours = None if payload is None else payload.get(PRIVATE)
    code = ours.get(1) if isinstance(ours, dict) else None
    return trust.types.get(code) if isinstance(code, str) else None
