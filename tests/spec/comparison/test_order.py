"""=, !=, <, <=, >, >="""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_equality(rules: Rules) -> None:
    """Equality

    By value, within one type. Null equals null and nothing else.
    """
    rules.gives("1.0 = 1", True)
    rules.gives('"a" != "b"', True)
    rules.gives("null = null", True)
    rules.gives("x = 1", False, {"x": absent("number")})
    rules.gives("x != 1", nobody_knows("x"), {"x": unknown("number")})


def test_order(rules: Rules) -> None:
    """Order

    Numbers, strings (by code point), days, moments and durations have one; booleans and lists have not.
    """
    rules.gives("1 < 2", True)
    rules.gives("2 <= 2", True)
    rules.gives('"a" > "b"', False)
    rules.gives('@"2026-11-23" >= @"2026-11-22"', True)
    rules.gives('@"P1Y" > @"P11M"', True)
    rules.gives('@"P1D" < @"PT25H"', True)
    rules.gives("x < 1", None, {"x": absent("number")})
    rules.gives("x < 1", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("1 < x", nobody_knows("x"), {"x": unknown("number")})
    rules.refuses("true < false", "character 1: ‘true’ is a boolean, which has no order")


def test_across_types_there_is_no_comparison(rules: Rules) -> None:
    """Across types

    A string is not compared with a number: the definition is refused, at the place. Where a type is not known beforehand,
    the result is unknown.
    """
    rules.refuses(
        'age >= "18"',
        'character 1: ‘age’ is a number, ‘"18"’ is a string; they cannot be compared',
        {"age": 20},
    )
    rules.refuses(
        "day =\n 3",
        "line 1, character 1: ‘day’ is a date, ‘3’ is a number; they cannot be compared",
        {"day": date(2026, 1, 1)},
    )
    rules.gives(
        'some x in ["a", 1] satisfies x > "b"',
        nobody_knows(fault="a string cannot be compared with a number"),
    )
    rules.gives("every x in [true, 1] satisfies x >= x", nobody_knows(fault="a boolean has no order"))


def test_moments_with_and_without_offset(rules: Rules) -> None:
    """Moments with an offset are compared as instants

    One that has none is none of them, and comes neither before nor after.
    """
    moment = {"at": datetime(2026, 11, 23, 1, tzinfo=UTC)}
    rules.gives('at = @"2026-11-23T09:00:00+08:00"', True, moment)
    rules.gives('at < @"2026-11-23T09:00:00"', nobody_knows(fault="a moment with an offset"), moment)
    rules.gives('at = @"2026-11-23T01:00:00"', False, moment)
