"""Counts and compares in an agency's PostgreSQL, through the same role as every question, which can read its views and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from miaopi.apps.exchange.adapters.answers import silence
from miaopi.apps.exchange.adapters.configuration import Column, Source
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
from miaopi.apps.exchange.adapters.sql import TimedConnection, read_conninfo
from miaopi.definitions.registers import Likeness, Suspicion


class SqlCounter:
    """The database of an agency, by the address at which it is asked: a connection for each count, since counts are rare."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._conninfo = read_conninfo(address)

    def count(self, source: Source, *, now: datetime) -> Mapping[str, Tally]:
        del now  # a view is of this moment
        told = list_counted(source)
        [row] = self._fetch(_count_statement(source, list(told.values())), _listed(told.values()))
        counts = {name: int(str(value)) for name, value in row.items()}
        return {
            name: make_tally(
                column, parties=counts["parties"], conflict=counts["conflict"], known=counts[f"known_{number}"],
                empty=counts[f"empty_{number}"],
            )
            for number, (name, column) in enumerate(told.items())
        }  # fmt: skip

    def find_pairs(self, source: Source, suspicion: Suspicion, *, now: datetime) -> Sequence[Pair]:
        del now
        if suspicion.by is Likeness.OLD_NUMBER:
            rows = self._fetch(_old_number_statement(source.place), [])
        else:
            same, also = ([source.columns[name].name for name in names] for names in (suspicion.same, suspicion.also))
            rows = self._fetch(_same_statement(source.place, same, also), [])
        return [Pair(str(row["first"]), str(row["second"]), int(str(row["score"]))) for row in rows]

    def _fetch(self, statement: sql.Composed, values: list[object]) -> list[dict[str, object]]:
        try:
            with TimedConnection.connect(
                self._conninfo, autocommit=True, row_factory=dict_row, connect_timeout=MOST_SECONDS, application_name="miaopi exchange",
                options=f"-c default_transaction_read_only=on -c statement_timeout={MOST_SECONDS}s",
            ) as connection:  # fmt: skip
                connection.until = time.monotonic() + MOST_SECONDS
                return connection.execute(statement, values).fetchall()
        except psycopg.Error:
            raise silence(self._agency) from None  # its text may hold address, role or value


def _listed(columns: Iterable[Column]) -> list[object]:
    """The lists of allowed values, in the order of the placeholders of `_count_statement`."""
    return [list(column.values) for column in columns if column.values]


def _count_statement(source: Source, columns: Sequence[Column]) -> sql.Composed:
    """One row of counts. A party with two rows contradicts itself, as in a pull; a blank or unlisted text is no value there either."""
    key = sql.Identifier(find_party_column(source))
    inner = [
        sql.SQL("bool_or({good}) AS good_{n}, bool_or({column} IS NULL) AS bare_{n}").format(
            good=_is_value(column), column=sql.Identifier(column.name), n=sql.SQL(str(n))
        )
        for n, column in enumerate(columns)
    ]
    outer = [
        sql.SQL(
            "count(*) FILTER (WHERE held = 1 AND good_{n}) AS known_{n}, count(*) FILTER (WHERE held = 1 AND bare_{n}) AS empty_{n}"
        ).format(n=sql.SQL(str(n)))
        for n in range(len(columns))
    ]
    return sql.SQL(
        "SELECT count(*) AS parties, count(*) FILTER (WHERE held > 1) AS conflict{outer}"
        " FROM (SELECT count(*) AS held{inner} FROM {view} WHERE {key} IS NOT NULL GROUP BY {key}) AS each_party"
    ).format(
        outer=sql.Composed([sql.SQL(", ") + each for each in outer]), inner=sql.Composed([sql.SQL(", ") + each for each in inner]),
        view=_view(source.place), key=key,
    )  # fmt: skip


def _is_value(column: Column) -> sql.Composed:
    name = sql.Identifier(column.name)
    if column.values:
        return sql.SQL("coalesce({}::text = ANY(%s), false)").format(name)
    if column.type == "string":
        return sql.SQL("coalesce(btrim({}::text) <> '', false)").format(name)
    return sql.SQL("{} IS NOT NULL").format(name)


def _same_statement(place: Place, same: Sequence[str], also: Sequence[str]) -> sql.Composed:
    """Pairs of keys whose rows have all of `same` in common; each of `also` that is equal too raises the score to at most 100."""
    equal = [sql.SQL("a.{0} = b.{0}").format(sql.Identifier(name)) for name in same]
    shared = [sql.SQL(" + (a.{0} IS NOT DISTINCT FROM b.{0})::int").format(sql.Identifier(name)) for name in also]
    return sql.SQL(
        "SELECT a.{key} AS first, b.{key} AS second, (({certain} * ({same}{shared})) / {all})::int AS score"
        " FROM {view} AS a JOIN {view} AS b ON {equal} AND a.{key} < b.{key} ORDER BY 3 DESC, 1, 2 LIMIT {most}"
    ).format(
        key=sql.Identifier(place.key), certain=sql.Literal(CERTAIN), same=sql.Literal(len(same)), shared=sql.Composed(shared),
        all=sql.Literal(len(same) + len(also)), view=_view(place), equal=sql.SQL(" AND ").join(equal), most=sql.Literal(MOST_PAIRS),
    )  # fmt: skip


def _old_number_statement(place: Place) -> sql.Composed:
    """Fifteen digits beside the number that GB 11643-1999 made of them: the century goes in after the sixth, a check sign at the end."""
    return sql.SQL(
        "SELECT a.{key} AS first, b.{key} AS second, {score} AS score FROM {view} AS a JOIN {view} AS b"
        " ON length(a.{key}) = 15 AND length(b.{key}) = 18 AND left(b.{key}, 17) = left(a.{key}, 6) || '19' || substr(a.{key}, 7)"
        " ORDER BY 1, 2 LIMIT {most}"
    ).format(
        key=sql.Identifier(place.key), score=sql.Literal(OLD_NUMBER_SCORE), view=_view(place), most=sql.Literal(MOST_PAIRS)
    )  # fmt: skip


def _view(place: Place) -> sql.Identifier:
    return sql.Identifier(*place.at.split("."))
