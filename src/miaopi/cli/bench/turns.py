"""Contestants that take turns in one run, so that a slow minute of the machine is a slow minute of all of them."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from miaopi.kernel.frozen import frozen

FEWEST: Final = 5  # cases a turn, of the slowest, too
MICRO: Final = 1e6


@frozen
class Contestant:
    """What decides one case, and the cases as it takes them."""

    decide: Callable[[Any], object]
    cases: Sequence[Any]


def take_turns(contestants: Mapping[str, Contestant], rounds: int, milliseconds: int) -> dict[str, list[float]]:
    """Of each contestant the microseconds a decision in each round; a turn lasts about that long. Each is warmed before."""
    calls = {name: _calls(one, milliseconds) for name, one in contestants.items()}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    with uncollected():
        for _ in range(rounds):
            for name, one in contestants.items():
                found[name].append(_turn(one, calls[name]))
    return found


def _calls(one: Contestant, milliseconds: int) -> int:
    """How many decisions a turn has, by one that is not counted."""
    each = min(_turn(one, FEWEST) for _ in range(3))
    return max(FEWEST, int(milliseconds * 1_000 / each))


def _turn(one: Contestant, calls: int) -> float:
    """Microseconds a decision, as whoever asks has to wait: one of the peers decides in threads of its own."""
    decide, cases = one.decide, one.cases
    whole, rest = divmod(calls, len(cases))
    some = cases[:rest]
    began = time.perf_counter()
    for _ in range(whole):
        for case in cases:
            decide(case)
    for case in some:
        decide(case)
    return (time.perf_counter() - began) / calls * MICRO


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of the rounds."""
    return significant(statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)))


def median(figures: Sequence[float]) -> float:
    return significant(statistics.median(figures))


def significant(figure: float) -> float:
    """Three digits: what a run tells, and no more."""
    return float(f"{figure:.3g}")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without collections of cycles, which would be laid to whoever is at it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def machine() -> dict[str, object]:
    return {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "system": platform.system(), "python": platform.python_version()}
