"""What stands after a dot: the parts of temporal values (DMN 1.5 §10.3.2.13, table 65)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal.clock import Clock, FineTime, count_offset
from miaopi.kernel.expr.temporal.comparison import Temporal
from miaopi.kernel.expr.temporal.day import FarDate, weekday_of
from miaopi.kernel.expr.temporal.duration import SECOND, LongDuration, YearsMonths, count_nanoseconds
from miaopi.kernel.expr.temporal.moment import FarMoment, Moment, clock_of, day_of, zone_of

Part = Decimal | str | timedelta | None


def part_of(value: Temporal, name: str) -> Part:
    """`value.name`; null for a zone that is not there. Raises Fault for a part that such a value has not."""
    found = _parts(value).get(name)
    if found is None:
        raise Fault(f"there is no part {name}")
    return found(value)


def _parts(value: Temporal) -> Mapping[str, Callable[[Any], Part]]:
    match value:
        case datetime() | FarMoment():
            return MOMENT_PARTS
        case date() | FarDate():
            return DAY_PARTS
        case time() | FineTime():
            return CLOCK_PARTS
        case YearsMonths():
            return MONTHS_PARTS
        case _:
            return DAYS_PARTS


def _timezone(value: Moment | Clock) -> str | None:
    zone = zone_of(value)
    return zone.key if isinstance(zone, ZoneInfo) else None


def _offset_of_moment(moment: Moment) -> timedelta | None:
    zone = zone_of(moment)
    return None if zone is None else timedelta(seconds=count_offset(zone, day_of(moment), clock_of(moment)))


def _offset_of_clock(clock: Clock) -> timedelta | None:
    """None, too, where the offset of the place depends on a day that nobody has told."""
    try:
        return None if clock.tzinfo is None else timedelta(seconds=count_offset(clock.tzinfo))
    except Fault:
        return None


def _toward_zero(amount: int, unit: int) -> int:
    return amount // unit if amount >= 0 else -(-amount // unit)


def _part_of_length(unit: int, of: int | None = None) -> Callable[[timedelta | LongDuration], Decimal]:
    """How many whole units, within the next greater one; a negative duration has negative parts."""

    def read(length: timedelta | LongDuration) -> Decimal:
        seconds = _toward_zero(count_nanoseconds(length), SECOND)
        within = seconds if of is None else seconds - _toward_zero(seconds, of) * of
        return Decimal(_toward_zero(within, unit))

    return read


DAY_PARTS: Final[Mapping[str, Callable[[Any], Part]]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(weekday_of(day)),
}
CLOCK_PARTS: Final[Mapping[str, Callable[[Any], Part]]] = {
    "hour": lambda clock: Decimal(clock.hour),
    "minute": lambda clock: Decimal(clock.minute),
    "second": lambda clock: Decimal(clock.second),
    "time offset": _offset_of_clock,
    "timezone": _timezone,
}


def _of_day(read: Callable[[Any], Part]) -> Callable[[Moment], Part]:
    return lambda moment: read(day_of(moment))


def _of_clock(read: Callable[[Any], Part]) -> Callable[[Moment], Part]:
    return lambda moment: read(clock_of(moment))


MOMENT_PARTS: Final[Mapping[str, Callable[[Any], Part]]] = {
    **{name: _of_day(read) for name, read in DAY_PARTS.items()},
    **{name: _of_clock(read) for name, read in CLOCK_PARTS.items()},
    "time offset": _offset_of_moment,
}
DAYS_PARTS: Final[Mapping[str, Callable[[Any], Part]]] = {
    "days": _part_of_length(86_400),
    "hours": _part_of_length(3_600, of=86_400),
    "minutes": _part_of_length(60, of=3_600),
    "seconds": _part_of_length(1, of=60),
}
MONTHS_PARTS: Final[Mapping[str, Callable[[Any], Part]]] = {
    "years": lambda length: Decimal(_toward_zero(length.months, 12)),
    "months": lambda length: Decimal(length.months - _toward_zero(length.months, 12) * 12),
}
