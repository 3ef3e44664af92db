"""Whatever is changed in a proof, both verifiers notice: each digit, each character, each number, each missing part."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.credential import find_flaw
from tests.unit.kernel.log import load_outsider, make_proof

OUTSIDER = load_outsider()
PROOFS = [make_proof(5, 13, 9), make_proof(4, 8, 4), make_proof(0, 1, 1)]
HEX = "0123456789abcdef"
BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def holds(proof: dict[str, Any]) -> tuple[bool, bool]:
    """What we say, and what the outsider says."""
    try:
        OUTSIDER.check(json.dumps(proof))
    except OUTSIDER.Invalid:
        return find_flaw(proof) is None, False
    return find_flaw(proof) is None, True


def next_of(alphabet: str, sign: str) -> str:
    """The neighbour in the alphabet: in base64 it differs in the lowest bit or so, which a lax reader drops."""
    return alphabet[(alphabet.index(sign) + 1) % len(alphabet)] if sign in alphabet else "A"


def texts(proof: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in the proof with its place and alphabet."""
    for name in ("root", "old_root"):
        yield (name,), HEX
    for name in ("inclusion", "consistency"):
        for index in range(len(proof[name])):
            yield (name, index), HEX
    for name in ("leaf", "salt", "key", "checkpoint", "entry"):
        yield (name,), BASE64


def changed(proof: dict[str, Any], place: tuple[str | int, ...], text: str) -> dict[str, Any]:
    altered = copy.deepcopy(proof)
    if len(place) == 1:
        altered[place[0]] = text
    else:
        altered[place[0]][place[1]] = text
    return altered


def read(proof: dict[str, Any], place: tuple[str | int, ...]) -> str:
    found: Any = proof
    for step in place:
        found = found[step]
    return str(found)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"size-{proof['tree_size']}")
def test_each_character_of_each_text_counts(proof: dict[str, Any]) -> None:
    assert holds(proof) == (True, True)
    for place, alphabet in texts(proof):
        text = read(proof, place)
        for at, sign in enumerate(text):
            for other in {next_of(alphabet, sign), sign.swapcase()} - {sign}:
                altered = changed(proof, place, text[:at] + other + text[at + 1 :])
                assert holds(altered) == (False, False), (place, at, sign, other)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"size-{proof['tree_size']}")
def test_a_character_more_or_less_counts(proof: dict[str, Any]) -> None:
    for place, _ in texts(proof):
        text = read(proof, place)
        for altered in (text[1:], text[:-1], text + "A", text + "=", text + "\n", " " + text, ""):
            assert holds(changed(proof, place, altered)) == (False, False), (place, altered)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"size-{proof['tree_size']}")
def test_each_number_and_each_part_counts(proof: dict[str, Any]) -> None:
    for name in ("leaf_index", "tree_size", "old_size"):
        for number in {proof[name] - 1, proof[name] + 1, 0, 2**40, str(proof[name])} - {proof[name]}:
            assert holds({**proof, name: number}) == (False, False), (name, number)
    for name in ("inclusion", "consistency"):
        path = proof[name]
        for altered in (path[1:], path[:-1], path[::-1], [*path, "00" * 32], path * 2):
            if altered != path:
                assert holds({**proof, name: altered}) == (False, False), (name, len(altered))
    for name in proof:
        if name not in ("consistency", "old_size", "old_root"):
            assert holds({other: value for other, value in proof.items() if other != name}) == (False, False), name


@given(st.sampled_from(PROOFS), st.data())
def test_both_verifiers_agree_on_any_alteration(proof: dict[str, Any], data: st.DataObject) -> None:
    altered = copy.deepcopy(proof)
    name = data.draw(st.sampled_from(sorted(proof)))
    hashes = st.lists(st.sampled_from(proof["inclusion"] or ["ab"]))
    altered[name] = data.draw(st.none() | st.booleans() | st.integers(-1, 20) | st.text(max_size=80) | hashes)
    ours, theirs = holds(altered)
    assert ours == theirs
    assert not ours or (altered == proof and type(altered[name]) is type(proof[name]))
