"""Conversion"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.spec.manual import Rules, nobody_knows, on_every_engine

pytestmark = on_every_engine


def test_date(rules: Rules) -> None:
    """date(text), date(moment), date(year, month, day)

    The day of a moment is the one at its own offset.
    """
    rules.gives("date(text)", date(2026, 11, 23), {"text": "2026-11-23"})
    rules.gives("date(2026, 11, 23)", date(2026, 11, 23))
    rules.gives('date(@"2026-11-23T23:30:00Z")', date(2026, 11, 23))
    rules.gives("date(day)", date(2026, 11, 23), {"day": date(2026, 11, 23)})
    rules.refuses("date(2026, 2, 30)", "character 1: the calendar has no such day")
    rules.refuses(
        "date(true)",
        "character 1: date takes (string) or (date) or (date and time) or (number, number, number), not (boolean)",
    )
    rules.gives("for x in [true, 1] return date(x)", nobody_knows(fault="date takes no such values"))


def test_date_and_time(rules: Rules) -> None:
    """date and time(text)"""
    rules.gives("date and time(text)", datetime(2026, 11, 23, tzinfo=UTC), {"text": "2026-11-23T00:00:00Z"})


def test_number(rules: Rules) -> None:
    """number(text), number(text, grouping separator, decimal separator)"""
    rules.gives('number("1000.5")', Decimal("1000.5"))
    rules.gives('number("1.000,5", ".", ",")', Decimal("1000.5"))
    rules.refuses('number("ten")', "character 1: this is not a number")


def test_string(rules: Rules) -> None:
    """string(value)

    A text by which the value can be read again.
    """
    rules.gives("string(1e3)", "1000")
    rules.gives('string(@"2026-11-23T09:30:00@Asia/Shanghai")', "2026-11-23T09:30:00@Asia/Shanghai")
    rules.gives('string({a: [1, "x"], b: true})', '{a: [1, "x"], b: true}')
    rules.gives("string(null)", None)


def test_is(rules: Rules) -> None:
    """is(value1, value2)

    The same value of the same kind, told in the same zone.
    """
    rules.gives('is(@"10:00:00Z", @"12:00:00+02:00")', False)
    rules.gives('is(@"10:00:00Z", @"10:00:00+00:00")', True)
    rules.gives('is(1, "1")', False)


def test_months_and_amounts(rules: Rules) -> None:
    """add days(day, n), end of month(day), month text(day), money text(amount)

    Words of our own, for benefits that are paid by the month and approvals that hold for some days.
    """
    rules.gives('add days(@"2026-09-01", 90)', date(2026, 11, 30))
    rules.refuses('add days(@"2026-09-01", 10000000)', "character 1: the day lies outside the years 1 to 9999")
    rules.gives('end of month(@"2026-02-10")', date(2026, 2, 28))
    rules.gives('end of month(@"2024-02-10")', date(2024, 2, 29))
    rules.gives('month text(@"2026-05-20")', "2026-05")
    rules.gives("money text(200)", "200.00")
    rules.gives("money text(0.5)", "0.50")
    rules.refuses("money text(0.005)", "character 1: an amount has at most two places")
