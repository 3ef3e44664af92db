"""The text of a temporal value, by which it can be read again."""

from __future__ import annotations

from datetime import date, datetime, time

from miaopi.kernel.expr.temporal.clock import FineTime, write_clock
from miaopi.kernel.expr.temporal.comparison import Temporal
from miaopi.kernel.expr.temporal.day import FarDate
from miaopi.kernel.expr.temporal.duration import write_duration
from miaopi.kernel.expr.temporal.moment import FarMoment, write_day, write_moment


def write_temporal(value: Temporal) -> str:
    """The ISO 8601 form, with `@` and the name where the zone is a place."""
    match value:
        case datetime() | FarMoment():
            return write_moment(value)
        case date() | FarDate():
            return write_day(value)
        case time() | FineTime():
            return write_clock(value)
        case _:
            return write_duration(value)
