"""Days, moments and durations

Always add to the earlier date and compare.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from miaopi.kernel.expr import YearsMonths
from tests.spec.manual import Rules, nobody_knows, on_every_engine

pytestmark = on_every_engine


def test_add_months(rules: Rules) -> None:
    """add months(day, n)

    The corresponding day n months on; where that month has none, its last day (民法典 第二百零二条). “n months completed” is
    `add months(start, n) <= as_of`.
    """
    rules.gives('add months(@"2026-05-23", 6)', date(2026, 11, 23))
    rules.gives('add months(@"2026-08-31", 6)', date(2027, 2, 28))
    rules.gives('add months(@"2024-02-29", 36)', date(2027, 2, 28))
    rules.gives('add months(@"2027-02-28", -36)', date(2024, 2, 28))
    rules.gives('add months(@"2026-05-24", 6) <= @"2026-11-23"', False)
    rules.gives(
        "add months(day, 99999999)",
        nobody_knows(fault="outside the years 1 to 9999"),
        {"day": date(2026, 1, 1)},
    )
    rules.refuses('add months(@"2026-05-23", 0.5)', "character 1: a whole number is needed")


def test_a_duration_is_added(rules: Rules) -> None:
    """A day or moment and a duration

    A duration of months works as `add months` does; of a duration of days, a day takes the whole days.
    """
    rules.gives('@"2026-08-31" + @"P6M"', date(2027, 2, 28))
    rules.gives('@"P1Y" + @"2024-02-29"', date(2025, 2, 28))
    rules.gives('@"2026-11-23" + @"P7D"', date(2026, 11, 30))
    rules.gives('@"P7D" + @"2026-11-23"', date(2026, 11, 30))
    rules.gives('@"2026-11-23" - @"P23D"', date(2026, 10, 31))
    rules.gives('@"2026-11-23T09:00:00Z" + @"PT15H"', datetime(2026, 11, 24, tzinfo=UTC))
    rules.gives('@"PT15H" + @"2026-11-23T09:00:00Z"', datetime(2026, 11, 24, tzinfo=UTC))
    rules.gives('@"2026-11-23T09:00:00Z" - @"PT9H"', datetime(2026, 11, 23, tzinfo=UTC))
    rules.gives('@"2026-08-31T09:00:00" + @"P6M"', datetime(2027, 2, 28, 9))
    rules.gives('@"P6M" + @"2026-08-31T09:00:00"', datetime(2027, 2, 28, 9))
    rules.gives('@"9999-12-31" + @"P1D"', nobody_knows(fault="outside what can be written"))
    rules.gives('@"9999-12-31" + @"P1M"', nobody_knows(fault="outside what can be written"))


def test_months_are_never_taken_from_the_later_day(rules: Rules) -> None:
    """Months are not subtracted from a day

    `as_of - P3Y <= start` and `as_of <= start + P3Y` differ at the ends of months; the law means the second.
    """
    rules.refuses(
        'day - @"P3Y"',
        "character 1: months taken from the later day give other answers at the ends of months; add them to the earlier day",
        {"day": date(2027, 2, 28)},
    )


def test_from_day_to_day(rules: Rules) -> None:
    """The time between two days or moments

    The first day is not counted (民法典 第二百零一条).
    """
    rules.gives('@"2026-11-23" - @"2026-11-01"', timedelta(days=22))
    rules.gives('@"2026-11-23T01:00:00Z" - @"2026-11-23T08:30:00+08:00"', timedelta(minutes=30))
    rules.gives(
        '@"2026-11-23T01:00:00Z" - @"2026-11-23T08:30:00"', nobody_knows(fault="a moment with an offset")
    )


def test_durations_are_multiplied(rules: Rules) -> None:
    """Durations by numbers

    Months are cut off to whole ones. Of two durations of one kind, the ratio.
    """
    rules.gives('@"P1D" * 2', timedelta(days=2))
    rules.gives('0.5 * @"P1D"', timedelta(hours=12))
    rules.gives('@"P1Y" / 5', YearsMonths(2))
    rules.gives('@"P1Y" / @"P3M"', 4)
    rules.gives('-@"P1D"', timedelta(days=-1))
    rules.gives('@"P1D" / @"P0D"', nobody_knows(fault="no number is the result"))


def test_durations_are_added_within_their_kind(rules: Rules) -> None:
    """Durations

    Of one kind they are added and subtracted; a duration of months and one of days are never mixed.
    """
    rules.gives('@"P1Y" + @"P6M"', YearsMonths(18))
    rules.gives('@"P1Y" - @"P18M"', YearsMonths(-6))
    rules.gives('@"P1D" + @"PT12H"', timedelta(hours=36))
    rules.gives('@"P1D" - @"PT12H"', timedelta(hours=12))
    rules.gives('-@"P1M"', YearsMonths(-1))
    rules.gives('-@"P1D"', timedelta(days=-1))
    rules.refuses(
        '@"P1M" + @"P1D"', "character 1: years and months duration + days and time duration means nothing"
    )
