"""What must happen by itself: number the log, tell whoever listens, sign, decide what waited, deliver what is due.

Each duty stands alone: one that fails is logged and tried again in the next round, and the others go on.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Final

from django.db import connections

from miaopi.apps.approval.api import retry_waiting
from miaopi.apps.audit.api import run_after_handlers, sequence, sign_checkpoint, system, wait_for_entries
from miaopi.apps.notification.api import deliver_due
from miaopi.config import clock

log = logging.getLogger(__name__)

# Seconds between two runs of a duty; 0 is every round. A wait ends within ten seconds of its source's return.
DUTIES: Final[Mapping[str, tuple[float, Callable[[datetime], object]]]] = {
    "sequence": (0.0, lambda now: sequence()),
    "tell": (0.0, lambda now: run_after_handlers(now=now)),
    "deliver": (0.0, lambda now: deliver_due(by=system("worker"), now=now)),
    "sign": (1.0, lambda now: sign_checkpoint(now=now)),
    "retry": (2.0, lambda now: retry_waiting(by=system("worker"), now=now)),
}
FOLLOWED: Final = {"sequence", "tell"}  # after a night of silence there is a backlog: nobody rests before it is read
ROUND: Final = 0.5
GLANCE: Final = 0.1  # how soon a stop is noticed


@dataclass
class Worker:
    """Runs the duties until told to stop, which it does between two of them."""

    stopping: bool = False
    _last: dict[str, float] = field(default_factory=dict)

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            if not self.round():
                self._rest()
        return 0

    def round(self) -> bool:
        """Each duty that is due, once; whether some of the log was followed, so that there may be more of it."""
        followed = False
        for name, (every, duty) in DUTIES.items():
            if self.stopping or time.monotonic() - self._last.get(name, -every) < every:
                continue
            try:
                followed |= bool(duty(clock.now())) and name in FOLLOWED
                self._last[name] = time.monotonic()
            except Exception as error:  # a duty that fails must not stop the others; the next round tries again
                log.error("duty %s failed", name, exc_info=error)
                self._forget_connection()
        return followed

    def _rest(self) -> None:
        rested = time.monotonic() + ROUND
        try:
            while not self.stopping and time.monotonic() < rested and not wait_for_entries(timeout=GLANCE):
                pass
        except Exception as error:  # the database is away: the supervisor is bringing it back
            log.warning("nothing to wait on", exc_info=error)
            self._forget_connection()
            time.sleep(ROUND / 5)

    def _forget_connection(self) -> None:
        connections.close_all()
        time.sleep(0.1)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
