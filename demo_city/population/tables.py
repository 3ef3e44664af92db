"""Reads the reference tables in `demo_city/data/`, draws from weighted lists, and is what registers are made of."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final, Generic, TypeVar

FOLDER: Final = Path(__file__).resolve().parents[1] / "data"

T = TypeVar("T")
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A register of one agency; `name` and `columns` are those of its database (demo_city/schemas)."""

    agency: str
    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, by column."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


class Draw(Generic[T]):
    """A list from which each choice is drawn with its weight."""

    __slots__ = ("_sums", "choices")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = [(choice, weight) for choice, weight in weighted if weight > 0]
        self.choices: Sequence[T] = [choice for choice, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))

    def one(self, chance: Random) -> T:
        return self.choices[bisect_right(self._sums, chance.random() * self._sums[-1])]


def stream(seed: int, topic: str) -> Random:
    """Chance of its own for a topic, so that a change in one does not shift the others."""
    return Random(f"miaopi demo city · {seed} · {topic}")
