"""How tests wait: for a thing, never for a time; with an end that a machine ten times slower does not reach.

Whatever waits for something that comes ends when it comes, so the limit costs a sound build nothing. A test of what must *not* be
waited for hangs its counterpart for `FOREVER` and allows `LONG`: a build that waits is found, however slow the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

LONG: Final = 120.0
FOREVER: Final = 2 * LONG

Found = TypeVar("Found")


def awaited(look: Callable[[], Found], wanted: Callable[[Found], bool] = bool, *, every: float = 0.05) -> Found:
    """Look again until it is as wanted; what was seen last, be it as wanted or not."""
    end = time.monotonic() + LONG
    while not wanted(found := look()) and time.monotonic() < end:
        time.sleep(every)
    return found


def until(holds: Callable[[], object], *, every: float = 0.05) -> float:
    """Wait until it holds; the seconds that it took. Raises AssertionError when it never does."""
    began = time.monotonic()
    assert awaited(holds, every=every), f"not within {LONG:.0f} s"
    return time.monotonic() - began


@contextmanager
def not_held_up() -> Iterator[None]:
    """Whatever is done inside ends although something hangs `FOREVER`."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < LONG


def crowding() -> float:
    """How much longer than the processor works for it something takes here and now: 1 on a machine with nothing else to do."""
    began, worked = time.monotonic(), time.process_time()
    while (taken := time.process_time() - worked) < 0.2:
        sum(range(10_000))
    return max(1.0, (time.monotonic() - began) / taken)
