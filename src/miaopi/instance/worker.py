"""What must happen by itself: number the log, tell whoever listens, sign, decide what waited, deliver what is due.

Each duty stands alone: one that fails is logged and tried again in the next round, and the others go on. What asks somebody
outside has a thread of its own, so that a counterpart that hangs stops neither numbers nor signatures.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Final

from django.db import connections

from miaopi.apps.appointment.api import run_due as run_visits
from miaopi.apps.approval.api import retry_waiting, run_redecisions
from miaopi.apps.audit.api import (
    Gaze,
    has_failed_due,
    run_after_handlers,
    sequence,
    sign_checkpoint,
    system,
    wait_for_entries,
)
from miaopi.apps.exchange.api import (
    forget_health,
    forget_tickets,
    run_agreements,
    run_disputes,
    run_objections,
)
from miaopi.apps.licence.api import register_due, renew_signing_keys
from miaopi.apps.notification.api import ask_due, deliver_due
from miaopi.apps.treasury.api import pay_due, run_due
from miaopi.config import clock

log = logging.getLogger(__name__)

Duty = Callable[[datetime], object]


def list_duties(gaze: Gaze) -> Mapping[str, tuple[float, Duty]]:
    """Seconds between two runs of a duty. What was committed is numbered and handlers are told of it at once, whatever stands here."""
    return {
        "sequence": (5.0, lambda now: sequence()),
        "tell": (5.0, lambda now: run_after_handlers(now=now, gaze=gaze)),
        "tell again": (0.0, lambda now: run_after_handlers(now=now, gaze=gaze) if has_failed_due(now) else 0),
        "sign": (1.0, lambda now: sign_checkpoint(now=now)),
        "visits": (5.0, lambda now: run_visits(by=system("worker"), now=now)),
        "agreements": (5.0, lambda now: run_agreements(by=system("worker"), now=now)),
        "tickets": (60.0, lambda now: forget_tickets(by=system("worker"), now=now)),
        "health": (600.0, lambda now: forget_health(by=system("worker"), now=now)),
        "disputes": (5.0, lambda now: run_disputes(by=system("worker"), now=now)),
        "objections": (5.0, lambda now: run_objections(by=system("worker"), now=now)),
        "renew": (60.0, lambda now: renew_signing_keys(by=system("worker"), now=now)),
    }


# Seconds of rest after a run, at least and at most; between them the next one begins when the log has gone on, for what is due at once
# comes with an entry. A wait ends within ten seconds of its source's return.
OUTSIDE: Final[Mapping[str, tuple[float, float, Duty]]] = {
    "deliver": (0.5, 2.0, lambda now: deliver_due(by=system("worker"), now=now)),
    "ask whether it arrived": (1.0, 2.0, lambda now: ask_due(by=system("worker"), now=now)),
    "register": (0.5, 2.0, lambda now: register_due(by=system("worker"), now=now)),
    "retry": (2.0, 2.0, lambda now: retry_waiting(by=system("worker"), now=now)),
    "decide again": (2.0, 2.0, lambda now: run_redecisions(by=system("worker"), now=now)),
    "list payments": (5.0, 5.0, lambda now: run_due(by=system("worker"), now=now)),
    "pay": (1.0, 5.0, lambda now: pay_due(by=system("worker"), now=now)),
}
FOLLOWED: Final = {"sequence", "tell", "tell again"}  # after a night of silence there is a backlog: nobody rests before it is read
ROUND: Final = 1.0
GLANCE: Final = 0.5  # how soon a stop is noticed
FAREWELL: Final = 5.0  # seconds; what is still outside then is left: it was booked before it was tried, and is tried again


@dataclass
class Worker:
    """Runs the duties until told to stop, which it does between two of them."""

    duties: Mapping[str, tuple[float, Duty]] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    _gaze: Gaze = field(default_factory=Gaze)
    _news: Mapping[str, threading.Event] = field(default_factory=lambda: {name: threading.Event() for name in OUTSIDE})
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.duties = self.duties or list_duties(self._gaze)

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        outside = [threading.Thread(target=self._repeat, args=(name,), name=name, daemon=True) for name in OUTSIDE]
        for thread in outside:
            thread.start()
        heard = True
        while not self.stopping.is_set():
            heard = self.round(heard=heard) or self._rest()
        self._wake()
        until = time.monotonic() + FAREWELL
        for thread in outside:
            thread.join(timeout=max(0.0, until - time.monotonic()))
        return 0

    def round(self, *, heard: bool) -> bool:
        """Each duty that is due, once; whether some of the log was followed, so that there may be more of it.

        What follows the log is due whenever the log went on: where that was `heard` of, or an earlier duty of the round did it.
        """
        followed = False
        for name, (every, duty) in self.duties.items():
            is_due = time.monotonic() - self._last.get(name, -every) >= every
            if self.stopping.is_set() or not (is_due or (name in FOLLOWED and (heard or followed))):
                continue
            try:
                followed |= bool(duty(clock.now())) and name in FOLLOWED
                self._last[name] = time.monotonic()
            except Exception as error:  # a duty that fails must not stop the others; the next round tries again
                log.error("duty %s failed", name, exc_info=error)
                self._last.pop(name, None)
                self._forget_connection()
        if followed:
            self._wake()
        return followed

    def _wake(self) -> None:
        for each in self._news.values():
            each.set()

    def _repeat(self, name: str) -> None:
        """One duty over and over, on a connection of this thread."""
        least, most, duty = OUTSIDE[name]
        news = self._news[name]
        while not self.stopping.is_set():
            news.clear()  # before the run: what comes meanwhile is not overslept
            try:
                duty(clock.now())
            except Exception as error:  # the thread must outlive what befalls a run; the next one tries again
                log.error("duty %s failed", name, exc_info=error)
                self._forget_connection()
            self.stopping.wait(least)
            if not self.stopping.is_set():
                news.wait(most - least)
        connections.close_all()

    def _rest(self) -> bool:
        """Wait for the next round; whether the log went on meanwhile."""
        rested = time.monotonic() + ROUND
        try:
            while not self.stopping.is_set() and time.monotonic() < rested:
                if wait_for_entries(timeout=GLANCE):
                    return True
        except Exception as error:  # the database is away: the supervisor is bringing it back
            log.warning("nothing to wait on", exc_info=error)
            self._forget_connection()
            time.sleep(0.1)
        return False

    def _forget_connection(self) -> None:
        """Close the connections of this thread; what comes back may be another log than the one that was looked at."""
        connections.close_all()
        self._gaze.seen.clear()
        time.sleep(0.1)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()
