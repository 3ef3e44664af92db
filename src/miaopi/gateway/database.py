"""Asks the agency's own database for exactly what was granted: columns, truths and rows are cut here, before anything leaves the house."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from miaopi.gateway.messages import Question, Term
from miaopi.gateway.policy import Shared

MOST_ROWS: Final = 200  # of one person; more is a mistake in the view
SECONDS: Final = 5
KEPT: Final = 4
OPTIONS: Final = f"-c default_transaction_read_only=on -c statement_timeout={SECONDS * 1000}"

# No such column, view or schema, none that is opened to the gateway any more, or a column that cannot be compared with a value of its type.
GONE: Final = (
    psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
)  # fmt: skip

Connection = psycopg.Connection[tuple[str]]


class Database:
    """Kept connections as a role that reads the shared views and nothing else. `address`: libpq URL or conninfo."""

    def __init__(self, address: str) -> None:
        self._conninfo = make_conninfo(address, options=OPTIONS, connect_timeout=SECONDS, application_name="miaopi gateway")
        self._idle: deque[Connection] = deque()
        self._lock = threading.Lock()

    def find_rows(self, shared: Shared, question: Question) -> list[str]:
        """Each row as JSON text that the database wrote, in an order that is always the same. Raises psycopg.Error."""
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            try:
                return self._ask(kept, shared, question)
            except psycopg.OperationalError:
                kept.close()  # a database that was restarted is no outage
        return self._ask(psycopg.connect(self._conninfo, autocommit=True), shared, question)

    def close(self) -> None:
        with self._lock:
            kept, self._idle = self._idle, deque()
        for connection in kept:
            connection.close()

    def _ask(self, connection: Connection, shared: Shared, question: Question) -> list[str]:
        try:
            rows = connection.execute(_statement(shared, question), _values(question)).fetchall()
        except psycopg.Error:
            connection.close()
            raise
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append(connection)
                return [row[0] for row in rows]
        connection.close()
        return [row[0] for row in rows]


def _statement(shared: Shared, question: Question) -> sql.Composed:
    """Quoted names that the policy allowed, values as parameters; the truths of tests stand beside the columns that are shown."""
    shown = [sql.Identifier(name) for name in dict.fromkeys(question.fields)]
    truths = [
        sql.SQL("({}) AS {}").format(sql.SQL(" AND ").join(map(_condition, terms)), sql.Identifier(name))
        for name, terms in question.tests.items()
    ]
    return sql.SQL(
        "SELECT row_to_json(shown)::text FROM (SELECT {columns} FROM {view} WHERE {key} = %s{where} LIMIT {most}) AS shown"
        ' ORDER BY row_to_json(shown)::text COLLATE "C"'
    ).format(
        columns=sql.SQL(", ").join([*truths, *shown]),
        view=sql.Identifier(*shared.view.split(".")),
        key=sql.Identifier(shared.key),
        where=sql.Composed([sql.SQL(" AND ") + _condition(term) for term in question.where]),
        most=sql.Literal(MOST_ROWS + 1),
    )


def _values(question: Question) -> list[object]:
    """In the order of the placeholders of `_statement`."""
    tested = [value for terms in question.tests.values() for term in terms for value in term.values]
    return [*tested, question.key, *(value for term in question.where for value in term.values)]


def _condition(term: Term) -> sql.Composed:
    """A column that is NULL passes no test: `IN`, `NOT IN` and orders are all unknown of it."""
    column, values = sql.Identifier(term.column), sql.SQL(", ").join([sql.Placeholder()] * len(term.values))
    match term.operator:
        case "=":
            return sql.SQL("{} IN ({})").format(column, values)
        case "!=":
            return sql.SQL("{} NOT IN ({})").format(column, values)
        case operator:
            order = {"<": sql.SQL("<"), "<=": sql.SQL("<="), ">": sql.SQL(">"), ">=": sql.SQL(">=")}[operator]
            return sql.SQL("{} {} ({})").format(column, order, values)
