"""Days, times of day, moments and durations: how they are read, written, compared and reckoned with."""

from __future__ import annotations

from miaopi.kernel.expr.temporal.clock import Clock, FineTime
from miaopi.kernel.expr.temporal.comparison import TEMPORAL, Temporal, is_earlier, is_equal, is_identical
from miaopi.kernel.expr.temporal.day import Day, FarDate
from miaopi.kernel.expr.temporal.duration import DaysDuration, Duration, LongDuration, YearsMonths
from miaopi.kernel.expr.temporal.moment import FarMoment, Moment, midnight
from miaopi.kernel.expr.temporal.parts import part_of
from miaopi.kernel.expr.temporal.reading import (
    read_any_day,
    read_any_moment,
    read_clock,
    read_day,
    read_duration,
    read_moment,
    read_temporal,
)
from miaopi.kernel.expr.temporal.reckoning import (
    add,
    divide_duration,
    multiply_duration,
    negate_duration,
    ratio_of_durations,
    subtract,
)
from miaopi.kernel.expr.temporal.writing import write_temporal

__all__ = [
    "TEMPORAL",
    "Clock",
    "Day",
    "DaysDuration",
    "Duration",
    "FarDate",
    "FarMoment",
    "FineTime",
    "LongDuration",
    "Moment",
    "Temporal",
    "YearsMonths",
    "add",
    "divide_duration",
    "is_earlier",
    "is_equal",
    "is_identical",
    "midnight",
    "multiply_duration",
    "negate_duration",
    "part_of",
    "ratio_of_durations",
    "read_any_day",
    "read_any_moment",
    "read_clock",
    "read_day",
    "read_duration",
    "read_moment",
    "read_temporal",
    "subtract",
    "write_temporal",
]
