"""Values written out"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from miaopi.kernel.expr import YearsMonths
from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_numbers(rules: Rules) -> None:
    """Numbers

    Digits, with a point if need be; a minus sign in front. At most 34 digits, and what is reckoned is rounded to 34,
    halves to the even neighbour.
    """
    rules.gives("14", 14)
    rules.gives("-2.50", Decimal("-2.50"))
    rules.gives(".5", Decimal("0.5"))
    rules.gives("0.1 + 0.2 = 0.3", True)
    rules.refuses("12345678901234567890123456789012345", "character 1: a number has at most 34 digits")


def test_strings(rules: Rules) -> None:
    r"""Strings

    Between double quotation marks. `\"`, `\\`, `\n`, `\r`, `\t` and `\u4e2d` stand for what cannot be typed.
    """
    rules.gives('"求职"', "求职")
    rules.gives(r'"a \"b\" \u4e2d"', 'a "b" 中')
    rules.gives(r'"\uD83D\uDE00" = "\U01F600"', True)
    rules.refuses('"open', "character 1: the string has no closing quotation mark")
    rules.refuses(r'"\q"', r"character 1: the escape \q has no meaning")
    rules.refuses(r'"\U110000"', r"character 1: the escape \U110000 has no meaning")
    rules.refuses(r'"\uD83D"', "character 1: half of a surrogate pair is no character")


def test_true_false_null(rules: Rules) -> None:
    """true, false, null

    `null` says that there is none: the source was asked and answered so. It does not say that nobody knows.
    """
    rules.gives("true", True)
    rules.gives("false", False)
    rules.gives("null", None)


def test_days_and_moments(rules: Rules) -> None:
    """Days and moments

    `@"…"` in ISO form, or the function of that name. A moment may carry an offset. A day that the calendar does not have
    is refused where it is written.
    """
    rules.gives('@"2026-11-23"', date(2026, 11, 23))
    rules.gives('date("2026-11-23")', date(2026, 11, 23))
    rules.gives('@"2026-11-23T09:30:00Z"', datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    rules.gives('date and time("2026-11-23T09:30:00.5")', datetime(2026, 11, 23, 9, 30, 0, 500_000))
    rules.refuses('@"2026-02-30"', "character 1: the calendar has no such day")
    rules.refuses('@"20261123"', "character 1: a day is written as 2026-11-23")
    rules.refuses('date("tomorrow")', "character 1: a day is written as 2026-11-23")
    rules.refuses('@"2026-11-23T25:00:00"', "character 1: the clock has no such time")
    rules.refuses('@"2026-11-23T9"', "character 1: a moment is written as 2026-11-23T09:30:00+08:00")
    rules.refuses("@ 3", "character 3: a string is expected here, not a number")


def test_durations(rules: Rules) -> None:
    """Durations

    Of months (`P1Y6M`) or of days, hours, minutes and seconds (`P3DT12H`). The two do not mix: how many days a month has
    depends on the month.
    """
    rules.gives('duration("P1Y6M")', YearsMonths(18))
    rules.gives('@"-P3M"', YearsMonths(-3))
    rules.gives('@"P3DT12H"', timedelta(days=3, hours=12))
    rules.gives('@"-PT1M0.5S"', -timedelta(minutes=1, milliseconds=500))
    rules.refuses('duration("P1M1D")', "character 1: a duration is written as P1Y6M or as P3DT12H")
    rules.gives('duration("P999999999DT999999999H") > @"P999999999D"', True)


def test_remarks(rules: Rules) -> None:
    """Remarks

    After `//` to the end of the line, or between `/*` and `*/`. Blanks and line breaks mean nothing.
    """
    rules.gives("1 /* one */ + 1 // two", 2)
    rules.gives("1 +\n  1", 2)
