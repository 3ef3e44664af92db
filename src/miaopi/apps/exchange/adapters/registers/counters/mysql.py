"""Counts and compares in an agency's MySQL or MariaDB, as the user of every question, who can read its views and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.dialects.mysql import MysqlConnector, as_bytes, quoted
from miaopi.apps.exchange.adapters.port import Place
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


class MysqlCounter:
    """A connection for each count, since counts are rare."""

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._connector = MysqlConnector(agency, address)

    def count(self, source: Source, *, now: datetime) -> Mapping[str, Tally]:
        del now  # a view is of this moment
        told = list_counted(source)
        listed = [value for column in told.values() for value in column.values]
        [row] = self._fetch(_count_statement(source, list(told.values())), listed)
        parties, conflict = (int(str(value or 0)) for value in row[:2])
        found = {}
        for number, (name, column) in enumerate(told.items()):
            known, empty = (int(str(value or 0)) for value in row[2 + 2 * number : 4 + 2 * number])
            found[name] = make_tally(column, parties=parties, conflict=conflict, known=known, empty=empty)
        return found

    def find_pairs(self, source: Source, suspicion: Suspicion, *, now: datetime) -> Sequence[Pair]:
        del now
        if suspicion.by is Likeness.OLD_NUMBER:
            statement = _old_number_statement(source.place)
        else:
            same, also = ([source.columns[name].name for name in names] for names in (suspicion.same, suspicion.also))
            statement = _same_statement(source.place, same, also)
        return [Pair(str(first), str(second), int(str(score))) for first, second, score in self._fetch(statement, [])]

    def _fetch(self, statement: str, values: Sequence[object]) -> Sequence[Sequence[object]]:
        try:
            return self._connector.fetch(statement, values, seconds=MOST_SECONDS)
        finally:
            self._connector.close()


def _count_statement(source: Source, columns: Sequence[Column]) -> str:
    """One row of counts: parties, those in conflict, and of each column those with a value and those where it is empty. A party with two
    rows contradicts itself."""
    key = quoted(find_party_column(source))
    inner = [f"MAX({_is_value(column)}) AS good_{n}, MAX({quoted(column.name)} IS NULL) AS bare_{n}" for n, column in enumerate(columns)]
    outer = [f"SUM(held = 1 AND good_{n} = 1), SUM(held = 1 AND bare_{n} = 1)" for n in range(len(columns))]
    return (
        f"SELECT {', '.join(['COUNT(*)', 'SUM(held > 1)', *outer])} FROM (SELECT {', '.join(['COUNT(*) AS held', *inner])}"
        f" FROM {_view(source.place)} WHERE {key} IS NOT NULL GROUP BY {as_bytes(key)}) AS each_party"
    )


def _is_value(column: Column) -> str:
    name = quoted(column.name)
    if column.values:
        return f"COALESCE({as_bytes(name)} IN ({', '.join(['CAST(%s AS BINARY)'] * len(column.values))}), 0)"
    if column.type == "string":
        return f"COALESCE(CHAR_LENGTH(TRIM({name})) > 0, 0)"
    return f"{name} IS NOT NULL"


def _same_statement(place: Place, same: Sequence[str], also: Sequence[str]) -> str:
    """Pairs of keys whose rows have all of `same` in common; each of `also` that is equal too raises the score to at most 100."""
    key, view = quoted(place.key), _view(place)
    equal = " AND ".join(f"a.{quoted(name)} = b.{quoted(name)}" for name in same)
    shared = "".join(f" + (a.{quoted(name)} <=> b.{quoted(name)})" for name in also)
    return (
        f"SELECT a.{key}, b.{key}, ({CERTAIN} * ({len(same)}{shared})) DIV {len(same) + len(also)} AS score"
        f" FROM {view} AS a JOIN {view} AS b ON {equal} AND a.{key} < b.{key} ORDER BY 3 DESC, 1, 2 LIMIT {MOST_PAIRS}"
    )


def _old_number_statement(place: Place) -> str:
    """Fifteen digits beside the number that GB 11643-1999 made of them: the century goes in after the sixth, a check sign at the end."""
    key, view = quoted(place.key), _view(place)
    return (
        f"SELECT a.{key}, b.{key}, {OLD_NUMBER_SCORE} AS score FROM {view} AS a JOIN {view} AS b"
        f" ON CHAR_LENGTH(a.{key}) = 15 AND CHAR_LENGTH(b.{key}) = 18"
        f" AND LEFT(b.{key}, 17) = CONCAT(LEFT(a.{key}, 6), '19', SUBSTRING(a.{key}, 7)) ORDER BY 1, 2 LIMIT {MOST_PAIRS}"
    )


def _view(place: Place) -> str:
    return ".".join(map(quoted, place.at.split(".")))
