"""Asks a view of an agency's MySQL or MariaDB database, as a user that the agency made for us."""

from __future__ import annotations

import logging
import math
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

import pymysql
from pymysql.connections import Connection
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_datetime

from miaopi.apps.exchange.adapters.answers import (
    MOST_ROWS,
    Failure,
    checked_rows,
    silence,
    tell_change,
)
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Answer, Question, Term

logging.getLogger("pymysql").setLevel(logging.CRITICAL)

ORDERS: Final = ("<", "<=", ">", ">=")
KEPT: Final = 4  # idle connections an agency; the resources of one agency are asked side by side
GONE: Final = frozenset({1054, 1146, 1142, 1143})  # no such column, no such table, or neither for us any more
LATE: Final = frozenset({1317, 1969, 3024})  # ended by the server, by the limit that we set
UNTAKEN: Final = frozenset({1040, 1053, 1203, 2006, 2013})  # no room for us, on its way down, or gone
PROOFS: Final = ("mysql_native_password", "client_ed25519")  # ways to sign in that tell a listener or an impostor nothing
TOLD: Final = ("mysql_clear_password", "dialog")  # ways that tell the server the password
SEALED: Final = ("caching_sha2_password", "sha256_password")  # the same, sealed for whoever says that he is the server
TRUTHS: Final[Mapping[object, bool]] = {0: False, 1: True, b"\0": False, b"\1": True}
# What the library raises over a server that is away, slow or no such server; all of it means the same to whoever asked.
BROKEN: Final = (pymysql.Error, OSError, RuntimeError, ValueError, LookupError, TypeError, AssertionError, struct.error)


class _NoSuchProof:
    """A server that wants the password itself does not get it."""

    def __init__(self, connection: object) -> None:
        del connection

    def authenticate(self, packet: object) -> object:
        raise pymysql.OperationalError("a password goes out as a proof alone")


class _LateError(pymysql.OperationalError):  # type: ignore[misc]  # the library has no types
    """By our clock."""


class _CutError(pymysql.OperationalError):  # type: ignore[misc]  # the library has no types
    """The server hung up before it said a word. A question is a read and may be put again."""


class TimedConnection(Connection):  # type: ignore[misc]  # the library has no types
    """Gives up at `until` (monotonic seconds) and after `most` bytes: the library's own limit is one for each piece that drips in."""

    until: float = math.inf
    most: int = BAD_ANSWER_BYTES

    def _request_authentication(self) -> None:
        if not self._ssl_required and self._auth_plugin_name not in PROOFS:
            raise pymysql.OperationalError("a server that nobody checked gets a proof alone")
        super()._request_authentication()

    def _read_bytes(self, num_bytes: int) -> bytes:
        has_begun = self.most < BAD_ANSWER_BYTES
        self.most -= num_bytes
        if self.most < 0:
            raise pymysql.OperationalError("too much")
        held = bytearray()
        while len(held) < num_bytes:
            left = self.until - time.monotonic()
            if left <= 0:
                raise _LateError("too slow")
            self._sock.settimeout(left)
            piece = self._rfile.read1(num_bytes - len(held))
            if not piece:
                raise pymysql.OperationalError("cut off") if has_begun or held else _CutError("cut off")
            held += piece
        return bytes(held)


class MysqlConnector:
    """Kept connections to one agency. `address`: `host`, `port` (3306), `user`, `password`, `database`, and for TLS `ca`, a file."""

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency = agency
        self._where = {name: address[name] for name in ("host", "user", "password", "database")}
        self._where["port"] = int(address.get("port", 3306))
        try:
            self._where["ssl"] = ssl.create_default_context(cafile=address["ca"]) if "ca" in address else None
        except OSError:
            raise ValueError("no certificate to check by") from None  # its text quotes the path
        self._idle: deque[TimedConnection] = deque()
        self._lock = threading.Lock()

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            with self._connection(until) as connection, connection.cursor() as cursor:
                cursor.execute(_statement(question), _values(question))
                records = [_record(question, cursor.description, row) for row in cursor.fetchall()]
        except BROKEN as error:
            if isinstance(error, pymysql.Error) and error.args and error.args[0] in GONE:
                return tell_change(question)
            raise silence(self._agency, _find_failure(error)) from None  # its text may hold address, user or value
        return checked_rows(question, records)

    def fetch(self, statement: str, values: Sequence[object], *, seconds: float) -> Sequence[Sequence[object]]:
        """Rows of a statement of ours that is no question about a person. Raises UpstreamError."""
        try:
            with self._connection(time.monotonic() + seconds) as connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return tuple(cursor.fetchall())
        except BROKEN as error:
            raise silence(self._agency, _find_failure(error)) from None  # its text may hold address, user or value

    def close(self) -> None:
        with self._lock:
            kept, self._idle = self._idle, deque()
        for connection in kept:
            _let_go(connection)

    @contextmanager
    def _connection(self, until: float) -> Iterator[TimedConnection]:
        connection = self._take(until)
        try:
            yield connection
        except BaseException:  # whatever broke it off, this connection is in an unknown state
            _let_go(connection)
            raise
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append(connection)
                return
        _let_go(connection)

    def _take(self, until: float) -> TimedConnection:
        """A kept connection that still answers, else a new one: a restarted agency is not an outage."""
        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            connection = kept or self._connect(until)
            try:
                _limit(connection, until)
                return connection
            except BROKEN:
                _let_go(connection)
                if kept is None:
                    raise

    def _connect(self, until: float) -> TimedConnection:
        left = until - time.monotonic()
        if left <= 0:
            raise silence(self._agency, Failure.TIMEOUT)
        connection = TimedConnection(
            **self._where,
            connect_timeout=max(1, math.ceil(left)),
            write_timeout=max(1, math.ceil(left)),
            charset="utf8mb4",
            autocommit=True,
            sql_mode="",  # not the server's own: where a backslash is a plain sign a value could end its quotes
            conv={**conversions, FIELD_TYPE.TIMESTAMP: _moment},
            ssl_disabled=self._where["ssl"] is None,  # the library would encrypt for whoever answers, and trust him for it
            auth_plugin_map=dict.fromkeys(TOLD if self._where["ssl"] else (*TOLD, *SEALED), _NoSuchProof),
            defer_connect=True,
        )
        connection.until = until
        connection.connect()
        for setting in ("TRANSACTION READ ONLY", "time_zone = '+00:00'"):
            connection.query(f"SET SESSION {setting}")
        return connection


def _find_failure(error: Exception) -> Failure:
    cause = getattr(error, "original_exception", error)  # what a connection failed over
    if isinstance(cause, _LateError | TimeoutError):
        return Failure.TIMEOUT
    if isinstance(cause, _CutError | ConnectionError):
        return Failure.REFUSED
    code = cause.args[0] if isinstance(cause, pymysql.Error) and cause.args else None
    return Failure.TIMEOUT if code in LATE else Failure.REFUSED if code in UNTAKEN else Failure.GARBAGE


def _let_go(connection: TimedConnection) -> None:
    with suppress(*BROKEN):
        connection.close()


def _moment(text: str) -> object:
    """A TIMESTAMP, which comes in the time zone of the session; a DATETIME has none, and stays without."""
    found = convert_datetime(text)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else found


def _limit(connection: TimedConnection, until: float) -> None:
    """Bind the next question on both sides: one that nobody waits for must not go on working in the agency's database."""
    connection.until, connection.most = until, BAD_ANSWER_BYTES
    left = max(0.001, until - time.monotonic())
    is_mariadb = "mariadb" in connection.get_server_info().lower()
    limit = f"max_statement_time = {left:.3f}" if is_mariadb else f"max_execution_time = {math.ceil(left * 1000)}"
    connection.query(f"SET SESSION {limit}")
    connection.most = BAD_ANSWER_BYTES


def _statement(question: Question) -> str:
    """`SELECT key, granted columns FROM view WHERE key = %s AND granted rows`: quoted names of the configuration, values as parameters."""
    place = question.place
    columns = ", ".join(_shown(question, column) for column in dict.fromkeys((place.key, *question.columns)))
    view = ".".join(map(quoted, place.at.split(".")))
    where = "".join(f" AND {_condition(term)}" for term in question.where)
    return f"SELECT {columns} FROM {view} WHERE {quoted(place.key)} = %s{where} LIMIT {MOST_ROWS + 1}"


def _values(question: Question) -> list[object]:
    """In the order of the placeholders of `_statement`."""
    tested = [value for column in dict.fromkeys(question.columns) for term in question.tests.get(column, ()) for value in term.values]
    return [*tested, question.key, *(value for term in question.where for value in term.values)]


def quoted(name: str) -> str:
    """A name of the configuration, as it stands in a statement that has placeholders."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def as_bytes(column: str) -> str:
    """A text, compared byte by byte: for a collation `a`, `A` and `a ` may be the same."""
    return f"CAST(CONVERT({column} USING utf8mb4) AS BINARY)"


def _shown(question: Question, column: str) -> str:
    """A column, or the truth about it alone."""
    if column not in question.tests:
        return quoted(column)
    return f"({' AND '.join(_condition(term) for term in question.tests[column])}) AS {quoted(column)}"


def _condition(term: Term) -> str:
    """A column that is NULL passes no test."""
    column, values = quoted(term.column), ", ".join(["%s"] * len(term.values))
    if term.type == "string":
        column, values = as_bytes(column), values.replace("%s", "CAST(%s AS BINARY)")
    match term.operator:
        case "=":
            return f"{column} IN ({values})"
        case "!=":
            return f"{column} NOT IN ({values})"
    return f"{column} {ORDERS[ORDERS.index(term.operator)]} {values}"


def _record(question: Question, described: Sequence[Any], row: Sequence[object]) -> dict[str, object]:
    """The row by name. `BOOLEAN` is another word for TINYINT(1) here, and BIT(1) comes as a byte: both are truths."""
    record = {}
    for (name, type_code, _, length, *_), value in zip(described, row, strict=True):
        is_truth = name in question.tests or (type_code, length) in {(FIELD_TYPE.TINY, 1), (FIELD_TYPE.BIT, 1)}
        record[name] = TRUTHS.get(value, value) if is_truth else value
    return record
