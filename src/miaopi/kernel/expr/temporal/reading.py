"""Days, times of day, moments and durations from their text (ISO 8601, XML Schema; DMN 1.5 §10.3.4.1)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.clock import Clock, make_clock, offset_zone
from miaopi.kernel.expr.temporal.day import Day, count_days, day_numbered, make_day
from miaopi.kernel.expr.temporal.duration import DAY as DAY_LENGTH
from miaopi.kernel.expr.temporal.duration import (
    SECOND,
    DaysDuration,
    Duration,
    YearsMonths,
    days_duration,
    months_duration,
)
from miaopi.kernel.expr.temporal.moment import Moment, make_moment
from miaopi.kernel.expr.temporal.zones import zone_named

DAY_PATTERN: Final = r"(-(?!0000)(?:[1-9][0-9]{4,8}|[0-9]{4})|[1-9][0-9]{4,8}|[0-9]{4})-([0-9]{2})-([0-9]{2})"
CLOCK_PATTERN: Final = (
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*)?"
)
DAY: Final = re.compile(DAY_PATTERN)
CLOCK: Final = re.compile(CLOCK_PATTERN)
MOMENT: Final = re.compile(f"{DAY_PATTERN}T{CLOCK_PATTERN}")
MONTHS_DURATION: Final = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
DAYS_DURATION: Final = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]{0,9}))?S)?)?"
)


def read_day(text: str) -> date:
    """A day as a fact is written, `2026-11-23`, of the years 1 to 9999. Raises Fault."""
    found = read_any_day(text)
    if not isinstance(found, date):
        raise Fault("the day lies outside the years 1 to 9999")
    return found


def read_moment(text: str) -> datetime:
    """A moment as a fact is written, `2026-11-23T09:30:00+08:00`, to the microsecond. Raises Fault."""
    found = read_any_moment(text)
    if not isinstance(found, datetime):
        raise Fault("the moment lies outside the years 1 to 9999, or has nanoseconds")
    return found


def read_any_day(text: str) -> Day:
    """`2026-11-23`, `-0044-03-15`, `99999-01-01`. Raises Fault."""
    found = DAY.fullmatch(text)
    if not found:
        raise Fault("a day is written as 2026-11-23")
    return make_day(*map(int, found.groups()))


def read_clock(text: str) -> Clock:
    """`09:30:00`, `09:30:00.5Z`, `09:30:00@Asia/Shanghai`. Raises Fault."""
    found = CLOCK.fullmatch(text)
    if not found:
        raise Fault("a time of day is written as 09:30:00")
    nanoseconds, zone = _clock(found.groups())
    return make_clock(nanoseconds % DAY_LENGTH, zone)


def read_any_moment(text: str) -> Moment:
    """`2026-11-23T09:30:00`, with or without a zone; 24:00:00 is the midnight that follows. Raises Fault."""
    found = MOMENT.fullmatch(text)
    if not found:
        raise Fault("a moment is written as 2026-11-23T09:30:00+08:00")
    day = make_day(*map(int, found.groups()[:3]))
    nanoseconds, zone = _clock(found.groups()[3:])
    if nanoseconds == DAY_LENGTH:
        day = day_numbered(count_days(day) + 1)
    return make_moment(day, make_clock(nanoseconds % DAY_LENGTH, zone))


def read_moment_or_day(text: str) -> Moment:
    """A moment, or a day that stands for its midnight, without a zone. Raises Fault."""
    return make_moment(read_any_day(text), time()) if DAY.fullmatch(text) else read_any_moment(text)


def read_duration(text: str) -> Duration:
    """`P1Y6M` is a duration of months, `P3DT12H` one of days; the two do not mix. Raises Fault."""
    if found := MONTHS_DURATION.fullmatch(text):
        sign, years, months = found.groups("0")
        return _months(sign, int(years) * 12 + int(months))
    if found := DAYS_DURATION.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = found.groups("0")
        whole = int(days) * 86_400 + int(hours) * 3_600 + int(minutes) * 60 + int(seconds)
        return _days(sign, whole * SECOND + int(fraction.ljust(9, "0")))
    raise Fault("a duration is written as P1Y6M or as P3DT12H")


def read_temporal(text: str) -> Day | Clock | Moment | Duration:
    """What `@"…"` says: a day, a time of day, a moment or a duration, by its form. Raises Fault."""
    if text.lstrip("-").startswith("P"):
        return read_duration(text)
    if "T" in text.partition("@")[0]:
        return read_any_moment(text)
    return read_clock(text) if ":" in text else read_any_day(text)


def _clock(found: tuple[str | None, ...]) -> tuple[int, tzinfo | None]:
    """Nanoseconds after midnight, and the zone. Raises Fault."""
    hour, minute, second, fraction, zone = found
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    nanoseconds = (hours * 3_600 + minutes * 60 + seconds) * SECOND + int((fraction or "").ljust(9, "0"))
    if hours > 24 or minutes > 59 or seconds > 59 or nanoseconds > DAY_LENGTH:
        raise Fault("the clock has no such time")
    return nanoseconds, _zone(zone or "")


def _zone(text: str) -> tzinfo | None:
    if text == "":
        return None
    if text in ("Z", "z"):
        return offset_zone(timedelta(0))
    if text.startswith("@"):
        return zone_named(text[1:])
    hours, minutes, seconds = (int(part) for part in f"{text[1:]}:00".split(":")[:3])
    if minutes > 59 or seconds > 59:
        raise Fault("an offset has at most 59 minutes and 59 seconds")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return offset_zone(-offset if text[0] == "-" else offset)


def _months(sign: str, months: int) -> YearsMonths:
    return months_duration(-months if sign else months)


def _days(sign: str, nanoseconds: int) -> DaysDuration:
    return days_duration(-nanoseconds if sign else nanoseconds)
