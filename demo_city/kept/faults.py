"""How registers go wrong, on purpose and at declared rates (`data/faults.csv`): disputes and checks of quality need something to find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from demo_city.kept.spec import Kept
from demo_city.population.people import years_on
from demo_city.population.tables import read_table, stream

Drawn = dict[str, object]
Spoil = Callable[[Random, Drawn, Drawn, str], Iterator[Drawn]]

MISREAD: Final = {"0": "6", "1": "7", "2": "3", "5": "8", "8": "3", "B": "8", "伟": "玮", "明": "民", "芳": "方", "丽": "莉", "华": "花"}
OUTLIVED: Final = "outlived"  # the row of somebody who has died, which nobody closed: drawn like any other


def outlived(kept: Kept) -> float:
    """How many of the dead still have a row."""
    return next((float(row["rate"]) for row in _faults(kept) if row["kind"] == OUTLIVED), 0.0)


def spoil_rows(kept: Kept, rows: Sequence[Drawn], seed: int) -> list[Drawn]:
    """The rows with the faults that are declared for the resource; the same ones each time."""
    spoilt = list(rows)
    for fault in _faults(kept):
        if fault["kind"] != OUTLIVED:
            spoilt = list(_spoil(spoilt, fault, stream(seed, f"fault {kept.resource} {fault['kind']} {fault['column']}")))
    return spoilt


def _faults(kept: Kept) -> Iterable[Mapping[str, str]]:
    return (row for row in read_table("faults") if row["resource"] == kept.resource)


def _spoil(rows: Sequence[Drawn], fault: Mapping[str, str], chance: Random) -> Iterator[Drawn]:
    spoil, rate, column = KINDS[fault["kind"]], float(fault["rate"]), fault["column"]
    for number, row in enumerate(rows):
        if chance.random() < rate:
            yield from spoil(chance, row, rows[number - 1], column)
        else:
            yield row


def _missing(chance: Random, row: Drawn, before: Drawn, column: str) -> Iterator[Drawn]:
    yield {**row, column: None}


def _misread(chance: Random, row: Drawn, before: Drawn, column: str) -> Iterator[Drawn]:
    """One sign is taken for another; where none looks like another, the last is lost."""
    text = str(row[column] or "")
    places = [place for place, sign in enumerate(text) if sign in MISREAD]
    if places:
        place = places[int(chance.random() * len(places))]
        text = text[:place] + MISREAD[text[place]] + text[place + 1 :]
    else:
        text = text[:-1]
    yield {**row, column: text or None}


def _shifted(chance: Random, row: Drawn, before: Drawn, column: str) -> Iterator[Drawn]:
    """A day beside the right one."""
    day = row[column]
    yield {**row, column: day - timedelta(days=1 + int(chance.random() * 3)) if isinstance(day, date) else day}


def _stale(chance: Random, row: Drawn, before: Drawn, column: str) -> Iterator[Drawn]:
    """What was true once: an earlier day, or a word as another row has it."""
    value = row[column]
    yield {**row, column: years_on(value, -5) if isinstance(value, date) else before[column]}


def _twice(chance: Random, row: Drawn, before: Drawn, column: str) -> Iterator[Drawn]:
    """The row, and once more with another value in that column."""
    value = row[column]
    other: object = f"{value}-2"
    if isinstance(value, date):
        other = value - timedelta(days=1)
    elif not isinstance(value, str):
        other = value + 1 if value is not None else None  # type: ignore[operator]  # a number, by the check of the table
    yield row
    yield {**row, column: other}


KINDS: Final[Mapping[str, Spoil]] = {
    "missing": _missing, "misread": _misread, "shifted": _shifted, "stale": _stale, "twice": _twice,
}  # fmt: skip
