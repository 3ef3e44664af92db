"""One evaluation, of an expression or of a whole model: what it may take, what time it is, what went wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

STEPS: Final = 100_000
LEVELS: Final = 240  # nodes inside one another while reckoning, those of functions called included
CALLS: Final = 50  # functions inside one another
LONGEST_LIST: Final = 65_536  # elements
LONGEST_CODE: Final = 4_096  # characters of a text of which code is made; making it takes longer than what a long one saves
MOST_CODES: Final = 400  # texts of which one evaluation takes the code; the others that it comes to are walked through
MOST_FAULTS: Final = 1_000
LONGEST_FAULT: Final = 500  # characters


class Faults(list[str]):
    """What went wrong, in its order: as much of it as anybody reads."""

    def append(self, said: str) -> None:
        if len(self) < MOST_FAULTS:
            super().append(said if len(said) <= LONGEST_FAULT else f"{said[: LONGEST_FAULT - 1]}…")


@dataclass(slots=True)
class Run:
    """Everything is counted, never timed, so that the same evaluation always ends in the same way. `now` is the time that the
    expressions read (DMN 1.5, table 84), `faults` says what went wrong where null was given for it.
    """

    steps: int = STEPS
    now: datetime | None = None
    faults: list[str] = field(default_factory=Faults)
    taken: int = 0
    level: int = 0
    calls: int = 0
    codes: set[object] = field(default_factory=set)

    @property
    def faults_are_full(self) -> bool:
        return len(self.faults) >= MOST_FAULTS

    def takes_code(self, coded: object) -> bool:
        """Whether this evaluation takes the code of that text: of those that it comes to first. It does not ask whether the code
        has been made already, for then the same evaluation could end in one process as it does not in another.
        """
        if coded not in self.codes:
            if len(self.codes) >= MOST_CODES:
                return False
            self.codes.add(coded)
        return True
