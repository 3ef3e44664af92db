"""Lists"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine
X = {"x": unknown("number")}


def test_count(rules: Rules) -> None:
    """count(list)

    Unknown elements are elements.
    """
    rules.gives("count([1, 2, 3])", 3)
    rules.gives("count([x, null])", 2, X)
    rules.gives("count(cards)", nobody_knows("cards"), {"cards": unknown("list<string>")})
    rules.gives("count(cards)", None, {"cards": absent("list<string>")})


def test_least_greatest_sum(rules: Rules) -> None:
    """min(list), max(list), sum(list)

    Of an empty list, or of one with a null in it, null.
    """
    rules.gives("min([3, 1, 2])", 1)
    rules.gives("max([3, 1, 2])", 3)
    rules.gives('max([@"2026-01-01", @"2026-11-23"]).year', 2026)
    rules.gives("sum([1, 2, 3])", 6)
    rules.gives("min([])", None)
    rules.gives("max([])", None)
    rules.gives("sum([])", None)
    rules.gives("min([1, null])", None)
    rules.gives("max([null, 1])", None)
    rules.gives("sum([1, null])", None)
    rules.gives("sum([1, x])", nobody_knows("x"), X)
    rules.refuses("min([true])", "character 5: ‘[true]’ is a list<boolean>, which has no order")
    rules.refuses('sum(["a"])', "character 1: sum takes (list<number>) or (number), not (list<string>)")


def test_list_contains(rules: Rules) -> None:
    """list contains(list, value)

    True as soon as one element equals the value; an unknown element matters only if none does.
    """
    rules.gives("list contains([1, 2], 2)", True)
    rules.gives("list contains([2, 1], 2)", True)
    rules.gives("list contains([1, null], null)", True)
    rules.gives("list contains([x, 2], 2)", True, X)
    rules.gives("list contains([x, 2], 3)", nobody_knows("x"), X)
    rules.gives("list contains(cards, 1)", None, {"cards": absent("list<number>")})


def test_is_defined(rules: Rules) -> None:
    """is defined(value)

    Whether there is one: `!= null` in words.
    """
    rules.gives('is defined("a")', True)
    rules.gives("is defined(null)", False)
    rules.gives("is defined(x)", nobody_knows("x"), X)
