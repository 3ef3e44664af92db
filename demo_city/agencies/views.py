"""An agency that answers over HTTP what its views show. `POST /query`; 404 says that there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from demo_city.agencies.clock import now
from demo_city.agencies.records import ORDERS, Answer, Record, Term, documented, read_question
from demo_city.agencies.shown import Shown


class Views:
    """Reads the view that bears the name of the resource, and of it the columns that were asked for, no others."""

    def __init__(self, home: Path, shown: Shown) -> None:
        self._home = home
        self._shown = shown

    def answer(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        asked = read_question(body, self._shown)
        found = database.cursor(row_factory=dict_row).execute(
            sql.SQL("SELECT {} FROM {} WHERE id_number = %s{}").format(
                sql.SQL(", ").join([*map(sql.Identifier, asked.fields), *(_truth(name, terms) for name, terms in asked.tests.items())]),
                sql.Identifier(asked.resource),
                sql.Composed([sql.SQL(" AND ") + _condition(term) for term in asked.where]),
            ),
            [
                *(value for terms in asked.tests.values() for term in terms for value in term.values), asked.id_number,
                *(value for term in asked.where for value in term.values),
            ],
        )
        records = [_plain(row) for row in found.fetchall()]
        return documented(records, now(self._home), asked.where) if records else None


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
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
