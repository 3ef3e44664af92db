"""Asks a view of an agency's PostgreSQL database, as a role that the agency made for us."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql
from psycopg.abc import RV, PQGen
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from miaopi.apps.exchange.adapters.answers import MOST_ROWS, checked_rows, silence
from miaopi.apps.exchange.adapters.port import Answer, Question, Term

ORDERS: Final = ("<", "<=", ">", ">=")
KEPT = 4  # idle connections an agency; the resources of one agency are asked side by side


class TimedConnection(psycopg.Connection[dict[str, object]]):
    """Gives up at `until` (monotonic seconds) even when the server no longer says anything: its own limit binds a living one only."""

    until: float = math.inf

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, timeout=max(0.0, self.until - time.monotonic()))


class SqlConnector:
    """Kept connections to one agency. `address`: `url` (libpq URL or conninfo with role), `password` if it is not in the URL."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        try:
            self._conninfo = make_conninfo(address["url"], **{name: address[name] for name in ("password",) if name in address})
        except psycopg.ProgrammingError:
            raise ValueError("no address of a database") from None  # its text quotes the address
        self._idle: deque[TimedConnection] = deque()
        self._lock = threading.Lock()

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            with self._connection(until) as connection:
                records = connection.execute(_statement(question), _values(question)).fetchall()
        except psycopg.Error:
            raise silence(self._agency) from None  # its text may hold address, role or value
        return checked_rows(question, records)

    def close(self) -> None:
        with self._lock:
            kept, self._idle = self._idle, deque()
        for connection in kept:
            connection.close()

    @contextmanager
    def _connection(self, until: float) -> Iterator[TimedConnection]:
        connection = self._take(until)
        try:
            yield connection
        except BaseException:  # whatever broke it off, this connection is in an unknown state
            connection.close()
            raise
        connection.until = math.inf
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def _take(self, until: float) -> TimedConnection:
        """A kept connection that still answers, else a new one: a restarted agency is not an outage."""
        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            connection = kept or self._connect(until)
            try:
                _limit(connection, until)
                return connection
            except psycopg.Error:
                connection.close()
                if kept is None:
                    raise

    def _connect(self, until: float) -> TimedConnection:
        if time.monotonic() >= until:
            raise silence(self._agency)
        return TimedConnection.connect(
            self._conninfo,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=max(1, math.ceil(until - time.monotonic())),
            application_name="miaopi exchange",
            options="-c default_transaction_read_only=on",
        )


def _limit(connection: TimedConnection, until: float) -> None:
    """Bind the next question on both sides: one that nobody waits for must not go on working in the agency's database."""
    connection.until = until
    left = max(1, math.floor((until - time.monotonic()) * 1000))
    connection.execute("SELECT set_config('statement_timeout', %s, false)", [str(left)])


def _statement(question: Question) -> sql.Composed:
    """`SELECT key, granted columns FROM view WHERE key = %s AND granted rows`: quoted names of the configuration, values as parameters."""
    place = question.place
    columns = dict.fromkeys((place.key, *question.columns))
    return sql.SQL("SELECT {columns} FROM {view} WHERE {key} = %s{where} LIMIT {most}").format(
        columns=sql.SQL(", ").join(_shown(question, column) for column in columns),
        view=sql.Identifier(*place.at.split(".")),
        key=sql.Identifier(place.key),
        where=sql.Composed([sql.SQL(" AND ") + _condition(term) for term in question.where]),
        most=sql.Literal(MOST_ROWS + 1),
    )


def _values(question: Question) -> list[object]:
    """In the order of the placeholders of `_statement`."""
    tested = [value for column in dict.fromkeys(question.columns) for term in question.tests.get(column, ()) for value in term.values]
    return [*tested, question.key, *(value for term in question.where for value in term.values)]


def _shown(question: Question, column: str) -> sql.Composable:
    """A column, or the truth about it alone."""
    if column not in question.tests:
        return sql.Identifier(column)
    terms = sql.SQL(" AND ").join(_condition(term) for term in question.tests[column])
    return sql.SQL("({}) AS {}").format(terms, sql.Identifier(column))


def _condition(term: Term) -> sql.Composed:
    """A column that is NULL passes no test: `IN`, `NOT IN` and orders are all unknown of it."""
    column, values = sql.Identifier(term.column), sql.SQL(", ").join([sql.Placeholder()] * len(term.values))
    match term.operator:
        case "=":
            return sql.SQL("{} IN ({})").format(column, values)
        case "!=":
            return sql.SQL("{} NOT IN ({})").format(column, values)
    return sql.SQL("{} {} {}").format(column, sql.SQL(ORDERS[ORDERS.index(term.operator)]), values)
