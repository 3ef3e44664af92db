"""Equality and order of two temporal values of one kind (DMN 1.5 §10.3.2.3, tables 52 and 53), and their identity."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime, time, timedelta

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.clock import Clock, FineTime, count_clock, count_offset
from miaopi.kernel.expr.temporal.day import FarDate, count_days
from miaopi.kernel.expr.temporal.duration import DAY, SECOND, LongDuration, YearsMonths, count_nanoseconds
from miaopi.kernel.expr.temporal.moment import (
    FarMoment,
    count_instant,
    count_local,
    require_zones_alike,
    zone_of,
)

TEMPORAL = (date, FarDate, time, FineTime, FarMoment, timedelta, LongDuration, YearsMonths)  # a datetime is a date
ZONED = (datetime, FarMoment, time, FineTime)
Temporal = date | FarDate | time | FineTime | datetime | FarMoment | timedelta | LongDuration | YearsMonths


def is_earlier(left: Temporal, right: Temporal) -> bool:
    """`<`. Raises Fault across kinds, and between a value with a zone and one without."""
    mine, theirs = _measures(left, right)
    return mine < theirs


def is_equal(left: Temporal, right: Temporal) -> bool:
    """`=`: the same point, whatever zone it is told in; one told in a zone and one in none are no such (DMN 1.5, table 53, and
    XML Schema 1.1 part 2 §3.3.7). Raises Fault across kinds.
    """
    if isinstance(left, ZONED) and isinstance(right, ZONED) and (zone_of(left) is None) != (zone_of(right) is None):
        return False
    mine, theirs = _measures(left, right)
    return mine == theirs


def is_identical(left: Temporal, right: Temporal) -> bool:
    """`is` (DMN 1.5 table 84): the same point told in the same zone."""
    if isinstance(left, date | FarDate | FarMoment) and isinstance(right, date | FarDate | FarMoment):
        moments = isinstance(left, datetime | FarMoment), isinstance(right, datetime | FarMoment)
        if moments == (False, False):
            return count_days(left) == count_days(right)  # type: ignore[arg-type]  # neither is a moment
        if moments != (True, True):
            return False
        return zone_of(left) == zone_of(right) and count_local(left) == count_local(right)  # type: ignore[arg-type]  # both are moments
    if isinstance(left, time | FineTime) and isinstance(right, time | FineTime):
        return left.tzinfo == right.tzinfo and count_clock(left) == count_clock(right)
    if isinstance(left, timedelta | LongDuration) and isinstance(right, timedelta | LongDuration):
        return count_nanoseconds(left) == count_nanoseconds(right)
    return isinstance(left, YearsMonths) and left == right


def measure(value: Temporal) -> tuple[Hashable, ...]:
    """Two values of one kind have the same measure if and only if they are equal."""
    match value:
        case datetime() | FarMoment():
            return zone_of(value) is None, count_instant(value)
        case date() | FarDate():
            return (count_days(value),)
        case time() | FineTime():
            return _clock_measure(value)
        case YearsMonths():
            return (value.months,)
        case _:
            return (count_nanoseconds(value),)


def _clock_measure(clock: Clock) -> tuple[Hashable, ...]:
    """In UTC; in the zone itself where its offset depends on the day."""
    if clock.tzinfo is None:
        return True, count_clock(clock)
    try:
        return False, (count_clock(clock) - count_offset(clock.tzinfo) * SECOND) % DAY
    except Fault:
        return str(clock.tzinfo), count_clock(clock)


def _measures(left: Temporal, right: Temporal) -> tuple[int, int]:
    """Both as whole numbers of one scale. Raises Fault."""
    match left, right:
        case (datetime() | FarMoment(), datetime() | FarMoment()):
            require_zones_alike(left, right)
            return count_instant(left), count_instant(right)
        case (datetime(), _) | (_, datetime()):
            pass
        case (date() | FarDate(), date() | FarDate()):
            return count_days(left), count_days(right)
        case (time() | FineTime(), time() | FineTime()):
            return _clock_measures(left, right)
        case (timedelta() | LongDuration(), timedelta() | LongDuration()):
            return count_nanoseconds(left), count_nanoseconds(right)
        case (YearsMonths(), YearsMonths()):
            return left.months, right.months
    raise Fault("temporal values of two kinds cannot be compared")


def _clock_measures(left: Clock, right: Clock) -> tuple[int, int]:
    """Nanoseconds after midnight; of times in two zones, of the midnight in UTC, within one day."""
    require_zones_alike(left, right)
    mine, theirs = left.tzinfo, right.tzinfo
    if mine is None or theirs is None or mine == theirs:
        return count_clock(left), count_clock(right)
    return (
        (count_clock(left) - count_offset(mine) * SECOND) % DAY,
        (count_clock(right) - count_offset(theirs) * SECOND) % DAY,
    )


def clock_between(later: Clock, earlier: Clock) -> int:
    """The nanoseconds from one time of day to another. Raises Fault."""
    mine, theirs = _clock_measures(later, earlier)
    return mine - theirs
