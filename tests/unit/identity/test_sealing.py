"""Seals and pseudonyms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from miaopi.apps.identity.api import SealBroken, pseudonym, seal, unseal


@given(some.binary(max_size=400), some.text(max_size=40))
def test_what_is_sealed_opens_for_its_context(plain: bytes, context: str) -> None:
    assert unseal(seal(plain, context=context), context=context) == plain


def test_a_seal_does_not_open_for_another_context() -> None:
    with pytest.raises(SealBroken):
        unseal(seal(b"plain", context="draft/1"), context="draft/2")


def test_a_seal_with_any_byte_altered_does_not_open() -> None:
    sealed = seal(b"plain", context="draft/1")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(altered), context="draft/1")


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_a_seal_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(seal(b"plain", context="draft/1")[:length], context="draft/1")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(b"plain", context="draft/1") != seal(b"plain", context="draft/1")


def test_a_pseudonym_is_steady_and_says_nothing_of_the_party() -> None:
    assert pseudonym("party-1") == pseudonym("party-1")
    assert pseudonym("party-1") != pseudonym("party-2")
    assert "party-1" not in pseudonym("party-1")
