"""What an expression gives, as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from miaopi.kernel.expr import Run, read
from miaopi.kernel.expr.library.writing import write_value

NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def answer(text: str, *, now: datetime | None = NOW) -> str:
    """The value of the expression, read as models are, written as it would be read again."""
    return write_value([read(text, ()).evaluate({}, run=Run(now=now))])[1:-1]
