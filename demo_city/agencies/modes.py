"""How an agency behaves on demand: one word in `home/agencies/NAME.mode`, read at each call, followed by the process itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

EVERY: Final = 0.5  # thirteen processes look so often, whether anybody turns a switch or not
SLOW_SECONDS: Final = 8.0  # longer than anybody waits for this city's agencies


class Mode(StrEnum):
    """up: as it should be; down: refuses; slow: answers after everybody has left; wrong: malformed, or of somebody else;
    conflict: two records that differ."""

    UP = "up"
    DOWN = "down"
    SLOW = "slow"
    WRONG = "wrong"
    CONFLICT = "conflict"


class Switch:
    """The switch of one agency. A word that is none of the modes counts as `up`."""

    def __init__(self, home: Path, agency: str) -> None:
        self._file = home / "agencies" / f"{agency}.mode"
        self._followed = home / "agencies" / f"{agency}.followed"

    def read(self) -> Mode:
        try:
            return Mode(self._file.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return Mode.UP

    def turn(self, mode: Mode) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self._file, mode)

    def followed(self) -> Mode | None:
        """The mode that the agency's process has carried out last; `None` before it ever ran."""
        try:
            return Mode(self._followed.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None

    def forget(self) -> None:
        """Before a process is started: what an earlier one carried out says nothing of it."""
        self._followed.unlink(missing_ok=True)

    def has_followed(self, mode: Mode, *, within: float) -> bool:
        """Whether the process carries out `mode`, after waiting at most so many seconds."""
        until = time.monotonic() + within
        while self.followed() is not mode:
            if time.monotonic() > until:
                return False
            time.sleep(EVERY / 2)
        return True

    def follow(
        self, carry_out: Callable[[Mode], None], stopping: threading.Event, *, each_round: Callable[[], None] | None = None,
        every: float = EVERY,
    ) -> None:
        """Carry out each change until told to stop; the first mode at once. `each_round` is done between looks at the switch."""
        present: Mode | None = None
        while not stopping.is_set():
            if (wanted := self.read()) is not present:
                carry_out(wanted)
                present = wanted
                self._followed.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(self._followed, wanted)
            if each_round is not None:
                each_round()
            stopping.wait(every)

    def pause(self, seconds: float) -> None:
        """Stay silent so long, or until the mode is no longer slow."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self.read() is Mode.SLOW:
            time.sleep(min(EVERY, left))


def _write(path: Path, mode: Mode) -> None:
    beside = path.with_suffix(f"{path.suffix}.new")
    beside.write_text(mode, encoding="ascii")
    beside.replace(path)
