"""Reads of what agencies counted for base registers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from miaopi.apps.exchange import models
from miaopi.kernel.frozen import frozen


@frozen
class Coverage:
    """The latest figures of one source of a base field; none where it was not counted."""

    source: str
    counted_at: datetime
    everybody: int | None
    known: int | None
    absent: int | None
    unknown: int | None
    conflict: int | None

    @property
    def share(self) -> float | None:
        """The part of all parties of whom the source knows a value."""
        return None if not self.everybody or self.known is None else min(1.0, self.known / self.everybody)

    def to_json(self) -> dict[str, object]:
        return {
            "source": self.source, "since": self.counted_at.isoformat(), "everybody": self.everybody, "known": self.known,
            "absent": self.absent, "unknown": self.unknown, "conflict": self.conflict,
            "share": None if self.share is None else round(self.share, 4),
        }


def list_coverage(register: str) -> Mapping[str, Sequence[Coverage]]:
    """The latest figures of each source, by base field."""
    rows = models.CoverageFigure.objects.filter(register=register).order_by("field", "source", "-counted_at")
    found: dict[str, list[Coverage]] = {}
    for row in rows.distinct("field", "source"):
        figures = Coverage(row.source, row.counted_at, row.everybody, row.known, row.absent, row.unknown, row.conflict)
        found.setdefault(row.field, []).append(figures)
    return found
