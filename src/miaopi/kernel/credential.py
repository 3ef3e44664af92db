"""Signatures (Ed25519, RFC 8032), the signed notes and checkpoints of C2SP (signed-note, tlog-checkpoint), proofs of the log.

Keys come in as bytes: a private key is its 32-byte seed, a public key 32 bytes, a signature 64. What is read has one form
only – no spare bits in base64, no capital digits – so that nothing can be altered and still hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from miaopi.kernel.ledger import canonical_json, leaf_data, leaf_hash, verify_consistency, verify_inclusion
from miaopi.kernel.wording import Text

ED25519: Final = b"\x01"  # the signature type of C2SP signed-note
DASH: Final = "\u2014 "
SIGNATURE_LINE: Final = re.compile(f"{DASH}([^ +]+) ([A-Za-z0-9+/=]+)")
LEAST_SALT: Final = 16

MALFORMED: Final = Text(zh="这不是账本证明的格式。", en="This is not of the form of a proof of the log.")
NOT_CANONICAL: Final = Text(zh="条目不是规范的 JSON 文本。", en="The entry is not canonical JSON.")
OTHER_LEAF: Final = Text(zh="叶子不是由这条条目和它的盐得出的。", en="The leaf is not that of the entry and its salt.")
NOT_INCLUDED: Final = Text(zh="路径不能从叶子走到树根。", en="The inclusion path does not lead from the leaf to the root.")
NOT_SIGNED: Final = Text(zh="检查点上没有这把密钥的有效签名。", en="The checkpoint bears no signature of the key that holds.")
OTHER_HEAD: Final = Text(zh="检查点说的不是这棵树。", en="The checkpoint is about another tree.")
NOT_CONSISTENT: Final = Text(zh="这棵树不包含先前签名的那棵。", en="The tree does not contain the one that was signed before.")


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
        signed = None if form is None else _decode(form[2])
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
    root = _decode(lines[2])
    return Head(lines[0], int(lines[1]), root) if root is not None and len(root) == 32 else None


def _parse_key(key: str) -> tuple[str, bytes, bytes] | None:
    form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(.+)", key)
    material = None if form is None else _decode(form[3])
    if form is None or material is None or len(material) != 33 or material[:1] != ED25519:
        return None
    if key_id(form[1], material[1:]).hex() != form[2]:
        return None
    return form[1], bytes.fromhex(form[2]), material[1:]


def find_flaw(proof: Mapping[str, Any], key: str | None = None) -> Text | None:
    """Why a proof of the log (DESIGN.md §7.4) proves nothing; `None` if it holds.

    `key` alone is believed where it is given. Otherwise the proof's own is, and only says that both belong together.
    """
    try:
        entry, salt, leaf = _text(proof["entry"]), _octets(proof["salt"]), _octets(proof["leaf"])
        index, size, root = _number(proof["leaf_index"]), _number(proof["tree_size"]), _hash(proof["root"])
        path, note, stated = _path(proof["inclusion"]), _text(proof["checkpoint"]), _text(proof.get("key", key))
        growth, old = _path(proof.get("consistency", [])), _old_head(proof)
        is_canonical = canonical_json(json.loads(entry)) == entry.encode()
    except (KeyError, TypeError, ValueError, RecursionError):
        return MALFORMED
    # 1. The entry has the one text that its content can have, and the leaf is made of it and a salt that hides it.
    if not is_canonical:
        return NOT_CANONICAL
    if len(salt) < LEAST_SALT or leaf_data(salt, entry.encode()) != leaf:
        return OTHER_LEAF
    # 2. RFC 9162 §2.1.3.2: the leaf is in the tree.
    if not verify_inclusion(leaf=leaf_hash(leaf), index=index, size=size, proof=path, root=root):
        return NOT_INCLUDED
    # 3. C2SP tlog-checkpoint: the tree is the one that was signed, by the log that the key is named after.
    believed = stated if key is None else key
    text = open_note(note, believed) if stated == believed else None
    if text is None:
        return NOT_SIGNED
    if read_checkpoint(text) != Head(believed.split("+")[0], size, root):
        return OTHER_HEAD
    # 4. RFC 9162 §2.1.4.2: it only adds to the one before.
    if old is None:
        return NOT_CONSISTENT if growth else None
    is_grown = verify_consistency(old_size=old[0], new_size=size, old_root=old[1], new_root=root, proof=growth)
    return None if is_grown else NOT_CONSISTENT


def _old_head(proof: Mapping[str, Any]) -> tuple[int, bytes] | None:
    """Size and root of the older tree, or neither."""
    size, root = proof.get("old_size"), proof.get("old_root")
    return None if size is None and root is None else (_number(size), _hash(root))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _octets(value: object) -> bytes:
    found = _decode(_text(value))
    if found is None:
        raise ValueError
    return found


def _hash(value: object) -> bytes:
    if re.fullmatch("[0-9a-f]{64}", _text(value)) is None:
        raise ValueError
    return bytes.fromhex(_text(value))


def _path(value: object) -> list[bytes]:
    if not isinstance(value, list):
        raise TypeError
    return [_hash(each) for each in value]


def _decode(text: str) -> bytes | None:
    """RFC 4648 §4 with §3.5: bits that say nothing are zero, so that one text alone stands for these bytes."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode() == text else None
