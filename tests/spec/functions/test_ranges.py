"""How points and ranges lie to one another"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_range(rules: Rules) -> None:
    """range(text)

    An end that is not written is open.
    """
    rules.gives('range("[18..21)") = [18..21)', True)
    rules.gives('includes(range("[18..)"), 99)', True)
    rules.refuses('range("[..]")', "character 1: a range has one end at least, and takes in none that is not there")


def test_before_and_after(rules: Rules) -> None:
    """before, after(a, b)

    Of two points, two ranges, or one of each.
    """
    rules.gives("before(1, 10)", True)
    rules.gives("before(1, [1..10])", False)
    rules.gives("before(1, (1..10])", True)
    rules.gives("before([1..10), [10..20])", True)
    rules.gives("after(12, [1..10])", True)
    rules.gives("before(1, x)", nobody_knows("x"), {"x": unknown("number")})


def test_meets(rules: Rules) -> None:
    """meets, met by, overlaps, overlaps before, overlaps after(range, range)"""
    rules.gives("meets([1..5], [5..10])", True)
    rules.gives("met by([5..10], [1..5))", False)
    rules.gives("overlaps([1..5], [3..8])", True)
    rules.gives("overlaps([1..5), [5..8])", False)
    rules.gives("overlaps before([1..5], [3..8])", True)
    rules.gives("overlaps after([3..8], [1..5])", True)


def test_within(rules: Rules) -> None:
    """includes, during, starts, started by, finishes, finished by, coincides"""
    rules.gives('includes([@"2026-01-01"..@"2026-12-31"], @"2026-11-23")', True)
    rules.gives("includes([1..10), [1..10])", False)
    rules.gives("during(5, [1..10])", True)
    rules.gives("starts([1..5], [1..10])", True)
    rules.gives("started by((1..10], 1)", False)
    rules.gives("finishes(10, [1..10])", True)
    rules.gives("finished by([1..10], (1..10))", False)
    rules.gives("coincides([1..5], [1..5])", True)
