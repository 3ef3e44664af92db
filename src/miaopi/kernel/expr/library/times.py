"""Days, times and moments: their conversion (DMN 1.5 §10.3.4.1, table 74), their calendar (table 79), now and today (table 86)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, Overload, takes, whole
from miaopi.kernel.expr.temporal import (
    Clock,
    Day,
    DaysDuration,
    FarMoment,
    Moment,
    YearsMonths,
    read_any_day,
    read_clock,
)
from miaopi.kernel.expr.temporal.clock import make_clock, offset_zone
from miaopi.kernel.expr.temporal.day import day_of_year, make_day, months_between, week_of_year, weekday_of
from miaopi.kernel.expr.temporal.duration import SECOND
from miaopi.kernel.expr.temporal.moment import clock_of, day_of, make_moment
from miaopi.kernel.expr.temporal.reading import read_moment_or_day
from miaopi.kernel.expr.types import DATE, DATE_TIME, DAYS, MONTHS, NUMBER, STRING, TIME
from miaopi.kernel.expr.values import DECIMAL128

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _day(value: Day | Moment) -> Day:
    return day_of(value) if isinstance(value, datetime | FarMoment) else value


def _date_of_numbers(year: Decimal, month: Decimal, day: Decimal) -> Day:
    return make_day(whole(year), whole(month), whole(day))


def _time_of_day(_: Day) -> Clock:
    """A day is its midnight, UTC (§10.3.2.9.4)."""
    return time(tzinfo=UTC)


def _time_itself(clock: Clock) -> Clock:
    return clock


def _time_of_numbers(
    hour: Decimal | None, minute: Decimal | None, second: Decimal | None, offset: DaysDuration | None = None
) -> Clock | None:
    """Without an offset where that is null. Raises Fault for a time that no clock shows."""
    if hour is None or minute is None or second is None:
        return None
    hours, minutes = whole(hour), whole(minute)
    if not (0 <= hours <= 23 and 0 <= minutes <= 59 and 0 <= second < 60):
        raise Fault("the clock has no such time")
    if offset is not None and not isinstance(offset, timedelta):
        raise Fault("an offset is at most 18 hours")
    fine = int(DECIMAL128.multiply(second, Decimal(SECOND)))
    zone = None if offset is None else offset_zone(offset)
    return make_clock((hours * 3_600 + minutes * 60) * SECOND + fine, zone)


def _moment(day: Day | Moment, clock: Clock) -> Moment:
    return make_moment(_day(day), clock)


def _months_between(start: Day | Moment, end: Day | Moment) -> YearsMonths:
    return YearsMonths(months_between(_day(start), _day(end)))


def _day_of_year(day: Day | Moment) -> Decimal:
    return Decimal(day_of_year(_day(day)))


def _week_of_year(day: Day | Moment) -> Decimal:
    return Decimal(week_of_year(_day(day)))


def _day_of_week(day: Day | Moment) -> str:
    return WEEKDAYS[weekday_of(_day(day)) - 1]


def _month_of_year(day: Day | Moment) -> str:
    return MONTH_NAMES[_day(day).month - 1]


def _now(now: datetime | None) -> datetime:
    if now is None:
        raise Fault("there is no clock here")
    return now


def _today(now: datetime | None) -> date:
    return _now(now).date()


def _of_day(name: str, apply: Callable[..., object]) -> tuple[Overload, Overload]:
    """One for a day, one for a moment."""
    return takes(apply, (name, DATE)), takes(apply, (name, DATE_TIME))


CLOCK_NUMBERS: Final = (("hour", NUMBER), ("minute", NUMBER), ("second", NUMBER))
TIMES: Final[Mapping[str, Function]] = {
    "date": Function(
        DATE,
        (
            takes(read_any_day, ("from", STRING)),
            *_of_day("from", _day),
            takes(_date_of_numbers, ("year", NUMBER), ("month", NUMBER), ("day", NUMBER)),
        ),
    ),
    "time": Function(
        TIME,
        (
            takes(read_clock, ("from", STRING)),
            takes(_time_itself, ("from", TIME)),
            takes(_time_of_day, ("from", DATE)),
            takes(clock_of, ("from", DATE_TIME)),
            takes(_time_of_numbers, *CLOCK_NUMBERS),
            takes(_time_of_numbers, *CLOCK_NUMBERS, ("offset", DAYS), takes_null=True),
        ),
    ),
    "date and time": Function(
        DATE_TIME,
        (
            takes(read_moment_or_day, ("from", STRING)),
            takes(_moment, ("date", DATE), ("time", TIME)),
            takes(_moment, ("date", DATE_TIME), ("time", TIME)),
        ),
    ),
    "years and months duration": Function(
        MONTHS,
        tuple(
            takes(_months_between, ("from", start), ("to", end))
            for start in (DATE, DATE_TIME)
            for end in (DATE, DATE_TIME)
        ),
    ),
    "day of year": Function(NUMBER, _of_day("date", _day_of_year)),
    "week of year": Function(NUMBER, _of_day("date", _week_of_year)),
    "day of week": Function(STRING, _of_day("date", _day_of_week)),
    "month of year": Function(STRING, _of_day("date", _month_of_year)),
    "now": Function(DATE_TIME, (takes(_now, reads_clock=True),)),
    "today": Function(DATE, (takes(_today, reads_clock=True),)),
}
