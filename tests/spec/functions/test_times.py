"""Times and the calendar"""

from __future__ import annotations

from datetime import UTC, datetime, time

from tests.spec.manual import Rules, nobody_knows, on_every_engine

pytestmark = on_every_engine


def test_time(rules: Rules) -> None:
    """time(text), time(moment), time(hour, minute, second), time(hour, minute, second, offset)"""
    rules.gives("time(text)", time(9, 30), {"text": "09:30:00"})
    rules.gives('time(@"2026-11-23T09:30:00Z")', time(9, 30, tzinfo=UTC))
    rules.gives("time(9, 30, 0)", time(9, 30))
    rules.gives('time(9, 30, 0, @"PT8H") = @"09:30:00+08:00"', True)
    rules.gives('time(@"2026-11-23")', time(0, 0, tzinfo=UTC))
    rules.refuses("time(24, 0, 0)", "character 1: the clock has no such time")


def test_a_day_and_a_time(rules: Rules) -> None:
    """date and time(date, time)"""
    rules.gives('date and time(@"2026-11-23", @"09:30:00Z")', datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


def test_calendar(rules: Rules) -> None:
    """day of year, week of year, day of week, month of year(date)

    Weeks are counted as ISO 8601 does: the first is the one with the year's first Thursday.
    """
    rules.gives('day of year(@"2026-11-23")', 327)
    rules.gives('week of year(@"2027-01-01")', 53)
    rules.gives('day of week(@"2026-11-23")', "Monday")
    rules.gives('month of year(@"2026-11-23")', "November")


def test_months_between(rules: Rules) -> None:
    """years and months duration(from, to)

    The whole months from one day to the other.
    """
    rules.gives('years and months duration(@"2011-12-22", @"2013-08-24") = @"P1Y8M"', True)
    rules.gives('years and months duration(@"2026-03-31", @"2026-02-28") = @"-P1M"', True)


def test_clock(rules: Rules) -> None:
    """now(), today()

    A decision has no clock: the day on which it is made is a fact of the case. In a model they are the moment of the
    evaluation.
    """
    rules.gives("today()", nobody_knows(fault="there is no clock here"))
    rules.gives("now()", nobody_knows(fault="there is no clock here"))
