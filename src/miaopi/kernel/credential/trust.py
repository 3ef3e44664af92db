"""Whom a verifier believes: public keys, and which credentials were withdrawn – a file that works without a network.

A bare set of keys (RFC 7517) is read too; it says nothing of withdrawals, and a verdict that rests on it says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

FORMAT: Final = "miaopi.trust/1"
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186 §3.2.1.3)
COORDINATE: Final = 32  # bytes
KEY_ID: Final = 8  # bytes
MODULUS: Final = range(2048, 4097)  # bits; a larger one is a way to keep a verifier busy


class Algorithm(StrEnum):
    """RFC 9053 §2.1, RFC 8230 §2."""

    ES256 = "ES256"
    PS256 = "PS256"


class Withdrawal(StrEnum):
    """Why a credential no longer counts."""

    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@frozen
class TrustedKey:
    """A key under which credentials are believed that were issued between `since` and `until`, if these are known."""

    kid: bytes
    algorithm: Algorithm
    material: EllipticCurvePublicKey | RSAPublicKey
    issuer: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_revoked: bool = False

    def covers(self, issued_at: datetime) -> bool:
        return (self.since is None or self.since <= issued_at) and (self.until is None or issued_at <= self.until)


@frozen
class Trust:
    """`withdrawn` maps the mark of a credential to the reason; it was stated at `stated_at` and is to be believed for `ttl`."""

    keys: tuple[TrustedKey, ...]
    withdrawn: Mapping[str, Withdrawal]
    types: Mapping[str, Text]
    stated_at: datetime | None = None
    ttl: timedelta | None = None

    def is_stale(self, at: datetime) -> bool:
        return self.stated_at is not None and self.ttl is not None and at > self.stated_at + self.ttl


def derive_es256(seed: bytes) -> EllipticCurvePrivateKey:
    """The ES256 key that 32 random bytes stand for."""
    return derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, SECP256R1())


def point_of(material: EllipticCurvePublicKey) -> bytes:
    """x ‖ y, 64 bytes."""
    numbers = material.public_numbers()
    return numbers.x.to_bytes(COORDINATE, "big") + numbers.y.to_bytes(COORDINATE, "big")


def to_jwk(point: bytes) -> dict[str, str]:
    """The members of RFC 7518 §6.2 for an ES256 key, with the key id that follows from them."""
    x, y = encode_base64url(point[:COORDINATE]), encode_base64url(point[COORDINATE:])
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": encode_base64url(compute_kid(point)), "alg": "ES256", "use": "sig"}


def compute_kid(point: bytes) -> bytes:
    """The first 8 bytes of the thumbprint (RFC 7638) of an ES256 key."""
    x, y = encode_base64url(point[:COORDINATE]), encode_base64url(point[COORDINATE:])
    return hashlib.sha256(canonical_json({"crv": "P-256", "kty": "EC", "x": x, "y": y})).digest()[:KEY_ID]


def compute_mark(credential_id: bytes) -> str:
    """What a list of withdrawals says of a credential: it tells nothing to whoever has not seen the credential."""
    return hashlib.sha256(credential_id).hexdigest()[:16]


def read_trust(document: object) -> Trust:
    """The trust that a JSON document states: our own file, or any RFC 7517 set of keys. Raises InputError."""
    try:
        return _read(cast("Mapping[str, Any]", document))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise InputError(
            "keys",
            Text(zh="这不是可信公钥文件。", en="this is no file of trusted keys."),
            Text(zh="请用 licence trust-bundle 给出的文件。", en="Use the file that licence trust-bundle gives."),
        ) from None


def _read(document: Mapping[str, Any]) -> Trust:
    keys = tuple(_read_key(each) for each in document["keys"])
    if "format" not in document:
        return Trust(keys, {}, {})
    if document["format"] != FORMAT:
        raise ValueError
    stated_at = datetime.fromisoformat(document["stated_at"])
    if stated_at.tzinfo is None:
        raise ValueError
    return Trust(
        keys,
        {str(mark): Withdrawal(why) for mark, why in document["withdrawn"].items()},
        {str(code): Text(zh=str(title["zh"]), en=str(title["en"])) for code, title in document["types"].items()},
        stated_at,
        timedelta(seconds=int(document["ttl"])),
    )


def _read_key(jwk: Mapping[str, Any]) -> TrustedKey:
    algorithm = Algorithm(jwk["alg"])
    return TrustedKey(
        kid=_read_kid(jwk["kid"]),
        algorithm=algorithm,
        material=_read_point(jwk) if algorithm is Algorithm.ES256 else _read_modulus(jwk),
        issuer=None if jwk.get("iss") is None else str(jwk["iss"]),
        since=_read_moment(jwk.get("nbf")),
        until=_read_moment(jwk.get("exp")),
        is_revoked=jwk.get("revoked", False) is not False,
    )


def _read_kid(text: str) -> bytes:
    """Eight bytes in base64url, as we write them; of other issuers, the text itself."""
    found = _decode_base64url(text)
    return found if found is not None and len(found) == KEY_ID else text.encode()


def _read_point(jwk: Mapping[str, Any]) -> EllipticCurvePublicKey:
    if jwk["kty"] != "EC" or jwk["crv"] != "P-256":
        raise ValueError
    return EllipticCurvePublicNumbers(_read_integer(jwk["x"]), _read_integer(jwk["y"]), SECP256R1()).public_key()


def _read_modulus(jwk: Mapping[str, Any]) -> RSAPublicKey:
    modulus = _read_integer(jwk["n"])
    if jwk["kty"] != "RSA" or modulus.bit_length() not in MODULUS:
        raise ValueError
    return RSAPublicNumbers(_read_integer(jwk["e"]), modulus).public_key()


def _read_integer(text: str) -> int:
    found = _decode_base64url(text)
    if found is None:
        raise ValueError
    return int.from_bytes(found, "big")


def _read_moment(seconds: float | None) -> datetime | None:
    """Seconds since 1970 (RFC 7519 §2)."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC)


def encode_base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode_base64url(text: str) -> bytes | None:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if encode_base64url(found) == text else None
