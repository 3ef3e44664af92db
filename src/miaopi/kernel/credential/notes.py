"""Signatures (Ed25519, RFC 8032), the signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint).

Keys come in as bytes: a private key is its 32-byte seed, a public key 32 bytes, a signature 64. What is read has one form
only – no spare bits in base64, no capital digits – so that nothing can be altered and still hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from miaopi.kernel.frozen import frozen

ED25519: Final = b"\x01"  # the signature type of C2SP signed-note
DASH: Final = "\u2014 "
SIGNATURE_LINE: Final = re.compile(f"{DASH}([^ +]+) ([A-Za-z0-9+/=]+)")



def sign(seed: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def public_key_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is that of the message under the key; a malformed key or signature is no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(name: str, public_key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def note_key(name: str, public_key: bytes) -> str:
    """The verifier key of a note: `name+hash+key`."""
    return f"{name}+{key_id(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def make_note(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """The note of a text that ends in a newline; `signature` is over the UTF-8 of the text."""
    signed = base64.b64encode(key_id(name, public_key) + signature).decode()
    return f"{text}\n{DASH}{name} {signed}\n"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint: origin, decimal size, base64 root, a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


@frozen
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def open_note(note: str, key: str) -> str | None:
    """The text of a note if a signature under `key` (`name+hash+key`) stands below it and holds; else `None`.

    Signatures under other keys are passed over, as the specification wants; one under this key that does not hold is not.
    """
    text, blank, below = note.rpartition("\n\n")
    parsed = _parse_key(key)
    if not blank or parsed is None or not below.endswith("\n"):
        return None
    name, identifier, public_key = parsed
    text, found = f"{text}\n", False
    for line in below[:-1].split("\n"):
        form = SIGNATURE_LINE.fullmatch(line)
        signed = None if form is None else decode_base64(form[2])
        if form is None or signed is None:
            return None
        if form[1] == name and signed[:4] == identifier:
            if not verify(public_key, text.encode(), signed[4:]):
                return None
            found = True
    return text if found else None


def read_checkpoint(text: str) -> Head | None:
    """The head that a checkpoint's text states; `None` for anything else. Extension lines are passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or "" in lines[:-1] or re.fullmatch("0|[1-9][0-9]*", lines[1]) is None:
        return None
    root = decode_base64(lines[2])
    return Head(lines[0], int(lines[1]), root) if root is not None and len(root) == 32 else None


def _parse_key(key: str) -> tuple[str, bytes, bytes] | None:
    form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(.+)", key)
    material = None if form is None else decode_base64(form[3])
    if form is None or material is None or len(material) != 33 or material[:1] != ED25519:
        return None
    if key_id(form[1], material[1:]).hex() != form[2]:
        return None
    return form[1], bytes.fromhex(form[2]), material[1:]


def decode_base64(text: str) -> bytes | None:
    """RFC 4648 §4 with §3.5: bits that say nothing are zero, so that one text alone stands for these bytes."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode() == text else None
