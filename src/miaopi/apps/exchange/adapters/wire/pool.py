"""Kept connections to one agency, and the making of new ones by threads: names are resolved and keys agreed on without a limit of ours."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from miaopi.apps.exchange.adapters.answers import Failure, silence
from miaopi.apps.exchange.adapters.wire.talks import Talk, by_thread

MOST_OPENING: Final = 16  # threads that make connections to one agency: where that hangs they must not pile up
KEPT_FOR: Final = 30.0  # seconds without use


class Connection(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """`open` makes a connection within so many seconds, or raises Silence. Calls come from several threads at once."""

    def __init__(self, agency: str, open: Callable[[float], C], most: int) -> None:
        self._agency, self._open, self._most = agency, open, most
        self._lock = threading.Lock()
        self._kept: deque[tuple[C, float]] = deque()
        self._opening = 0
        self._is_closed = False

    def find_kept(self) -> C | None:
        """The one used last, if any is young enough."""
        with self._lock:
            while self._kept and self._kept[0][1] + KEPT_FOR < time.monotonic():
                self._kept.popleft()[0].close()
            return self._kept.pop()[0] if self._kept else None

    def open(self, until: float) -> Talk[C]:
        """A new one. Raises Silence."""
        with self._lock:
            if self._opening >= MOST_OPENING:
                raise silence(self._agency, Failure.TIMEOUT)
            self._opening += 1
        is_counted = True

        def uncount() -> None:
            nonlocal is_counted
            with self._lock:
                self._opening -= is_counted
                is_counted = False

        def connect() -> C:
            try:
                return self._open(until - time.monotonic())
            finally:
                uncount()

        try:
            return (yield from by_thread(connect, unheard=self.keep))
        except Exception:  # whatever it was, the thread is over, or there was none: the system may have had no more of them for a while
            uncount()
            raise

    def keep(self, connection: C) -> None:
        """For the next question; closed where enough are kept."""
        with self._lock:
            if len(self._kept) < self._most and not self._is_closed:
                self._kept.append((connection, time.monotonic()))
                return
        connection.close()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            kept, self._kept = self._kept, deque()
        for connection, _ in kept:
            connection.close()
