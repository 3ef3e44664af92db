"""The tree of RFC 9162 and the canonical JSON of RFC 8785, held to published vectors and to the text of the norms."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from miaopi.kernel.ledger import (
    EMPTY_ROOT,
    canonical_json,
    consistency_proof,
    consistency_spans,
    fold,
    inclusion_proof,
    inclusion_spans,
    largest_power_below,
    leaf_data,
    leaf_hash,
    node_hash,
    root,
    span_nodes,
    verify_consistency,
    verify_inclusion,
)

SHARED = Path(os.environ.get("MIAOPI_SHARED") or Path(__file__).resolve().parents[4] / "shared")
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip


def vectors(name: str) -> dict[str, Any]:
    """A file of published vectors; where they are not at hand, one line says so, and CI does not let that pass."""
    path = SHARED / "vectors" / name
    if not path.is_file():
        print(f"no {name}: set MIAOPI_SHARED to the folder that holds vectors/")
        assert os.environ.get("CI") != "true"
        return {"cases": [], "leaves_hex": [], "roots_hex_by_size": []}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def octets(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_the_reference_tree_has_its_published_roots() -> None:
    published = vectors("merkle-rfc6962-reference-tree.json")
    leaves = [bytes.fromhex(text) for text in published["leaves_hex"]]
    assert [root(leaves[:size]).hex() for size, _ in enumerate(published["roots_hex_by_size"])] == published["roots_hex_by_size"]


def test_inclusion_is_judged_as_the_published_vectors_say() -> None:
    for case in vectors("merkle-rfc6962-inclusion.json")["cases"]:
        holds = verify_inclusion(
            leaf=octets(case["leafHash"]), index=case["leafIdx"], size=case["treeSize"],
            proof=[octets(each) for each in case["proof"] or ()], root=octets(case["root"]),
        )  # fmt: skip
        assert holds is not case["wantErr"], case["name"]


def test_consistency_is_judged_as_the_published_vectors_say() -> None:
    for case in vectors("merkle-rfc6962-consistency.json")["cases"]:
        holds = verify_consistency(
            old_size=case["size1"], new_size=case["size2"], old_root=octets(case["root1"]), new_root=octets(case["root2"]),
            proof=[octets(each) for each in case["proof"] or ()],
        )  # fmt: skip
        assert holds is not case["wantErr"], case["name"]


def test_leaf_and_node_are_hashed_under_their_prefixes() -> None:
    assert leaf_hash(b"a") == hashlib.sha256(b"\x00a").digest()
    assert node_hash(b"l", b"r") == hashlib.sha256(b"\x01lr").digest()
    assert leaf_data(b"salt", b"entry") == hashlib.sha256(b"saltentry").digest()
    assert root([]) == fold([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_the_eight_leaves_of_the_reference_tree_hash_to_its_root() -> None:
    assert root(LEAVES).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_split_is_the_largest_power_below_the_size() -> None:
    assert [largest_power_below(size) for size in (2, 3, 4, 5, 8, 9)] == [1, 2, 2, 4, 4, 8]


def test_a_span_falls_into_complete_subtrees() -> None:
    assert span_nodes((0, 7)) == [(2, 0), (1, 2), (0, 6)]
    assert span_nodes((4, 8)) == [(2, 1)]
    assert span_nodes((6, 7)) == [(0, 6)]
    assert span_nodes((3, 3)) == []


def test_the_example_of_the_norm_has_its_paths() -> None:
    """RFC 9162 §2.1.5, the tree of seven leaves."""
    assert inclusion_spans(0, 7) == [(1, 2), (2, 4), (4, 7)]
    assert inclusion_spans(3, 7) == [(2, 3), (0, 2), (4, 7)]
    assert inclusion_spans(4, 7) == [(5, 6), (6, 7), (0, 4)]
    assert inclusion_spans(6, 7) == [(4, 6), (0, 4)]
    assert consistency_spans(3, 7) == [(2, 3), (3, 4), (0, 2), (4, 7)]
    assert consistency_spans(4, 7) == [(4, 7)]
    assert consistency_spans(6, 7) == [(4, 6), (6, 7), (0, 4)]
    assert consistency_spans(7, 7) == []


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_path(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"no leaf {index} in a tree of {size}"):
        inclusion_proof(LEAVES[:size], index)


@pytest.mark.parametrize(("old_size", "size"), [(0, 3), (-1, 3), (4, 3)])
def test_a_size_that_proves_nothing_has_no_path(old_size: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"a tree of {size} is not consistent with one of {old_size}"):
        consistency_proof(LEAVES[:size], old_size)


def test_a_surplus_hash_at_the_end_of_a_path_is_noticed() -> None:
    leaf, extra = leaf_hash(LEAVES[0]), bytes(32)
    path = inclusion_proof(LEAVES, 0)
    assert verify_inclusion(leaf=leaf, index=0, size=8, proof=path, root=root(LEAVES))
    assert not verify_inclusion(leaf=leaf, index=0, size=8, proof=[*path, extra], root=root(LEAVES))
    growth = consistency_proof(LEAVES, 3)
    assert not verify_consistency(old_size=3, new_size=8, old_root=root(LEAVES[:3]), new_root=root(LEAVES), proof=[*growth, extra])


def test_hashes_of_another_length_prove_nothing() -> None:
    alone = leaf_hash(LEAVES[0])
    assert verify_inclusion(leaf=alone, index=0, size=1, proof=[], root=alone)
    assert not verify_inclusion(leaf=alone[:31], index=0, size=1, proof=[], root=alone[:31])
    assert not verify_consistency(old_size=1, new_size=1, old_root=alone[:31], new_root=alone[:31], proof=[])
    assert not verify_consistency(old_size=1, new_size=2, old_root=alone, new_root=root(LEAVES[:2]), proof=[b"short"])


def test_equal_trees_need_equal_roots_and_nothing_between() -> None:
    old, new = root(LEAVES[:3]), root(LEAVES[:4])
    assert verify_consistency(old_size=3, new_size=3, old_root=old, new_root=old, proof=[])
    assert not verify_consistency(old_size=3, new_size=3, old_root=old, new_root=new, proof=[])
    assert not verify_consistency(old_size=3, new_size=3, old_root=old, new_root=old, proof=[old])
    assert not verify_consistency(old_size=3, new_size=4, old_root=old, new_root=new, proof=[])


def test_canonical_json_sorts_by_utf_16_and_escapes_as_the_norm_says() -> None:
    """RFC 8785 §3.2.3: its own example of names, and the escapes of §3.2.2.2."""
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert [value for _, value in json.loads(canonical_json(names), object_pairs_hook=list)] == [2, 4, 6, 7, 1, 5, 3]
    assert canonical_json('\u20ac$\x0f\nA\'B"\\"/') == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\"/"'
    assert canonical_json({"b": [None, True, False, -1, ()], "a": {}}) == b'{"a":{},"b":[null,true,false,-1,[]]}'
    assert canonical_json(2**53 - 1) == b"9007199254740991"


@pytest.mark.parametrize("value", [1.0, b"", {1: 2}, {"a": object()}, [1.5], {None: 1}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), ["\ud800"], {"\udc00": 1}])
def test_what_would_not_come_back_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)
