"""Seals and keyed hashes: how a number is kept and found without standing anywhere in the clear.

One master key of 32 bytes; each use has a key of its own, derived from it, so that a hash made for one use says
nothing in another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FORM: Final = b"\x01"  # AES-256-GCM, key by context, nonce of 12 random bytes
NONCE_BYTES: Final = 12


class SealBroken(ValueError):
    """The bytes were not sealed by us for this context, or were altered since."""


def seal(plain: bytes, *, context: str) -> bytes:
    """`plain` encrypted and authenticated for `context`: what was sealed for one draft does not open in another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORM + nonce + AESGCM(_key("seal", context)).encrypt(nonce, plain, FORM)


def unseal(sealed: bytes, *, context: str) -> bytes:
    """What `seal` was given for the same context. Raises SealBroken."""
    form, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if form != FORM:
        raise SealBroken("unknown form of seal")
    try:
        return AESGCM(_key("seal", context)).decrypt(nonce, body, form)
    except (InvalidTag, ValueError):
        raise SealBroken("the seal does not open for this context") from None


def pseudonym(party: str) -> str:
    """The name of a party in the log: of the party, not of its number, so that a corrected number keeps one history."""
    return compute_keyed_hash("pseudonym", party)


def compute_keyed_hash(use: str, text: str) -> str:
    """HMAC-SHA-256 of `text` under the key of `use`, in hex: numbers are few enough that a bare hash can be guessed."""
    return hmac.new(_key("hash", use), text.encode(), hashlib.sha256).hexdigest()


def _key(use: str, context: str) -> bytes:
    master: bytes = settings.MIAOPI_SEAL_KEY
    if len(master) != 32:
        raise ValueError("the seal key must be 32 bytes")
    return _derive(master, f"miaopi/identity/{use}/{context}")


@lru_cache(maxsize=32)  # keys of hashes are few and used all the time; a key of a seal falls out soon
def _derive(master: bytes, use: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=use.encode()).derive(master)
