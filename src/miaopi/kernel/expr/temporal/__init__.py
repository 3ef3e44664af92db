"""Days, times of day, moments and durations: how they are read, written, compared and reckoned with."""

from __future__ import annotations

from miaopi.kernel.expr.temporal.reading import read_day, read_duration, read_moment, read_temporal

__all__ = ["read_day", "read_duration", "read_moment", "read_temporal"]
