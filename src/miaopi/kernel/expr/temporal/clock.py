"""Times of day and the zones they are told in (DMN 1.5 §10.3.2.3.5).

A time of day is Python's `time` where that holds it, and a `FineTime` where its second has nanoseconds. Its zone is an
offset, a place of the IANA time zone database, or none.
"""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.day import CYCLE_YEARS, Day, day_numbered
from miaopi.kernel.expr.temporal.duration import DAY, SECOND, write_fraction
from miaopi.kernel.frozen import frozen

WIDEST_OFFSET: Final = timedelta(hours=18)


@frozen
class FineTime:
    """A time of day to the nanosecond. `fold` is 1 in the hour that a zone tells twice, the second time."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None
    fold: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """The ISO 8601 form, `10:15:30.123456789@Europe/Paris`."""
        return write_clock(self)


Clock = time | FineTime


def make_clock(nanoseconds: int, zone: tzinfo | None = None, fold: int = 0) -> Clock:
    """The time of day so many nanoseconds after midnight."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    hour, minute, second = seconds // 3_600, seconds // 60 % 60, seconds % 60
    if fraction % 1_000:
        return FineTime(hour, minute, second, fraction, zone, fold)
    return time(hour, minute, second, fraction // 1_000, zone, fold=fold)


def count_clock(clock: Clock) -> int:
    """Nanoseconds after midnight, as that clock shows it."""
    fraction = clock.nanosecond if isinstance(clock, FineTime) else clock.microsecond * 1_000
    return (clock.hour * 3_600 + clock.minute * 60 + clock.second) * SECOND + fraction


def write_clock(clock: Clock) -> str:
    fraction = write_fraction(count_clock(clock) % SECOND)
    return f"{clock.hour:02}:{clock.minute:02}:{clock.second:02}{fraction}{write_zone(clock.tzinfo)}"


def offset_zone(offset: timedelta) -> timezone:
    """A zone that is an offset and nothing more. Raises Fault beyond 18 hours."""
    if abs(offset) > WIDEST_OFFSET:
        raise Fault("an offset is at most 18 hours")
    return timezone(offset)


def write_zone(zone: tzinfo | None) -> str:
    """`Z`, `+08:00`, `+08:05:43`, `@Asia/Shanghai`; nothing for none."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    seconds = count_offset(zone)
    if seconds == 0:
        return "Z"
    hours, rest = divmod(abs(seconds), 3_600)
    minutes, second = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}" + f":{second:02}" * (second > 0)


def count_offset(zone: tzinfo, day: Day | None = None, clock: Clock | None = None) -> int:
    """The seconds by which that zone is ahead of UTC, at that day and time where it depends on them. Raises Fault."""
    if day is not None and clock is not None:
        return _ahead(_near(day, clock, zone))
    winter, summer = (_ahead(_near(day, time(12), zone)) for day in (WINTER, SUMMER))
    if winter != summer:
        raise Fault("the offset of that zone depends on the day")
    return winter


def offset_at(zone: tzinfo, instant: int) -> tuple[int, int]:
    """The seconds ahead of UTC at an instant (nanoseconds since the day numbered 0, UTC), and the fold."""
    days, rest = divmod(instant, DAY)
    told = _near(day_numbered(days), make_clock(rest), UTC).astimezone(zone)
    return _ahead(told), told.fold


def _ahead(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta(0)) // timedelta(seconds=1)


def _near(day: Day, clock: Clock, zone: tzinfo) -> datetime:
    """A moment for which every zone has the same rules, within the years that Python's zones know."""
    year = day.year
    if not 2 <= year <= 9998:
        year = year % CYCLE_YEARS + (9_200 if year > 1 else CYCLE_YEARS)
    return datetime(
        year, day.month, day.day, clock.hour, clock.minute, clock.second, tzinfo=zone, fold=clock.fold
    )


WINTER: Final = date(2000, 1, 1)
SUMMER: Final = date(2000, 7, 1)
