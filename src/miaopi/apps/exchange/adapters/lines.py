"""A line to an agency rests after repeated silence, never carries more than it may, and many are asked side by side."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from miaopi.apps.exchange.adapters.port import Answer, Connector, Question
from miaopi.kernel.errors import UpstreamError

log = logging.getLogger(__name__)

OPENS_AFTER: Final = 3  # silences in a row
RESTS: Final = 2.0  # seconds; short, because a waiting case is decided within seconds of the source's return
MOST_AT_ONCE: Final = 16  # questions in flight: an agency that hangs holds this many threads and no more


class Line:
    """One connector with its limit in seconds. Never raises: an answer, or `None` for silence."""

    def __init__(self, agency: str, connector: Connector, limit: float) -> None:
        self.agency = agency
        self.limit = limit
        self.connector = connector
        self._lock = threading.Lock()
        self._silences = 0
        self._rests_until = 0.0
        self._in_flight = 0

    def ask(self, question: Question, *, seconds: float) -> Answer | None:
        if not self._may_ask():
            return None
        answer: Answer | None = None
        try:
            answer = self.connector.ask(question, seconds=min(seconds, self.limit))
        except UpstreamError:
            pass
        except Exception as error:  # ours, in a thread where nobody would hear it; its text may hold values, so its name must do
            log.error("the connector of %s broke: %s", self.agency, type(error).__name__)
        finally:
            self._note(has_answered=answer is not None)
        return answer

    def is_resting(self) -> bool:
        return self._silences >= OPENS_AFTER and time.monotonic() < self._rests_until

    def _may_ask(self) -> bool:
        with self._lock:
            if self._in_flight >= MOST_AT_ONCE or self.is_resting():
                return False
            if self._silences >= OPENS_AFTER:
                self._rests_until = time.monotonic() + RESTS  # this one tries the line; the others keep resting meanwhile
            self._in_flight += 1
            return True

    def _note(self, *, has_answered: bool) -> None:
        with self._lock:
            self._in_flight -= 1
            self._silences = 0 if has_answered else self._silences + 1
            if self._silences >= OPENS_AFTER:
                self._rests_until = time.monotonic() + RESTS


@dataclass(frozen=True, slots=True)
class Call:
    """A question and the line it goes out on; no line: the agency has no address, which is silence too."""

    line: Line | None
    question: Question


def ask_side_by_side(calls: Sequence[Call], *, seconds: float) -> list[Answer | None]:
    """Answers in the order of the calls, all within `seconds` together. What comes later is dropped unread."""
    until = time.monotonic() + seconds
    answers: list[Answer | None] = [None] * len(calls)
    arrived: queue.SimpleQueue[tuple[int, Answer | None]] = queue.SimpleQueue()
    open_calls = 0
    for index, call in enumerate(calls):
        if call.line is not None and seconds > 0:
            # Daemon threads: a wire that hangs must not keep the process from ending.
            threading.Thread(target=_carry, args=(arrived, index, call.line, call.question, seconds), daemon=True).start()
            open_calls += 1
    for _ in range(open_calls):
        try:
            index, answer = arrived.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        answers[index] = answer
    return answers


def _carry(arrived: queue.SimpleQueue[tuple[int, Answer | None]], index: int, line: Line, question: Question, seconds: float) -> None:
    arrived.put((index, line.ask(question, seconds=seconds)))
