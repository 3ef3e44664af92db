"""Conversations with agencies, many of them in one thread: each says what it waits for, and is carried on once that is there.

A thread a question cost more than all else of a pull together. Whatever may block without a limit – finding a name, agreeing on a
key, a connector that knows no other way – is done by a thread of its own, for which a conversation waits like for a socket.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from miaopi.apps.exchange.adapters.port import Answer, Question

T = TypeVar("T")
READABLE, WRITABLE = select.POLLIN, select.POLLOUT


class Wait(NamedTuple):
    """Until the descriptor is ready, or the moment (monotonic seconds) has come; `fd` -1: for the moment alone."""

    fd: int
    events: int = READABLE
    moment: float | None = None


Talk = Generator[Wait, None, T]


@runtime_checkable
class Talker(Protocol):
    """A connector that needs no thread while it waits."""

    def talk(self, question: Question, *, until: float) -> Talk[Answer]:
        """Ask; `until` is in monotonic seconds. Closed before its end it leaves nothing half-read behind. Raises UpstreamError."""


def hold(talks: Sequence[Talk[T]], *, until: float) -> list[T | None]:
    """What each conversation came to, `None` for one that had not ended at `until`: it is closed."""
    ends: list[T | None] = [None] * len(talks)
    poll, waiting = select.poll(), dict[int, Wait]()
    by_fd: dict[int, int] = {}

    def carry_on(place: int) -> None:
        before = waiting.pop(place, None)
        try:
            wait = next(talks[place])
        except StopIteration as end:
            ends[place] = end.value
            wait = None
        if before is not None and before.fd >= 0 and (wait is None or wait.fd != before.fd):
            del by_fd[before.fd]
            with suppress(OSError, KeyError):
                poll.unregister(before.fd)  # may be closed by now
        if wait is not None:
            waiting[place] = wait
            if wait.fd >= 0 and (before is None or (before.fd, before.events) != (wait.fd, wait.events)):
                poll.register(wait.fd, wait.events)
                by_fd[wait.fd] = place

    try:
        for place in range(len(talks)):
            carry_on(place)
        while waiting and (now := time.monotonic()) < until:
            first = min([until if wait.moment is None else wait.moment for wait in waiting.values()])
            ready = [by_fd[fd] for fd, _ in poll.poll(max(0.0, min(first, until) - now) * 1000)]
            if (past := time.monotonic()) >= first:
                due = [place for place, wait in waiting.items() if wait.moment is not None and wait.moment <= past]
                ready += [place for place in due if place not in ready]
            for place in ready:
                carry_on(place)
    finally:
        for place in list(waiting):
            talks[place].close()
    return ends


class Bell:
    """Something to wait for that another thread rings; what it is rung for stands elsewhere."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self._is_open, self._was_rung = True, False

    def ring(self) -> bool:
        """Whether anybody still listens."""
        with self._lock:
            if self._is_open:
                self._was_rung = True
                os.eventfd_write(self._fd, 1)
            return self._is_open

    def wait(self) -> Wait:
        return Wait(self._fd)

    def close(self) -> bool:
        """Whether it had been rung."""
        with self._lock:
            self._is_open = False
            os.close(self._fd)
            return self._was_rung


def by_thread(work: Callable[[], T], *, unheard: Callable[[T], None]) -> Talk[T]:
    """What `work` returns or raises, done by a thread; `unheard` gets what nobody waited for any longer."""
    bell, ends, errors = Bell(), deque[T](), deque[Exception]()

    def run() -> None:
        try:
            ends.append(work())
        except Exception as error:  # whatever it was, it is raised where it is waited for
            errors.append(error)
        if not bell.ring() and ends:
            unheard(ends.pop())

    try:
        # A daemon: a wire that hangs must not keep the process from ending.
        threading.Thread(target=run, daemon=True).start()
        while not ends and not errors:
            yield bell.wait()
    except GeneratorExit:
        if bell.close() and ends:
            unheard(ends.pop())
        raise
    bell.close()
    if errors:
        raise errors.pop()
    return ends.pop()


def pause(seconds: float) -> Talk[None]:
    moment = time.monotonic() + seconds
    while time.monotonic() < moment:
        yield Wait(-1, moment=moment)


def within(talk: Talk[T], until: float) -> Talk[T]:
    """The same conversation. Raises TimeoutError when it has not ended at `until`."""
    try:
        wait = next(talk)
        while True:
            yield Wait(wait.fd, wait.events, until if wait.moment is None else min(until, wait.moment))
            if time.monotonic() >= until:
                raise TimeoutError
            wait = next(talk)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # what the talk came to
    finally:
        talk.close()


class Turn:
    """The right to be one of those at once; given back once, however often that is said."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._is_held = True

    def give_back(self) -> None:
        held, self._is_held = self._is_held, False
        if held:
            self._turns.pass_on()


class Turns:
    """At most so many at once; the others wait for their turn, in the order in which they came."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._lock = threading.Lock()
        self._queue: deque[Bell] = deque()

    def take(self) -> Talk[Turn]:
        with self._lock:
            bell = None if self._free else Bell()
            if bell is None:
                self._free -= 1
                return Turn(self)
            self._queue.append(bell)
        try:
            while bell in self._queue:
                yield bell.wait()
        except GeneratorExit:
            with self._lock:
                has_turn = bell not in self._queue
                if not has_turn:
                    self._queue.remove(bell)
            if has_turn:
                self.pass_on()
            raise
        finally:
            bell.close()
        return Turn(self)

    def pass_on(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().ring()
            else:
                self._free += 1
