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
    rules.refuses('sum(["a"])', "character 1: sum takes (list<number>) or (number, …), not (list<string>)")


def test_all_and_any(rules: Rules) -> None:
    """all(list), any(list)

    Of values that are true, false or null.
    """
    rules.gives("all([true, true])", True)
    rules.gives("all([null, false])", False)
    rules.gives("all([])", True)
    rules.gives("any(false, true)", True)
    rules.gives("any([])", False)
    rules.gives("any([null, false])", None)


def test_places(rules: Rules) -> None:
    """sublist, insert before, remove, list replace, index of

    Places are counted from 1, or from the end below 0; a place that the list has not is a fault.
    """
    rules.gives("sublist([4, 5, 6], 2)", [5, 6])
    rules.gives("sublist([4, 5, 6], -2, 1)", [5])
    rules.gives("insert before([1, 3], 2, 2)", [1, 2, 3])
    rules.gives("remove([1, 2, 3], -1)", [1, 2])
    rules.gives("list replace([2, 4, 7, 8], 3, 6)", [2, 4, 6, 8])
    rules.gives("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", [5, 5, 7, 8])
    rules.gives("index of([1, 2, 3, 2], 2)", [2, 4])
    rules.gives("remove([1], n)", nobody_knows(fault="the list has no such place"), {"n": 2})


def test_whole_lists(rules: Rules) -> None:
    """append, concatenate, union, distinct values, reverse, flatten, sort

    What is given stays as it was; `union` and `distinct values` keep the first of equal values.
    """
    rules.gives("append([1], 2, 3)", [1, 2, 3])
    rules.gives("concatenate([1], [2, 3])", [1, 2, 3])
    rules.gives("union([1, 2], [2, 3])", [1, 2, 3])
    rules.gives("distinct values([1, 2, 1, null, null])", [1, 2, None])
    rules.gives("reverse([1, 2])", [2, 1])
    rules.gives("flatten([[1], [[2]], 3])", [1, 2, 3])
    rules.gives("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1])
    rules.gives("sort([2, 1], function(x, y) x < limit)", nobody_knows("limit"), {"limit": unknown("number")})


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
