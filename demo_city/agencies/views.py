"""An agency that answers over HTTP what its views show. `POST /query`; 404 says that there is none. `POST /count`: how much is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from demo_city.agencies.clock import now
from demo_city.agencies.records import (
    ORDERS,
    Answer,
    Record,
    Term,
    documented,
    read_counting,
    read_question,
)
from demo_city.agencies.shown import Shown


class Views:
    """Reads the view that bears the name of the resource, and of it the columns that were asked for, no others."""

    def __init__(self, home: Path, shown: Shown) -> None:
        self._home = home
        self._shown = shown

    def answer(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        asked = read_question(body, self._shown)
        found = database.cursor(row_factory=dict_row).execute(
            sql.SQL("SELECT {} FROM {} WHERE {} = %s{}").format(
                sql.SQL(", ").join([*map(sql.Identifier, asked.fields), *(_truth(name, terms) for name, terms in asked.tests.items())]),
                sql.Identifier(asked.resource),
                sql.Identifier(asked.key),
                sql.Composed([sql.SQL(" AND ") + _condition(term) for term in asked.where]),
            ),
            [
                *(value for terms in asked.tests.values() for term in terms for value in term.values), asked.id_number,
                *(value for term in asked.where for value in term.values),
            ],
        )
        records = [_plain(row) for row in found.fetchall()]
        return documented(records, now(self._home), asked.where) if records else None

    def count(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        """Of a whole view: how many parties have a row, or several, and of how many of the others each column has a value or none."""
        asked = read_counting(body, self._shown)
        columns = [sql.Identifier(name) for name in asked.fields]
        inner = [sql.SQL(", bool_or({0}) AS {1}, bool_or({2} IS NULL) AS {3}").format(
            _is_value(column, values), sql.Identifier(f"good_{n}"), column, sql.Identifier(f"bare_{n}"),
        ) for n, (column, values) in enumerate(zip(columns, asked.fields.values(), strict=True))]  # fmt: skip
        outer = [sql.SQL(
            ", count(*) FILTER (WHERE held = 1 AND {}), count(*) FILTER (WHERE held = 1 AND {})"
        ).format(sql.Identifier(f"good_{n}"), sql.Identifier(f"bare_{n}")) for n in range(len(columns))]  # fmt: skip
        row = database.execute(
            sql.SQL(
                "SELECT count(*), count(*) FILTER (WHERE held > 1){} FROM (SELECT count(*) AS held{} FROM {} GROUP BY {}) AS each_party"
            ).format(sql.Composed(outer), sql.Composed(inner), sql.Identifier(asked.resource), sql.Identifier(asked.by)),
            [list(values) for values in asked.fields.values() if values],
        ).fetchone() or ()
        told = {name: {"known": row[2 + 2 * n], "empty": row[3 + 2 * n]} for n, name in enumerate(asked.fields)}
        return {"parties": row[0], "conflict": row[1], "fields": told}


def _is_value(column: sql.Identifier, values: Sequence[str]) -> sql.Composed:
    if values:
        return sql.SQL("coalesce({}::text = ANY(%s), false)").format(column)
    return sql.SQL("coalesce(btrim({}::text) <> '', false)").format(column)


def _truth(name: str, terms: Sequence[Term]) -> sql.Composed:
    return sql.SQL("({}) AS {}").format(sql.SQL(" AND ").join(map(_condition, terms)), sql.Identifier(name))


def _condition(term: Term) -> sql.Composed:
    column, values = sql.Identifier(term.field), sql.SQL(", ").join([sql.Placeholder()] * len(term.values))
    match term.operator:
        case "=":
            return sql.SQL("{} IN ({})").format(column, values)
        case "!=":
            return sql.SQL("{} NOT IN ({})").format(column, values)
    return sql.SQL("{} {} {}").format(column, sql.SQL(ORDERS[ORDERS.index(term.operator)]), values)


def _plain(row: Mapping[str, object]) -> Record:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value  # yuan and fen: the shortest text of it is the amount itself
