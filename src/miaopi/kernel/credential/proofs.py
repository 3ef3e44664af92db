"""Proofs of the log (DESIGN.md §7.4), checked for whoever holds one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from miaopi.kernel.credential.notes import Head, decode_base64, open_note, read_checkpoint
from miaopi.kernel.ledger import canonical_json, leaf_data, leaf_hash, verify_consistency, verify_inclusion
from miaopi.kernel.wording import Text

LEAST_SALT: Final = 16
ENTRY: Final = frozenset({"entry", "inclusion", "leaf", "leaf_index", "salt"})

MALFORMED: Final = Text(zh="这不是账本证明的格式。", en="This is not of the form of a proof of the log.")
NOT_CANONICAL: Final = Text(zh="条目不是规范的 JSON 文本。", en="The entry is not canonical JSON.")
OTHER_LEAF: Final = Text(zh="叶子不是由这条条目和它的盐得出的。", en="The leaf is not that of the entry and its salt.")
NOT_INCLUDED: Final = Text(zh="路径不能从叶子走到树根。", en="The inclusion path does not lead from the leaf to the root.")
NOT_SIGNED: Final = Text(zh="检查点上没有这把密钥的有效签名。", en="The checkpoint bears no signature of the key that holds.")
OTHER_HEAD: Final = Text(zh="检查点说的不是这棵树。", en="The checkpoint is about another tree.")
NOT_CONSISTENT: Final = Text(zh="这棵树不包含先前签名的那棵。", en="The tree does not contain the one that was signed before.")


def find_flaw(proof: Mapping[str, Any], key: str | None = None) -> Text | None:
    """Why a proof of the log (DESIGN.md §7.4) proves nothing; `None` if it holds.

    `key` alone is believed where it is given. Otherwise the proof's own is, and only says that both belong together. A proof
    without an entry says that one signed tree only adds to another.
    """
    if not ENTRY & proof.keys():
        return _find_flaw_of_growth(proof, key)
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
    # 3. The tree is the one that was signed.
    flaw = _find_flaw_of_head(note, stated, key, size, root)
    if flaw is not None:
        return flaw
    # 4. It only adds to the one before.
    if old is None:
        return NOT_CONSISTENT if growth else None
    return _compare(old, (size, root), growth)


def _find_flaw_of_growth(proof: Mapping[str, Any], key: str | None) -> Text | None:
    """`old_checkpoint` is what somebody kept, or what the log now says she should have: its signature must hold too."""
    try:
        size, root, growth = _number(proof["tree_size"]), _hash(proof["root"]), _path(proof["consistency"])
        old_size, old_root = _number(proof["old_size"]), _hash(proof["old_root"])
        note, old_note, stated = _text(proof["checkpoint"]), proof.get("old_checkpoint"), _text(proof.get("key", key))
        old_note = None if old_note is None else _text(old_note)
    except (KeyError, TypeError, ValueError):
        return MALFORMED
    flaw = _find_flaw_of_head(note, stated, key, size, root)
    if flaw is None and old_note is not None:
        flaw = _find_flaw_of_head(old_note, stated, key, old_size, old_root)
    return _compare((old_size, old_root), (size, root), growth) if flaw is None else flaw


def _find_flaw_of_head(note: str, stated: str, key: str | None, size: int, root: bytes) -> Text | None:
    """C2SP tlog-checkpoint: the note states this tree, signed by the log that the key is named after."""
    believed = stated if key is None else key
    text = open_note(note, believed) if stated == believed else None
    if text is None:
        return NOT_SIGNED
    return None if read_checkpoint(text) == Head(believed.split("+")[0], size, root) else OTHER_HEAD


def _compare(old: tuple[int, bytes], new: tuple[int, bytes], growth: list[bytes]) -> Text | None:
    """RFC 9162 §2.1.4.2: the tree only adds to the older one."""
    is_grown = verify_consistency(old_size=old[0], new_size=new[0], old_root=old[1], new_root=new[1], proof=growth)
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
    found = decode_base64(_text(value))
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
