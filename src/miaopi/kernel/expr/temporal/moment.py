"""Moments: a day and a time of day, with a zone or without (DMN 1.5 §10.3.2.3.6).

A moment is Python's `datetime` where that holds it, and a `FarMoment` beyond: nanoseconds, and years before 1 or after 9999.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.clock import (
    Clock,
    count_clock,
    count_offset,
    make_clock,
    offset_at,
    write_clock,
)
from miaopi.kernel.expr.temporal.day import Day, FarDate, count_days, day_numbered
from miaopi.kernel.expr.temporal.duration import DAY, SECOND
from miaopi.kernel.frozen import frozen


@frozen
class FarMoment:
    """A moment that `datetime` cannot hold."""

    day: Day
    clock: Clock

    def __str__(self) -> str:
        """The ISO 8601 form."""
        return write_moment(self)


Moment = datetime | FarMoment


def make_moment(day: Day, clock: Clock) -> Moment:
    if isinstance(day, date) and isinstance(clock, time):
        return datetime.combine(day, clock)
    return FarMoment(day, clock)


def day_of(moment: Moment) -> Day:
    return moment.date() if isinstance(moment, datetime) else moment.day


def clock_of(moment: Moment) -> Clock:
    return moment.timetz() if isinstance(moment, datetime) else moment.clock


def zone_of(value: Moment | Clock) -> tzinfo | None:
    return value.clock.tzinfo if isinstance(value, FarMoment) else value.tzinfo


def write_day(day: Day) -> str:
    return str(day) if isinstance(day, FarDate) else day.isoformat()


def write_moment(moment: Moment) -> str:
    return f"{write_day(day_of(moment))}T{write_clock(clock_of(moment))}"


def midnight(day: Day) -> Moment:
    """The day as a moment, as DMN 1.5 §10.3.2.9.4 makes it one: midnight, UTC."""
    return make_moment(day, time(tzinfo=UTC))


def count_local(moment: Moment) -> int:
    """Nanoseconds since the day numbered 0, as the clock of that place shows it."""
    return count_days(day_of(moment)) * DAY + count_clock(clock_of(moment))


def count_instant(moment: Moment) -> int:
    """Nanoseconds since the day numbered 0, UTC; without a zone, those of the place."""
    zone = zone_of(moment)
    ahead = 0 if zone is None else count_offset(zone, day_of(moment), clock_of(moment)) * SECOND
    return count_local(moment) - ahead


def moment_at(instant: int, zone: tzinfo | None) -> Moment:
    """The moment of that instant, told in that zone. Raises Fault outside the calendar."""
    fold = 0
    if zone is not None:
        ahead, fold = offset_at(zone, instant)
        instant += ahead * SECOND
    days, rest = divmod(instant, DAY)
    return make_moment(day_numbered(days), make_clock(rest, zone, fold))


def require_zones_alike(left: Moment | Clock, right: Moment | Clock) -> None:
    """Raises Fault where only one of them says in which zone it is told."""
    if (zone_of(left) is None) != (zone_of(right) is None):
        raise Fault("a moment with an offset cannot be compared with one without")
