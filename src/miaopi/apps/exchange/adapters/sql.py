"""Asks a view of an agency's PostgreSQL database, as a role that the agency made for us.

A kept connection stays in libpq's pipeline mode: limit, statement and end go out together, and nobody waits in a thread for them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from typing import Final

import psycopg
from psycopg import pq, sql
from psycopg.abc import RV, Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.conninfo import make_conninfo
from psycopg.pq import Format
from psycopg.pq.abc import PGresult
from psycopg.rows import Row

from miaopi.apps.exchange.adapters.answers import MOST_ROWS, Failure, checked_rows, silence, tell_change
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Answer, Question, Term
from miaopi.apps.exchange.adapters.wire.pool import Pool
from miaopi.apps.exchange.adapters.wire.talks import READABLE, WRITABLE, Talk, Wait, hold
from miaopi.kernel.frozen import frozen

ORDERS: Final = ("<", "<=", ">", ">=")
KEPT: Final = 16  # idle connections an agency
PREPARED_AFTER: Final = 5  # uses; until then whoever watches the wire can read each question
MOST_PREPARED: Final = 64  # statements a connection
LIMITS: Final = (250, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000)  # milliseconds: a limit is said again only when it is another
LIMIT_COMMAND: Final = b"SELECT set_config('statement_timeout', $1, false)"
# No such column, view or schema, none that is opened to us any more, or a column that cannot be compared with a value of its type.
GONE: Final = (
    psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
)  # fmt: skip
LOST: Final = ("08", "57P", "0A000", "26000")  # the connection, or what was prepared on it, is of yesterday
Tests = tuple[tuple[str, str, int], ...]  # column, operator, how many values


@frozen
class Shape:
    """All of a question but its values. Of `columns` those with tests are predicates."""

    at: str
    key: str
    columns: tuple[tuple[str, Tests | None], ...]
    where: Tests


class TimedConnection(psycopg.Connection[Row]):
    """Gives up at `until` (monotonic seconds) even when the server no longer says anything: its own limit binds a living one only."""

    until: float = math.inf

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, timeout=max(0.0, self.until - time.monotonic()))


class LostError(Exception):
    """The question came to nothing for a reason that lies in this connection."""


class Session:
    """One kept connection."""

    def __init__(self, connection: TimedConnection[tuple[object, ...]]) -> None:
        self._connection = connection
        self._server = connection.pgconn
        self._server.enter_pipeline_mode()
        self._said = Transformer(connection)
        self._uses: dict[tuple[bytes, tuple[int, ...]], int] = {}
        self._limit = 0

    def select(self, command: bytes, values: list[object], until: float) -> Talk[list[dict[str, object]]]:
        """Rows by column name. Raises LostError, psycopg.Error."""
        said = self._said
        parameters = said.dump_sequence(values, [PyFormat.AUTO] * len(values))
        try:
            self._bind(until)
            self._send(command, parameters, tuple(said.types or ()), said.formats)
            self._server.pipeline_sync()
            while self._server.flush():
                yield Wait(self._server.socket, WRITABLE | READABLE)
                self._server.consume_input()  # a server that cannot say on hears no more
            answer = yield from self._read()
        except psycopg.OperationalError:
            raise LostError from None
        said.set_pgresult(answer)
        names = [(answer.fname(place) or b"").decode() for place in range(answer.nfields)]
        return [dict(zip(names, row, strict=True)) for row in said.load_rows(0, answer.ntuples, tuple)]

    def close(self) -> None:
        self._connection.close()

    def _bind(self, until: float) -> None:
        """Bind the question on both sides: one that nobody waits for must not go on working in the agency's database."""
        left = max(0.0, until - time.monotonic()) * 1000
        limit = next((limit for limit in LIMITS if limit >= left), LIMITS[-1])
        if limit != self._limit:
            self._server.send_query_params(LIMIT_COMMAND, [str(limit).encode()])
            self._limit = limit

    def _send(self, command: bytes, parameters: Sequence[Buffer | None], types: tuple[int, ...], formats: Sequence[Format] | None) -> None:
        key = command, types
        uses = self._uses.get(key, 0)
        if uses or len(self._uses) < MOST_PREPARED:
            self._uses[key] = uses + 1
        if uses < PREPARED_AFTER:
            self._server.send_query_params(command, parameters, param_types=types, param_formats=formats)
            return
        name = b"asked_%d" % list(self._uses).index(key)
        if uses == PREPARED_AFTER:
            self._server.send_prepare(name, command, types)
        self._server.send_query_prepared(name, parameters, param_formats=formats)

    def _read(self) -> Talk[PGresult]:
        """The last result before the end of the pipeline: that of the question."""
        last: PGresult | None = None
        while True:
            yield Wait(self._server.socket)
            self._server.consume_input()
            while not self._server.is_busy():
                result = self._server.get_result()
                if result is None:
                    if self._server.status != pq.ConnStatus.OK:
                        raise LostError
                    continue
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    return _require_rows(last)
                if last is None or last.status != pq.ExecStatus.FATAL_ERROR:
                    last = result


def _require_rows(result: PGresult | None) -> PGresult:
    """Raises LostError, or the error that the server told."""
    if result is not None and result.status == pq.ExecStatus.TUPLES_OK:
        return result
    state = b"" if result is None else result.error_field(pq.DiagnosticField.SQLSTATE) or b""
    if state.decode().startswith(LOST):
        raise LostError
    raise psycopg.errors.lookup(state.decode()) if state else psycopg.InternalError


def read_conninfo(address: Mapping[str, str]) -> str:
    """Where a database is, of `url` and, if it is not in that, `password`. Raises ValueError, which does not quote the address."""
    try:
        return make_conninfo(address["url"], **{name: address[name] for name in ("password",) if name in address})
    except psycopg.ProgrammingError:
        raise ValueError("no address of a database") from None


class SqlConnector:
    """Kept connections to one agency. `address`: `url` (libpq URL or conninfo with role), `password` if it is not in the URL."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._conninfo = read_conninfo(address)
        self._pool = Pool(agency, self._connect, KEPT)

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        (answer,) = hold([self.talk(question, until=until)], until=until)
        if answer is None:
            raise silence(self._agency, Failure.TIMEOUT)
        return answer

    def talk(self, question: Question, *, until: float) -> Talk[Answer]:
        command, values = _command(_shape(question)), _values(question)
        while True:
            kept = self._pool.find_kept()
            session = kept or (yield from self._pool.open(until))
            try:
                records = yield from session.select(command, values, until)
            except LostError:  # a restarted agency is not an outage
                session.close()
                if kept is None:
                    raise silence(self._agency, Failure.REFUSED) from None
            except psycopg.errors.QueryCanceled:
                session.close()
                raise silence(self._agency, Failure.TIMEOUT) from None
            except GONE:
                session.close()
                return tell_change(question)
            except psycopg.Error:
                session.close()
                raise silence(self._agency) from None  # its text may hold address, role or value
            except BaseException:  # GeneratorExit too: an answer may still come in this connection
                session.close()
                raise
            else:  # once it is kept somebody else may have it: whatever is thought of the answer, it is not ours to close any more
                self._pool.keep(session)
                return checked_rows(question, _small(records, self._agency))

    def close(self) -> None:
        self._pool.close()

    def _connect(self, seconds: float) -> Session:
        try:
            return Session(TimedConnection.connect(
                self._conninfo,
                autocommit=True,
                connect_timeout=max(1, math.ceil(seconds)),
                application_name="miaopi exchange",
                options="-c default_transaction_read_only=on",
            ))  # fmt: skip
        except psycopg.errors.ConnectionTimeout:
            raise silence(self._agency, Failure.TIMEOUT) from None
        except psycopg.Error:
            raise silence(self._agency, Failure.REFUSED) from None


def _small(records: list[dict[str, object]], agency: str) -> list[dict[str, object]]:
    """The rows, if they are no larger than an answer by HTTP may be."""
    if sum(len(value) for record in records for value in record.values() if isinstance(value, str)) > BAD_ANSWER_BYTES:
        raise silence(agency)
    return records


def _shape(question: Question) -> Shape:
    place = question.place
    tested = {column: _shapes(terms) for column, terms in question.tests.items()}
    columns = {column: tested.get(column) for column in (place.key, *question.columns)}
    return Shape(place.at, place.key, tuple(columns.items()), _shapes(question.where))


def _shapes(terms: tuple[Term, ...]) -> Tests:
    return tuple((term.column, term.operator, len(term.values)) for term in terms)


@lru_cache(maxsize=4096)
def _command(shape: Shape) -> bytes:
    """`SELECT key, granted columns FROM view WHERE key = $n AND granted rows`: quoted names of the configuration, values as parameters."""
    numbers = map(sql.SQL, (f"${number}" for number in count(1)))
    command = sql.SQL("SELECT {columns} FROM {view} WHERE {key} = {number}{where} LIMIT {most}").format(
        columns=sql.SQL(", ").join([_shown(column, tests, numbers) for column, tests in shape.columns]),
        view=sql.Identifier(*shape.at.split(".")),
        key=sql.Identifier(shape.key),
        number=next(numbers),
        where=sql.Composed([sql.SQL(" AND ") + _condition(test, numbers) for test in shape.where]),
        most=sql.Literal(MOST_ROWS + 1),
    )
    return command.as_bytes()


def _values(question: Question) -> list[object]:
    """In the order of the numbers of `_command`."""
    tested = [value for column in dict.fromkeys(question.columns) for term in question.tests.get(column, ()) for value in term.values]
    return [*tested, question.key, *(value for term in question.where for value in term.values)]


def _shown(column: str, tests: Tests | None, numbers: Iterator[sql.SQL]) -> sql.Composable:
    """A column, or the truth about it alone."""
    if tests is None:
        return sql.Identifier(column)
    terms = sql.SQL(" AND ").join([_condition(test, numbers) for test in tests])
    return sql.SQL("({}) AS {}").format(terms, sql.Identifier(column))


def _condition(test: tuple[str, str, int], numbers: Iterator[sql.SQL]) -> sql.Composed:
    """A column that is NULL passes no test: `IN`, `NOT IN` and orders are all unknown of it."""
    column, values = sql.Identifier(test[0]), sql.SQL(", ").join(list(islice(numbers, test[2])))
    match test[1]:
        case "=":
            return sql.SQL("{} IN ({})").format(column, values)
        case "!=":
            return sql.SQL("{} NOT IN ({})").format(column, values)
    return sql.SQL("{} {} {}").format(column, sql.SQL(ORDERS[ORDERS.index(test[1])]), values)
