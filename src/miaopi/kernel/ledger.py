"""The Merkle tree of the log (RFC 9162 §2.1) and the canonical form of what is hashed into it (RFC 8785).

SHA-256 throughout; a leaf is hashed with the prefix 0x00, a node with 0x01. Hashes are 32 bytes, proofs lists of them, bottom-up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from json import JSONEncoder
from operator import methodcaller

HASH_SIZE = 32
LARGEST = 2**53 - 1
LARGEST_INTEGER = 2**53 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
_in_utf_16 = methodcaller("encode", "utf-16-be")
_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False).encode
_encode_sorted = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, sort_keys=True).encode


def canonical_json(value: object) -> bytes:
    """RFC 8785 for the values the house writes: null, booleans, integers, strings, lists, and objects with string keys.

    Raises TypeError for anything else – a float among them, which no entry may hold – and ValueError for an integer that
    other readers of JSON would round (RFC 7493 §2.2) or half a surrogate pair.
    """
    return (_encode_sorted(value) if _is_plain(value) else _encode(_ordered(value))).encode("utf-8")


def _is_plain(value: object) -> bool:
    """Whether the encoder itself puts it in order; entries are made thousands of times a second, and nearly all of them are plain. What
    is not, `_ordered` looks at. Raises TypeError for a name that is no string."""
    kind = type(value)
    if kind is dict:
        if not "".join(value).isascii():  # type: ignore[arg-type]  # a dict, as `kind` says
            return False
        value = value.values()  # type: ignore[attr-defined]  # as above
    elif kind is not list and kind is not tuple:
        return value is None or isinstance(value, str | bool) or (kind is int and abs(value) <= LARGEST_INTEGER)  # type: ignore[arg-type]  # as above
    for each in value:  # type: ignore[attr-defined]  # noqa: SIM110 - `all` over a generator takes twice as long
        if type(each) is not str and not _is_plain(each):
            return False
    return True


def _ordered(value: object) -> object:
    match value:
        case int() if abs(value) > LARGEST_INTEGER:
            raise ValueError("an integer beyond 2^53 - 1 has no canonical form")
        case None | bool() | int() | str():
            return value
        case list() | tuple():
            return [_ordered(each) for each in value]
        case dict():
            return {name: _ordered(value[name]) for name in _sorted(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form here")


def _sorted(names: Collection[str]) -> list[str]:
    """§3.2.3: by their UTF-16 code units, which for ASCII is the order of Python. Raises TypeError for a name that is no string."""
    return sorted(names) if "".join(names).isascii() else sorted(names, key=_in_utf_16)


def leaf_data(salt: bytes, entry: bytes) -> bytes:
    """The 32 bytes that stand in the log for an entry: nobody who lacks the salt can guess the entry back."""
    return hashlib.sha256(salt + entry).digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) of RFC 9162 §2.1.1 over the data of the leaves; the hash of nothing for none."""
    return _root_of([leaf_hash(data) for data in leaves])


def _root_of(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = largest_power_below(len(hashes))
    return node_hash(_root_of(hashes[:split]), _root_of(hashes[split:]))


def largest_power_below(size: int) -> int:
    """The largest power of two that is smaller than `size`; `size` is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


Span = tuple[int, int]  # leaves from … until before …; it begins where a complete subtree of its size or larger begins


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose hashes are PATH(m, D[n]) of RFC 9162 §2.1.3.1, bottom-up. Raises ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + largest_power_below(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[Span]:
    """The subtrees whose hashes are PROOF(m, D[n]) of RFC 9162 §2.1.4.1. Raises ValueError for a size that proves nothing."""
    if not 0 < old_size <= size:
        raise ValueError(f"a tree of {size} is not consistent with one of {old_size}")
    spans: list[Span] = []
    start, end = 0, size
    while old_size != end:
        middle = start + largest_power_below(end - start)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # the old tree is not itself a subtree from the left: the verifier needs this part of it
        spans.append((start, end))
    return spans[::-1]


def span_nodes(span: Span) -> list[tuple[int, int]]:
    """The complete subtrees, as (level, place), that a span is made of, from the left."""
    start, end = span
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees of falling size; the hash of nothing for none."""
    if not hashes:
        return EMPTY_ROOT
    running = hashes[-1]
    for left in reversed(hashes[:-1]):
        running = node_hash(left, running)
    return running


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 9162 §2.1.3.1 over the data of the leaves. Raises ValueError for an index outside the tree."""
    return [root(leaves[start:end]) for start, end in inclusion_spans(index, len(leaves))]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """RFC 9162 §2.1.4.1; empty for equal sizes. Raises ValueError for a size that proves nothing."""
    return [root(leaves[start:end]) for start, end in consistency_spans(old_size, len(leaves))]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2, step by step; `leaf` is the leaf hash."""
    # 1. Compare leaf_index against tree_size.
    if not 0 <= index < size or any(len(each) != HASH_SIZE for each in (leaf, root, *proof)):
        return False
    # 2. Set fn to leaf_index and sn to tree_size - 1. 3. Set r to hash.
    first, second, running = index, size - 1, leaf
    # 4. For each value p in the inclusion_path array:
    for sibling in proof:
        if second == 0:  # a. If sn is 0, then stop the iteration and fail.
            return False
        if first & 1 or first == second:  # b. If LSB(fn) is set, or if fn is equal to sn:
            running = node_hash(sibling, running)
            while not first & 1 and first != 0:
                first, second = first >> 1, second >> 1
        else:  # otherwise
            running = node_hash(running, sibling)
        first, second = first >> 1, second >> 1  # c. Right-shift both fn and sn one time.
    # 5. Compare sn to 0, and r against the root_hash.
    return second == 0 and running == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 §2.1.4.2, step by step. Equal sizes need an empty proof; from nothing nothing is proved."""
    if not 0 < old_size <= new_size or any(len(each) != HASH_SIZE for each in (old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    # 1. If consistency_path is an empty array, stop and fail.
    if not proof:
        return False
    # 2. If first is an exact power of 2, then prepend first_hash to the consistency_path array.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    # 3. Set fn to first - 1 and sn to second - 1. 4. If LSB(fn) is set, right-shift both until it is not.
    first, second = old_size - 1, new_size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    # 5. Set both fr and sr to the first value in the consistency_path array.
    old_running = new_running = path[0]
    # 6. For each subsequent value c in the consistency_path array:
    for sibling in path[1:]:
        if second == 0:  # a. If sn is 0, then stop the iteration and fail.
            return False
        if first & 1 or first == second:  # b. If LSB(fn) is set, or if fn is equal to sn:
            old_running, new_running = node_hash(sibling, old_running), node_hash(sibling, new_running)
            while not first & 1 and first != 0:
                first, second = first >> 1, second >> 1
        else:  # otherwise
            new_running = node_hash(new_running, sibling)
        first, second = first >> 1, second >> 1  # c. Right-shift both fn and sn one time.
    # 7. Compare fr to the first_hash, sr to the second_hash, and sn to 0.
    return old_running == old_root and new_running == new_root and second == 0
