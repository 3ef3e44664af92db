"""What holds for every tree: each leaf is provably in it, each smaller tree provably under it, and nothing else is."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel import ledger

SIZES = range(1, 71)
DATA = [hashlib.sha256(b"leaf %d" % index).digest() for index in range(200)]
ROOTS = [ledger.root(DATA[:size]) for size in range(len(DATA) + 1)]


def sized() -> st.SearchStrategy[tuple[int, int]]:
    """An index or smaller size, and the size of a tree."""
    return st.integers(1, len(DATA)).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


def naive(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, written down once more."""
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0]).digest() if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def test_roots_are_those_of_the_definition() -> None:
    assert [naive(DATA[:size]) for size in range(len(DATA) + 1)] == ROOTS


def test_every_leaf_of_every_tree_up_to_seventy_is_proved() -> None:
    for size in SIZES:
        for index in range(size):
            path = ledger.inclusion_proof(DATA[:size], index)
            leaf = ledger.leaf_hash(DATA[index])
            assert ledger.verify_inclusion(leaf=leaf, index=index, size=size, proof=path, root=ROOTS[size])
            assert len(path) <= (size - 1).bit_length()


def test_every_pair_of_trees_up_to_seventy_is_consistent() -> None:
    for new in SIZES:
        for old in range(1, new + 1):
            path = ledger.consistency_proof(DATA[:new], old)
            assert ledger.verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], proof=path)


@given(sized(), st.integers(0, 199), st.integers(1, 200))
def test_a_path_proves_its_own_leaf_place_and_tree_alone(at: tuple[int, int], other: int, other_size: int) -> None:
    index, size = at
    path, leaf = ledger.inclusion_proof(DATA[:size], index), ledger.leaf_hash(DATA[index])
    other_leaf = ledger.leaf_hash(DATA[other])
    assert ledger.verify_inclusion(leaf=other_leaf, index=index, size=size, proof=path, root=ROOTS[size]) is (other == index)
    assert ledger.verify_inclusion(leaf=leaf, index=index, size=size, proof=path, root=ROOTS[other_size]) is (other_size == size)
    if size > 1:
        assert not ledger.verify_inclusion(leaf=leaf, index=index, size=size, proof=path[1:], root=ROOTS[size])
        assert ledger.verify_inclusion(leaf=leaf, index=other, size=size, proof=path, root=ROOTS[size]) is (other == index)


@given(sized(), st.integers(0, 255), st.integers(0, 31), st.integers(0, 20))
def test_a_flipped_bit_anywhere_is_noticed(at: tuple[int, int], bits: int, octet: int, which: int) -> None:
    index, size = at
    mask = bytes((bits or 1) if place == octet else 0 for place in range(32))
    path = ledger.inclusion_proof(DATA[:size], index)
    hashes = [ledger.leaf_hash(DATA[index]), ROOTS[size], *path]
    which %= len(hashes)
    hashes[which] = bytes(a ^ b for a, b in zip(hashes[which], mask, strict=True))
    assert not ledger.verify_inclusion(leaf=hashes[0], index=index, size=size, proof=hashes[2:], root=hashes[1])
    if index:
        growth = [ROOTS[index], ROOTS[size], *ledger.consistency_proof(DATA[:size], index)]
        which %= len(growth)
        growth[which] = bytes(a ^ b for a, b in zip(growth[which], mask, strict=True))
        assert not ledger.verify_consistency(
            old_size=index, new_size=size, old_root=growth[0], new_root=growth[1], proof=growth[2:]
        )


@given(sized())
def test_a_span_is_what_the_complete_subtrees_under_it_fold_to(at: tuple[int, int]) -> None:
    index, size = at
    for start, end in [(0, size), *ledger.inclusion_spans(index, size), *ledger.consistency_spans(max(index, 1), size)]:
        nodes = ledger.span_nodes((start, end))
        assert next(place << level for level, place in nodes) == start
        assert sum(1 << level for level, _ in nodes) == end - start
        parts = [ledger.root(DATA[place << level : (place + 1) << level]) for level, place in nodes]
        assert ledger.fold(parts) == ledger.root(DATA[start:end])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_one_text_for_one_value(value: object) -> None:
    text = ledger.canonical_json(value)
    assert json.loads(text) == value
    assert ledger.canonical_json(json.loads(text)) == text
