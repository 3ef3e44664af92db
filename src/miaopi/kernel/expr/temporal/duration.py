"""Durations (DMN 1.5 §10.3.2.3.7, §10.3.2.3.8): of months, and of days and time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months; how many days that is depends on the day it is added to."""

    months: int

    def __str__(self) -> str:
        """The ISO 8601 form, `P1Y6M`."""
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.months < 0 else ''}P{parts or '0M'}"
