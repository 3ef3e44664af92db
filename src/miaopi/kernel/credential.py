"""Signatures (Ed25519, RFC 8032) and the signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint).

Keys come in as bytes: a private key is its 32-byte seed, a public key 32 bytes, a signature 64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"  # the signature type of C2SP signed-note
DASH = "\u2014 "


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


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def open_note(note: str, key: str) -> str | None:
    """The text of a note if a signature under `key` (`name+hash+key`) stands below it and holds; else `None`.

    Signatures under other keys are passed over, as the specification wants.
    """
    text, found, below = note.rpartition("\n\n")
    parsed = _parse_key(key)
    if not found or parsed is None or not below.endswith("\n"):
        return None
    name, identifier, public_key = parsed
    text += "\n"
    for line in below.splitlines():
        if not line.startswith(f"{DASH}{name} "):
            continue
        signed = _decode(line.removeprefix(f"{DASH}{name} "))
        if signed is not None and signed[:4] == identifier and verify(public_key, text.encode(), signed[4:]):
            return text
    return None


def read_checkpoint(text: str) -> Head | None:
    """The head that a checkpoint's text states; `None` for anything else. Extension lines are passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        return None
    root = _decode(lines[2])
    return Head(lines[0], int(lines[1]), root) if root is not None and len(root) == 32 else None


def _parse_key(key: str) -> tuple[str, bytes, bytes] | None:
    parts = key.split("+", 2)
    if len(parts) != 3:
        return None
    name, identifier, encoded = parts
    material = _decode(encoded)
    if material is None or len(material) != 33 or material[:1] != ED25519 or key_id(name, material[1:]).hex() != identifier:
        return None
    return name, bytes.fromhex(identifier), material[1:]


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
