"""Parts of days, moments and durations"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_parts_of_days_and_moments(rules: Rules) -> None:
    """.year, .month, .day, .weekday, .hour, .minute, .second

    Monday is 1.
    """
    rules.gives('@"2026-11-23".year', 2026)
    rules.gives('@"2026-11-23".month', 11)
    rules.gives('@"2026-11-23".day', 23)
    rules.gives('@"2026-11-23".weekday', 1)
    rules.gives('@"2026-11-23T09:30:15".hour', 9)
    rules.gives('@"2026-11-23T09:30:15".minute', 30)
    rules.gives('@"2026-11-23T09:30:15".second', 15)
    rules.gives("x.year", nobody_knows("x"), {"x": unknown("date")})


def test_parts_of_durations(rules: Rules) -> None:
    """.years, .months; .days, .hours, .minutes, .seconds

    The parts of a negative duration are negative.
    """
    rules.gives('@"P18M".years', 1)
    rules.gives('@"P18M".months', 6)
    rules.gives('@"-P18M".months', -6)
    rules.gives('@"P1DT26H3M4S".days', 2)
    rules.gives('@"P1DT26H3M4S".hours', 2)
    rules.gives('@"P1DT26H3M4S".minutes', 3)
    rules.gives('@"-P1DT26H3M4.5S".seconds', -4)


def test_a_part_that_is_not_there_is_refused(rules: Rules) -> None:
    """Other parts are refused"""
    rules.refuses('@"2026-11-23".hour', 'character 1: ‘@"2026-11-23"’ is a date, which has no part hour')
    rules.refuses('"a".year', 'character 1: ‘"a"’ is a string, which has no part year')
    rules.refuses('@"2026-11-23".3', "character 14: an operator or the end is expected here, not a number")
    rules.refuses('@"2026-11-23".in', "character 15: the name of a part is expected here, not in")
    rules.gives('for x in [@"2026-11-23", 1] return x.year', nobody_knows(fault="a number has no part year"))
