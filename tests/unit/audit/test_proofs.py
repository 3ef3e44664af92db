"""The tree in the database gives the same roots and proofs as the pure functions, for every size up to seventy."""

from __future__ import annotations

from miaopi.apps.audit.api import get_consistency, get_root, sequence
from miaopi.apps.audit.queries.tree import get_inclusion
from miaopi.kernel.ledger import (
    consistency_proof,
    consistency_spans,
    inclusion_proof,
    inclusion_spans,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from tests.unit.audit.happenings import open_many, rows

SIZES = range(1, 71)


def grown() -> list[bytes]:
    """Seventy entries, numbered in rounds of different lengths; their leaves in order."""
    for count in (1, 2, 5, 13, 49):
        open_many(count)
        sequence()
    return [bytes(leaf) for leaf in rows(
        "SELECT e.leaf FROM audit_position p JOIN audit_entry e ON e.id = p.entry_id ORDER BY p.seq"
    )]  # fmt: skip


def test_every_leaf_is_proved_in_every_tree() -> None:
    leaves = grown()
    assert len(leaves) == 70
    for size in SIZES:
        head = get_root(size)
        assert head == root(leaves[:size])
        for index in range(size):
            path = get_inclusion(index, size)
            assert path == inclusion_proof(leaves[:size], index)
            assert len(path) == len(inclusion_spans(index, size))
            assert verify_inclusion(leaf=leaf_hash(leaves[index]), index=index, size=size, proof=path, root=head)


def test_every_tree_is_proved_in_every_later_one() -> None:
    leaves = grown()
    roots = {size: get_root(size) for size in SIZES}
    for new in SIZES:
        for old in range(1, new + 1):
            path = get_consistency(old, new)
            assert path == consistency_proof(leaves[:new], old)
            assert len(path) == len(consistency_spans(old, new))
            assert verify_consistency(old_size=old, new_size=new, old_root=roots[old], new_root=roots[new], proof=path)
