"""How a line has been lately: what its agency answered in which time, and when it rests after repeated silence.

Each process has lines of its own. What one remembers is told to the others when it changed, and every half minute while it is asked;
what all of them say together is how the agency is.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

from miaopi.apps.exchange.adapters.answers import Failure
from miaopi.apps.exchange.adapters.port import Hindrance
from miaopi.kernel.frozen import frozen

OPENS_AFTER: Final = 3  # silences in a row
RESTS: Final = 2.0  # seconds, the first time; short, because a waiting case is decided within seconds of the source's return
RESTS_AT_MOST: Final = 5.0
GROWS: Final = 1.5
REMEMBERED: Final = 100  # answers
SHORTEST: Final = 0.25  # seconds: who was given less has not been found silent
ASKEW: Final = timedelta(minutes=5)  # by which the clock of another process may be ahead
TOLD_EVERY: Final = 30.0  # seconds: times and counts of a line whose state stays as it is


class State(StrEnum):
    """As a person who looks after sources would say it."""

    UNASKED = "unasked"
    UP = "up"
    SLOW = "slow"  # one answer in twenty takes more than half of what the agency is given
    SILENT = "silent"  # the last question came to nothing
    RESTING = "resting"  # so did several: nobody is asked for some seconds, then one
    CHANGED = "changed"  # it answers, but no longer has what our configuration names: a person must mend one of them


@frozen
class Memory:
    """What one process knows of an agency. `took`: the times of its last answers in milliseconds; `failed_at`: of the last failure, if
    nothing came since; `rests_until`: whom it left alone until then. `failures` by kind since the process began, a changed schema among
    them; `changed` are the resources that have one now."""

    took: tuple[int, ...] = ()
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    rests_until: datetime | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def is_of_tomorrow(self, now: datetime) -> bool:
        return any(each is not None and each > now + ASKEW for each in (self.answered_at, self.failed_at))


@frozen
class Condition:
    """How an agency is, as all processes together have found it. Times in milliseconds, of the last answers of each."""

    state: State
    answered_at: datetime | None
    p50: int | None
    p95: int | None
    failures: Mapping[str, int]
    changed: frozenset[str] = frozenset()


def compute_condition(memories: Iterable[Memory], *, limit: float, now: datetime) -> Condition:
    """Whoever heard of the agency last is right about its state; `limit` is what it is given, in seconds. Whose clock is ahead would be
    right for ever: what it says is left out."""
    known = [each for each in memories if not each.is_of_tomorrow(now)]
    took = sorted(chain.from_iterable(each.took for each in known))
    p50, p95 = (took[int(len(took) * part)] if took else None for part in (0.5, 0.95))
    failures: Counter[str] = Counter()
    for each in known:
        failures.update(each.failures)
    answered_at = max((each.answered_at for each in known if each.answered_at is not None), default=None)
    silent = [each for each in known if each.failed_at is not None and (answered_at is None or each.failed_at >= answered_at)]
    if silent:
        is_resting = any(each.rests_until is not None and each.rests_until > now for each in silent)
        state = State.RESTING if is_resting else State.SILENT
    elif p95 is None:
        state = State.UNASKED
    else:
        state = State.SLOW if p95 > 500 * limit else State.UP
    return Condition(state, answered_at, p50, p95, dict(failures), frozenset().union(*(each.changed for each in known)))


class Health:
    """The memory of one line. `clock` gives seconds that only grow. Calls come from several threads at once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._took: deque[float] = deque(maxlen=REMEMBERED)
        self._failures: Counter[str] = Counter()
        self._changed: set[str] = set()
        self._answered_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._rested_until: datetime | None = None  # as the clock of the house says it
        self._silences = 0
        self._rest = RESTS
        self._rests_until = 0.0
        self._has_news = self._has_figures = False
        self._tells_at = 0.0

    def may_ask(self) -> bool:
        """Whether to ask now. After a rest one question tries the line; the others go on resting meanwhile."""
        if self._silences < OPENS_AFTER:
            return True
        with self._lock:
            if self.is_resting():
                return False
            if self._silences >= OPENS_AFTER:
                self._rests_until = self._clock() + self._rest
            return True

    def is_resting(self) -> bool:
        return self._silences >= OPENS_AFTER and self._clock() < self._rests_until

    def join_rest(self, until: datetime, at: datetime) -> None:
        """Leave the agency alone as another process does, from `at` on; never longer than one of its own would, and not for one whose
        clock is ahead: nobody who starts would ever ask."""
        if at < until <= at + ASKEW:
            with self._lock:
                self._silences = OPENS_AFTER
                self._rests_until = self._clock() + min(RESTS_AT_MOST, (until - at).total_seconds())

    def note_answer(self, took: float, at: datetime) -> None:
        with self._lock:
            self._has_news |= bool(self._silences) or not self._took
            self._has_figures = True
            self._took.append(took)
            self._answered_at = at if self._answered_at is None else max(at, self._answered_at)
            self._silences, self._rest, self._failed_at, self._rested_until = 0, RESTS, None, None

    def note_schema(self, resource: str, *, is_changed: bool) -> None:
        """No silence, and no rest: what else the agency keeps is asked for as before."""
        with self._lock:
            self._has_news |= is_changed != (resource in self._changed)
            if is_changed:
                self._changed.add(resource)
                self._failures[Hindrance.SCHEMA_CHANGED] += 1
            else:
                self._changed.discard(resource)

    def note_failure(self, failure: Failure, waited: float, at: datetime) -> None:
        """`at`: when the question was put."""
        with self._lock:
            self._failures[failure] += 1
            self._has_figures = True
            if failure is Failure.TIMEOUT and waited < SHORTEST:
                return
            self._has_news |= not self._silences
            self._silences += 1
            self._failed_at = at
            if self._silences >= OPENS_AFTER:
                self._has_news = True
                self._rests_until = self._clock() + self._rest
                self._rested_until = at + timedelta(seconds=waited + self._rest)
                self._rest = min(RESTS_AT_MOST, self._rest * GROWS)

    def recall(self) -> Memory:
        with self._lock:
            return self._recall()

    def take_news(self) -> Memory | None:
        """What others are to be told: at once where the state changed, else twice a minute; what is taken counts as told."""
        if not self._has_news and not (self._has_figures and self._clock() >= self._tells_at):
            return None
        with self._lock:
            self._has_news = self._has_figures = False
            self._tells_at = self._clock() + TOLD_EVERY
            return self._recall()

    def _recall(self) -> Memory:
        took = tuple(round(1000 * each) for each in self._took)
        return Memory(took, self._answered_at, self._failed_at, self._rested_until, dict(self._failures), frozenset(self._changed))
