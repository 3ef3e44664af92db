"""Kleene's laws, with null as a third answer and unknown as what may still turn out to be any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaopi.kernel.expr import Truth, Undetermined, both, either, negate

UNKNOWNS = (
    Undetermined(frozenset({"a"})),
    Undetermined(frozenset({"b"}), frozenset({"character 1: no number"})),
)
TRUTHS = st.sampled_from((True, False, None, *UNKNOWNS))


def may_become(value: Truth) -> set[bool | None]:
    return {True, False, None} if isinstance(value, Undetermined) else {value}


@given(TRUTHS, TRUTHS)
def test_order_of_the_sides_does_not_matter(left: Truth, right: Truth) -> None:
    assert both(left, right) == both(right, left)
    assert either(left, right) == either(right, left)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_brackets_do_not_matter(a: Truth, b: Truth, c: Truth) -> None:
    assert truth_of(both(both(a, b), c)) == truth_of(both(a, both(b, c)))
    assert truth_of(either(either(a, b), c)) == truth_of(either(a, either(b, c)))


@given(TRUTHS, TRUTHS)
def test_de_morgan(left: Truth, right: Truth) -> None:
    assert negate(both(left, right)) == either(negate(left), negate(right))
    assert negate(either(left, right)) == both(negate(left), negate(right))


@given(TRUTHS)
def test_neutral_and_deciding_sides(value: Truth) -> None:
    assert both(value, True) == value
    assert both(value, False) is False
    assert either(value, False) == value
    assert either(value, True) is True
    assert negate(negate(value)) == value


@given(TRUTHS, TRUTHS, st.sampled_from((both, either)))
def test_a_result_is_known_exactly_when_every_completion_gives_it(
    left: Truth, right: Truth, combine: object
) -> None:
    assert callable(combine)
    found = combine(left, right)
    completions = {combine(x, y) for x in may_become(left) for y in may_become(right)}
    assert completions == {found} if not isinstance(found, Undetermined) else len(completions) > 1


def test_unknown_is_never_taken_for_true() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWNS[0])


def truth_of(value: Truth) -> object:
    """What is known, without whose fault it is that nothing is."""
    return "unknown" if isinstance(value, Undetermined) else value
