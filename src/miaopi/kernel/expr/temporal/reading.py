"""Days, moments and durations from their ISO 8601 text. What Python's own types cannot hold comes with step 3."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.duration import YearsMonths

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
MONTHS_DURATION: Final = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?")
DAYS_DURATION: Final = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,6}))?S)?)?"
)
# Beyond Python's types: years past 9999 or before 1, offsets with seconds, zones by name, times of day.
LATER: Final = re.compile(
    r"-[0-9]{4,}-.*|[0-9]{5,}-.*|.*T.*[+-][0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9TZ:.+-]*@.*|T?[0-9]{2}:.*"
)


def read_day(text: str) -> date:
    """`2026-11-23`. Raises Fault for any other form and for a day that the calendar does not have."""
    _refuse_later(text)
    if not DAY.fullmatch(text):
        raise Fault("a day is written as 2026-11-23")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Fault("the calendar has no such day") from None


def read_moment(text: str) -> datetime:
    """`2026-11-23T09:30:00`, with or without an offset (`Z`, `+08:00`). Raises Fault."""
    _refuse_later(text)
    if not MOMENT.fullmatch(text):
        raise Fault("a moment is written as 2026-11-23T09:30:00+08:00")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Fault("the calendar has no such moment") from None


def read_duration(text: str) -> timedelta | YearsMonths:
    """`P1Y6M` is a duration of months, `P3DT12H` one of days; the two do not mix. Raises Fault."""
    if found := MONTHS_DURATION.fullmatch(text):
        sign, years, months = found.groups("0")
        return YearsMonths(_signed(sign, int(years) * 12 + int(months)))
    if found := DAYS_DURATION.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = found.groups("0")
        try:
            length = timedelta(
                days=int(days),
                hours=int(hours),
                minutes=int(minutes),
                seconds=int(seconds),
                microseconds=int(fraction.ljust(6, "0")),
            )
        except OverflowError:
            raise Fault("a duration of days is shorter than that") from None
        return -length if sign == "-" else length
    raise Fault("a duration is written as P1Y6M or as P3DT12H")


def read_temporal(text: str) -> date | datetime | timedelta | YearsMonths:
    """What `@"…"` says: a day, a moment or a duration, by its form. Raises Fault."""
    if text.lstrip("-").startswith("P"):
        return read_duration(text)
    return read_moment(text) if "T" in text else read_day(text)


def _refuse_later(text: str) -> None:
    if LATER.fullmatch(text):
        raise Fault("such a day, moment or time of day is not read yet; it comes with step 3")


def _signed(sign: str, amount: int) -> int:
    return -amount if sign == "-" else amount
