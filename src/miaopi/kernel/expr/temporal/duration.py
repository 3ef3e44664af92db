"""Durations: of months, and of days and time (DMN 1.5 §10.3.2.3.7, §10.3.2.3.8).

A duration of days is Python's `timedelta` where that holds it, and a `LongDuration` beyond: nanoseconds, millions of years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from miaopi.kernel.expr.fault import Fault

SECOND: Final = 10**9  # in nanoseconds
DAY: Final = 86_400 * SECOND
MOST_DAYS: Final = 10**12  # two and a half times the calendar from the first year to the last
MOST_MONTHS: Final = 12 * 10**10


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months; how many days that is depends on the day it is added to."""

    months: int

    def __str__(self) -> str:
        """The ISO 8601 form, `P1Y6M`."""
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.months < 0 else ''}P{parts or '0M'}"


@dataclass(frozen=True, slots=True, order=True)
class LongDuration:
    """A duration of days and time that `timedelta` cannot hold."""

    nanoseconds: int

    def __str__(self) -> str:
        """The ISO 8601 form, `P1DT2H3M4.123456789S`."""
        return _write(self.nanoseconds)


DaysDuration = timedelta | LongDuration
Duration = DaysDuration | YearsMonths


def count_nanoseconds(length: DaysDuration) -> int:
    if isinstance(length, LongDuration):
        return length.nanoseconds
    return (length.days * 86_400 + length.seconds) * SECOND + length.microseconds * 1_000


def days_duration(nanoseconds: int) -> DaysDuration:
    """The duration of so many nanoseconds. Raises Fault beyond what the calendar spans."""
    days, rest = divmod(nanoseconds, DAY)
    if abs(days) > MOST_DAYS:
        raise Fault("a duration of days is shorter than that")
    if rest % 1_000 == 0 and -999_999_999 <= days <= 999_999_999:
        return timedelta(days=days, seconds=rest // SECOND, microseconds=rest % SECOND // 1_000)
    return LongDuration(nanoseconds)


def months_duration(months: int) -> YearsMonths:
    """The duration of so many months. Raises Fault beyond what the calendar spans."""
    if abs(months) > MOST_MONTHS:
        raise Fault("a duration of months is shorter than that")
    return YearsMonths(months)


def write_duration(length: Duration) -> str:
    """The ISO 8601 form; the greatest units that fit, none of them nought: `P1DT1H`, `PT0S`."""
    return str(length) if isinstance(length, YearsMonths) else _write(count_nanoseconds(length))


def _write(nanoseconds: int) -> str:
    days, rest = divmod(abs(nanoseconds), DAY)
    seconds, fraction = divmod(rest, SECOND)
    hours, minutes, seconds = seconds // 3_600, seconds // 60 % 60, seconds % 60
    second = f"{seconds}{write_fraction(fraction)}"
    clock = f"{hours}H" * (hours > 0) + f"{minutes}M" * (minutes > 0) + f"{second}S" * (second != "0")
    parts = f"{days}D" * (days > 0) + f"T{clock}" * (clock != "")
    return f"{'-' if nanoseconds < 0 else ''}P{parts or 'T0S'}"


def write_fraction(nanoseconds: int) -> str:
    """`.345` for 345 000 000; nothing for none."""
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
