"""Counts and compares an agency's drop, which we have as a whole: row by row, by the same rules as a pull reads it."""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from miaopi.apps.exchange.adapters.answers import Failure, silence
from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.drops.connector import FileConnector
from miaopi.apps.exchange.adapters.facts import read_value
from miaopi.apps.exchange.adapters.registers.counters.tally import (
    CERTAIN,
    MOST_PAIRS,
    MOST_SECONDS,
    OLD_NUMBER_SCORE,
    Pair,
    Tally,
    find_party_column,
    list_counted,
    make_tally,
)
from miaopi.definitions.registers import Likeness, Suspicion

Row = Mapping[str, object]


class FileCounter:
    """The drops of one agency, by the address at which they are read: fetched for each count, since counts are rare."""

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency, self._address = agency, address

    def count(self, source: Source, *, now: datetime) -> Mapping[str, Tally]:
        told, key = list_counted(source), find_party_column(source)
        held: dict[str, list[int]] = {}  # by party: rows, fields with a value in any of them, fields that are empty in any
        for row in self._rows(source, {key, *(column.name for column in told.values())}, now):
            if (party := _key(row[key])) is not None:
                seen = held.setdefault(party, [0, 0, 0])
                seen[0] += 1
                for number, column in enumerate(told.values()):
                    seen[1] |= _is_value(source, column, row) << number
                    seen[2] |= (row[column.name] is None) << number
        return {name: _tally(held.values(), number, told[name]) for number, name in enumerate(told)}

    def find_pairs(self, source: Source, suspicion: Suspicion, *, now: datetime) -> Sequence[Pair]:
        same, also = ([source.columns[name].name for name in names] for names in (suspicion.same, suspicion.also))
        rows = self._rows(source, {source.place.key, *same, *also}, now)
        if suspicion.by is Likeness.OLD_NUMBER:
            pairs = _find_old_numbers({key for row in rows if (key := _key(row[source.place.key])) is not None})
        else:
            pairs = self._compare(rows, source.place.key, same, also)
        return heapq.nsmallest(MOST_PAIRS, pairs, key=lambda pair: (-pair.score, pair.first, pair.second))

    def _compare(self, rows: Iterable[Row], key: str, same: Sequence[str], also: Sequence[str]) -> Iterator[Pair]:
        """A rule that half of all parties have in common finds more pairs than there is time for, and nothing."""
        alike: dict[tuple[object, ...], list[tuple[str, tuple[object, ...]]]] = defaultdict(list)
        for row in rows:
            told, number = tuple(row[name] for name in same), _key(row[key])
            if number is not None and None not in told:
                alike[told].append((number, tuple(row[name] for name in also)))
        until = time.monotonic() + MOST_SECONDS
        for parties in alike.values():
            for (one, mine), (other, theirs) in combinations(sorted(parties, key=lambda party: party[0]), 2):
                if time.monotonic() > until:
                    raise silence(self._agency, Failure.TIMEOUT)
                if one != other:
                    shared = len(same) + sum(left == right for left, right in zip(mine, theirs, strict=True))
                    yield Pair(one, other, CERTAIN * shared // (len(same) + len(also)))

    def _rows(self, source: Source, columns: set[str], now: datetime) -> Iterator[Row]:
        drops = FileConnector(self._agency, self._address)
        try:
            yield from drops.list_rows(source.place, columns, at=now, seconds=MOST_SECONDS)
        finally:
            drops.close()


def _key(value: object) -> str | None:
    return (value.strip().upper() or None) if isinstance(value, str) else None


def _is_value(source: Source, column: Column, row: Row) -> bool:
    if row[column.name] is None:
        return False
    try:
        read_value(source, column, row[column.name])
    except ValueError:
        return False
    return True


def _tally(held: Iterable[Sequence[int]], number: int, column: Column) -> Tally:
    """A party with two rows contradicts itself, as in a pull."""
    parties = conflict = known = empty = 0
    for rows, values, bare in held:
        parties += 1
        conflict += rows > 1
        known += rows == 1 and bool(values >> number & 1)
        empty += rows == 1 and bool(bare >> number & 1)
    return make_tally(column, parties=parties, conflict=conflict, known=known, empty=empty)


def _find_old_numbers(numbers: set[str]) -> Iterator[Pair]:
    """Fifteen digits beside the number that GB 11643-1999 made of them: the century goes in after the sixth, a check sign at the end."""
    old = {f"{number[:6]}19{number[6:]}": number for number in numbers if len(number) == 15}
    for number in numbers:
        if len(number) == 18 and (known := old.get(number[:17])) is not None:
            yield Pair(known, number, OLD_NUMBER_SCORE)
