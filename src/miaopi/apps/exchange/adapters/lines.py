"""A line to an agency rests after repeated silence, never carries more than it may, and many are asked side by side."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from miaopi.apps.exchange.adapters.answers import Failure, Silence
from miaopi.apps.exchange.adapters.port import Answer, Connector, Hindered, Hindrance, Question
from miaopi.apps.exchange.adapters.wire.health import OPENS_AFTER, RESTS, Health, Memory
from miaopi.apps.exchange.adapters.wire.talks import Talk, Talker, Turn, Turns, by_thread, hold, pause, within
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.frozen import frozen

__all__ = ["MOST_AT_ONCE", "OPENS_AFTER", "RESTS", "Call", "Line", "Until", "ask_side_by_side"]

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 16  # questions in flight: an agency that hangs holds this many wires, or threads, and no more
SHORT: Final = 0.01  # seconds before its limit a connector may give up by its own clock
PAUSE: Final = 0.05  # seconds before the second try; drawn from half of it to half as much again, so that not all come back at once


class Line:
    """One connector with its limit in seconds. Never raises: an answer, or `None` for silence.

    A question that nobody took is put once more, after a pause; `chance` gives the numbers from 0 to 1 by which pauses differ.
    `rests_until`: another process leaves the agency alone until then, and so does this one.
    """

    def __init__(
        self, agency: str, connector: Connector, limit: float, *, chance: Callable[[], float] = random.random,
        rests_until: datetime | None = None,
    ) -> None:
        self.agency = agency
        self.limit = limit
        self.connector = connector
        self._chance = chance
        self._health = Health()
        self._rests_elsewhere = rests_until
        self._turns = Turns(MOST_AT_ONCE)
        self._talker = connector if isinstance(connector, Talker) else None

    def ask(self, question: Question, *, seconds: float) -> Answer | None:
        (answer,) = hold([self.talk(question, seconds=seconds)], until=time.monotonic() + seconds)
        return answer

    def talk(self, question: Question, *, seconds: float) -> Talk[Answer | None]:
        """The question as a conversation among others."""
        if self._rests_elsewhere is not None:
            self._health.join_rest(self._rests_elsewhere, question.at)
            self._rests_elsewhere = None
        if self._health.is_resting():
            return None
        until = time.monotonic() + min(seconds, self.limit)
        turn = yield from self._turns.take()
        if not self._health.may_ask():
            turn.give_back()
            return None
        began = time.monotonic()
        end: Answer | Failure = Failure.TIMEOUT  # for whoever stops waiting
        try:
            end = yield from self._try(question, turn, until)
            rest = PAUSE * (0.5 + self._chance())
            if end is Failure.REFUSED and time.monotonic() + rest < until:
                yield from pause(rest)
                turn = yield from self._turns.take()
                end = yield from self._try(question, turn, until)
        finally:
            waited = time.monotonic() - began
            if isinstance(end, Failure):
                self._health.note_failure(end, waited, question.at)
            else:
                self._health.note_answer(waited, question.at)
                if not isinstance(end, Hindered) or end.why is Hindrance.SCHEMA_CHANGED:
                    self._health.note_schema(question.place.resource, is_changed=isinstance(end, Hindered))
        return None if isinstance(end, Failure) else end

    def is_resting(self) -> bool:
        return self._health.is_resting()

    def recall(self) -> Memory:
        """What this process knows of the agency."""
        return self._health.recall()

    def take_news(self) -> Memory | None:
        """The same, where others are to be told of it."""
        return self._health.take_news()

    def _try(self, question: Question, turn: Turn, until: float) -> Talk[Answer | Failure]:
        try:
            return (yield from within(self._start(question, turn, until), until))
        except TimeoutError:
            return Failure.TIMEOUT
        except UpstreamError as error:
            if time.monotonic() > until - SHORT:
                return Failure.TIMEOUT
            return error.failure if isinstance(error, Silence) else Failure.GARBAGE
        except Exception as error:  # ours, and nobody else would hear it; its text may hold values, so its name must do
            turn.give_back()
            log.error("the connector of %s broke: %s", self.agency, type(error).__name__)
            return Failure.GARBAGE
        finally:
            if self._talker is not None:
                turn.give_back()

    def _start(self, question: Question, turn: Turn, until: float) -> Talk[Answer]:
        """By a conversation, or by a thread, which keeps its turn until it is back: one that hangs goes on counting."""
        if self._talker is not None:
            return self._talker.talk(question, until=until)

        def ask() -> Answer:
            try:
                return self.connector.ask(question, seconds=until - time.monotonic())
            finally:
                turn.give_back()

        return by_thread(ask, unheard=_forget)


def _forget(answer: Answer) -> None:
    """What comes after the deadline is dropped unread."""


class Until:
    """So many seconds from when it is made."""

    def __init__(self, seconds: float) -> None:
        self._moment = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._moment - time.monotonic()

    @property
    def is_left(self) -> bool:
        return self.left > 0


@frozen
class Call:
    """A question and the line it goes out on; no line: the agency has no address, which is silence too."""

    line: Line | None
    question: Question


def ask_side_by_side(calls: Sequence[Call], *, seconds: float) -> list[Answer | None]:
    """Answers in the order of the calls, all within `seconds` together. What comes later is dropped unread."""
    if seconds <= 0:
        return [None] * len(calls)
    talks = [_nobody() if call.line is None else call.line.talk(call.question, seconds=seconds) for call in calls]
    return hold(talks, until=time.monotonic() + seconds)


def _nobody() -> Talk[None]:
    return None
    yield  # makes it a conversation
