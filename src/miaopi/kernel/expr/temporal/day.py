"""Days of the proleptic Gregorian calendar, from the year -999999999 to 999999999 (DMN 1.5 §10.3.2.3.4).

A day is Python's `date` in the years 1 to 9999, and a `FarDate` beyond. There is a year 0, as in XML Schema 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from miaopi.kernel.calendar import is_leap_year, last_day_of_month
from miaopi.kernel.expr.fault import Fault

LAST_YEAR: Final = 999_999_999
CYCLE_YEARS: Final = 400  # after so many years the calendar repeats, weekdays included
CYCLE_DAYS: Final = 146_097


@dataclass(frozen=True, slots=True, order=True)
class FarDate:
    """A day before the year 1 or after 9999."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        """The ISO 8601 form, `-0044-03-15`."""
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04}-{self.month:02}-{self.day:02}"


Day = date | FarDate


def make_day(year: int, month: int, day: int) -> Day:
    """Raises Fault where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= last_day_of_month(year, month):
        raise Fault("the calendar has no such day")
    if abs(year) > LAST_YEAR:
        raise Fault(f"the day lies outside the years -{LAST_YEAR} to {LAST_YEAR}")
    return date(year, month, day) if 1 <= year <= 9999 else FarDate(year, month, day)


def count_days(day: Day) -> int:
    """The number of the day; 1 is the first of January of the year 1, as `date.toordinal` counts."""
    if isinstance(day, date):
        return day.toordinal()
    cycles, year = divmod(day.year - 1, CYCLE_YEARS)
    return cycles * CYCLE_DAYS + date(year + 1, day.month, day.day).toordinal()


def day_numbered(number: int) -> Day:
    """The day of that number. Raises Fault outside the calendar."""
    cycles, within = divmod(number - 1, CYCLE_DAYS)
    found = date.fromordinal(within + 1)
    return make_day(found.year + cycles * CYCLE_YEARS, found.month, found.day)


def shift_months(day: Day, months: int) -> Day:
    """The corresponding day so many months on, or the last day of that month where there is none. Raises Fault."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return make_day(year, month + 1, min(day.day, last_day_of_month(year, month + 1)))


def months_between(start: Day, end: Day) -> int:
    """The whole months from one to the other; negative where the end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    return months + 1 if months < 0 and end.day > start.day else months


def weekday_of(day: Day) -> int:
    """1 for Monday to 7 for Sunday (ISO 8601)."""
    return (count_days(day) - 1) % 7 + 1


def day_of_year(day: Day) -> int:
    return count_days(day) - count_days(make_day(day.year, 1, 1)) + 1


def week_of_year(day: Day) -> int:
    """The ISO 8601 week: the first is the one with the year's first Thursday."""
    thursday = day_of_year(day) - weekday_of(day) + 4
    if thursday < 1:
        thursday += 365 + is_leap_year(day.year - 1)
    elif thursday > 365 + is_leap_year(day.year):
        return 1
    return (thursday - 1) // 7 + 1
