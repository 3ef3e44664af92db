"""One evaluation, of an expression or of a whole model: what it may take, what time it is, what went wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

STEPS: Final = 100_000
LEVELS: Final = 240  # nodes inside one another while reckoning, those of functions called included
CALLS: Final = 50  # functions inside one another
LONGEST_LIST: Final = 65_536  # elements


@dataclass(slots=True)
class Run:
    """Everything is counted, never timed, so that the same evaluation always ends in the same way. `now` is the time that the
    expressions read (DMN 1.5, table 84), `faults` says what went wrong where null was given for it.
    """

    steps: int = STEPS
    now: datetime | None = None
    faults: list[str] = field(default_factory=list)
    taken: int = 0
    level: int = 0
    calls: int = 0
