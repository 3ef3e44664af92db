"""Ranges"""

from __future__ import annotations

from miaopi.kernel.expr import Range
from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_a_range_is_a_value(rules: Rules) -> None:
    """[low..high]

    A square bracket takes the end in; a round one, or a square one turned outward, leaves it out. Both ends are of one kind
    that has an order.
    """
    rules.gives("[1..3]", Range(1, 3))
    rules.gives("(1..3)", Range(1, 3, False, False))
    rules.gives("]1..3[ = (1..3)", True)
    rules.gives("[1..3] = [1..3)", False)
    rules.gives("[1..x]", nobody_knows("x"), {"x": unknown("number")})
    rules.refuses('[1.."a"]', 'character 1: ‘1’ is a number, ‘"a"’ is a string; they cannot be compared')
    rules.refuses("[true..false]", "character 2: ‘true’ is a boolean, which has no order")
    rules.gives("[x..y]", nobody_knows(fault="of one kind"), {"x": None, "y": None})


def test_a_range_without_an_end(rules: Rules) -> None:
    """(< 5) and its like: a range that has no end on its other side."""
    rules.gives("(< 5)", Range(None, 5, False, False))
    rules.gives("(>= 5)", Range(5, None, True, False))
    rules.gives("(<= 5).end included", True)
    rules.gives("(> 5).start included", False)
    rules.gives("(= 5)", Range(5, 5))
    rules.gives("(!= 5)", nobody_knows(fault="all values but one are no range"))


def test_the_parts_of_a_range(rules: Rules) -> None:
    """.start, .end, .start included, .end included"""
    rules.gives("[1..3).start", 1)
    rules.gives("[1..3).end", 3)
    rules.gives("[1..3).start included", True)
    rules.gives("[1..3).end included", False)
    rules.gives("(< 5).start", None)
    rules.refuses("[1..3].middle", "character 1: ‘[1..3]’ is a range<number>, which has no part middle")
