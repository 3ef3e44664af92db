"""Two locks of a home: the supervisor's, held by one, and the verbs', held by all who need the instance.

The supervisor stops only while it holds the verbs' lock alone, so a verb that got in finds it either up or gone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miaopi.instance.home import Home


class AlreadySupervised(Exception):
    """Another process owns this home."""


def supervisor_lock(home: Home) -> Path:
    return home.folder / "supervisor.lock"


def verbs_lock(home: Home) -> Path:
    return home.folder / "verbs.lock"


@contextmanager
def owned(home: Home) -> Iterator[None]:
    """Own the home; AlreadySupervised if somebody else does. The file then holds our number."""
    with open(supervisor_lock(home), "a+", encoding="ascii") as file:
        for _ in range(10):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # A verb looks by taking the lock shared for an instant.
                time.sleep(0.05)
        else:
            raise AlreadySupervised(str(home.folder))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def find_supervisor(home: Home) -> int | None:
    """The number of the process that owns the home now, if one does."""
    try:
        with open(supervisor_lock(home), encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                number = file.read().strip()
                return int(number) if number else None
    except FileNotFoundError:
        pass
    return None


@contextmanager
def shared(home: Home) -> Iterator[None]:
    """Be one of the verbs; waits while a supervisor is on its way out."""
    with open(verbs_lock(home), "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


class VerbWatch:
    """Tells how long no verb has been there; `keep_out` lets no new one in."""

    def __init__(self, home: Home) -> None:
        self._file = open(verbs_lock(home), "a", encoding="ascii")  # noqa: SIM115 - held as long as the supervisor lives
        self._alone_since: float | None = None

    def seconds_alone(self) -> float:
        if not self.keep_out():
            self._alone_since = None
            return 0.0
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._alone_since = self._alone_since or time.monotonic()
        return time.monotonic() - self._alone_since

    def keep_out(self) -> bool:
        """Hold the lock alone, if nobody shares it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
