"""The arithmetic of temporal values (DMN 1.5 §10.3.2.3, tables 56 to 60). Each function raises Fault where nothing is the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.clock import Clock, FineTime, count_clock, make_clock
from miaopi.kernel.expr.temporal.comparison import Temporal, clock_between
from miaopi.kernel.expr.temporal.day import Day, FarDate, count_days, day_numbered, shift_months
from miaopi.kernel.expr.temporal.duration import (
    DAY,
    DaysDuration,
    Duration,
    LongDuration,
    YearsMonths,
    count_nanoseconds,
    days_duration,
    months_duration,
)
from miaopi.kernel.expr.temporal.moment import (
    FarMoment,
    Moment,
    clock_of,
    count_instant,
    day_of,
    make_moment,
    midnight,
    moment_at,
    require_zones_alike,
    zone_of,
)

# Wide enough for every duration times every number that a calendar can hold.
WIDE: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def add_to_day(day: Day, length: Duration) -> Day:
    """The day on which that midnight, moved on by the duration, falls."""
    if isinstance(length, YearsMonths):
        return shift_months(day, length.months)
    return day_numbered(count_days(day) + count_nanoseconds(length) // DAY)


def add_to_moment(moment: Moment, length: Duration) -> Moment:
    """Months move the day that the calendar shows; days and hours move the instant, told in the same zone."""
    if isinstance(length, YearsMonths):
        return make_moment(shift_months(day_of(moment), length.months), clock_of(moment))
    return moment_at(count_instant(moment) + count_nanoseconds(length), zone_of(moment))


def add_to_clock(clock: Clock, length: DaysDuration) -> Clock:
    """The time of day after that duration, around midnight as often as it takes."""
    return make_clock((count_clock(clock) + count_nanoseconds(length)) % DAY, clock.tzinfo)


def days_between(later: Day | Moment, earlier: Day | Moment) -> DaysDuration:
    """From one to the other; a day against a moment is its midnight, UTC."""
    if isinstance(later, datetime | FarMoment) or isinstance(earlier, datetime | FarMoment):
        until, since = _as_moment(later), _as_moment(earlier)
        require_zones_alike(until, since)
        return days_duration(count_instant(until) - count_instant(since))
    return days_duration((count_days(later) - count_days(earlier)) * DAY)


def _as_moment(value: Day | Moment) -> Moment:
    return value if isinstance(value, datetime | FarMoment) else midnight(value)


def add_durations(left: Duration, right: Duration) -> Duration:
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return months_duration(left.months + right.months)
    if isinstance(left, YearsMonths) or isinstance(right, YearsMonths):
        raise Fault("months and days do not add up")
    return days_duration(count_nanoseconds(left) + count_nanoseconds(right))


def negate_duration(length: Duration) -> Duration:
    if isinstance(length, YearsMonths):
        return YearsMonths(-length.months)
    return days_duration(-count_nanoseconds(length))


def multiply_duration(length: Duration, factor: Decimal) -> Duration:
    """Months are cut off to whole ones."""
    return _scaled(length, WIDE.multiply, factor)


def divide_duration(length: Duration, divisor: Decimal) -> Duration:
    """Months are cut off to whole ones."""
    return _scaled(length, WIDE.divide, divisor)


def _scaled(length: Duration, reckon: Callable[[Decimal, Decimal], Decimal], number: Decimal) -> Duration:
    measure = length.months if isinstance(length, YearsMonths) else count_nanoseconds(length)
    try:
        found = reckon(Decimal(measure), number)
        if found.adjusted() > WIDE.prec:
            raise Fault("the duration is too long")
        whole = int(found.to_integral_value(ROUND_DOWN))
    except DecimalException:
        raise Fault("no duration is the result") from None
    return months_duration(whole) if isinstance(length, YearsMonths) else days_duration(whole)


def ratio_of_durations(left: Duration, right: Duration, context: Context) -> Decimal:
    """How often the one goes into the other. Raises Fault between months and days, and for no duration at all."""
    if isinstance(left, YearsMonths) != isinstance(right, YearsMonths):
        raise Fault("months and days have no ratio")
    mine, theirs = (
        Decimal(one.months if isinstance(one, YearsMonths) else count_nanoseconds(one)) for one in (left, right)
    )
    if theirs == 0:
        raise Fault("no number is the result")
    return context.divide(mine, theirs)


def add(left: Temporal, right: Temporal) -> Temporal:
    """`+` of a point in time and a duration, either first, or of two durations of one kind."""
    match left, right:
        case (timedelta() | LongDuration() | YearsMonths(), timedelta() | LongDuration() | YearsMonths()):
            return add_durations(left, right)
        case (timedelta() | LongDuration() | YearsMonths(), _):
            return _moved(right, left)
        case (_, timedelta() | LongDuration() | YearsMonths()):
            return _moved(left, right)
    raise Fault("two points in time have no sum")


def subtract(left: Temporal, right: Temporal) -> Temporal:
    """`-`: a duration taken from a point in time or from another duration, or the duration between two points."""
    match left, right:
        case (_, timedelta() | LongDuration() | YearsMonths()):
            return add(left, negate_duration(right))
        case (time() | FineTime(), time() | FineTime()):
            return days_duration(clock_between(left, right))
        case (date() | FarDate() | FarMoment(), date() | FarDate() | FarMoment()):
            return days_between(left, right)
    raise Fault("these have no difference")


def _moved(point: Temporal, length: Duration) -> Temporal:
    match point:
        case datetime() | FarMoment():
            return add_to_moment(point, length)
        case date() | FarDate():
            return add_to_day(point, length)
        case time() | FineTime() if not isinstance(length, YearsMonths):
            return add_to_clock(point, length)
    raise Fault("a time of day has no months")
