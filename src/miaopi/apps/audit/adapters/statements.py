"""The few statements that are made hundreds of times a second: planned once a connection, and several of them in one round trip.

In libpq's pipeline mode, past Django's cursors and psycopg's: these took ten times as long over a statement as libpq does. Values are
adapted, errors raised and transactions begun as they would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.abc import PQGen, Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as TransformerOf
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

T = TypeVar("T")
Row = tuple[Any, ...]
SQL = psycopg.Connection[Any]
ANSWERED: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
OUTDATED: Final = (psycopg.errors.InvalidSqlStatementName, psycopg.errors.FeatureNotSupported)  # forgotten, or of a table that changed
_numbers: Final = count()
_prepared: Final[WeakKeyDictionary[SQL, _Prepared]] = WeakKeyDictionary()


class Read(Generic[T]):
    """What one statement finds, to be read together with what others find; each room offers those of its own tables."""

    def __init__(self, statement: str, values: Sequence[object], make: Callable[[list[Row]], T]) -> None:
        self.statement, self.values = statement, values
        self._make = make
        self._rows: list[Row] | None = None

    @property
    def found(self) -> T:
        """Raises RuntimeError before it was read."""
        if self._rows is None:
            raise RuntimeError("nobody has read this yet")
        return self._make(self._rows)

    def take(self, rows: list[Row]) -> None:
        self._rows = rows

    def now(self) -> T:
        """Read alone."""
        read_together(self)
        return self.found


def read_together(*reads: Read[Any]) -> None:
    """In one round trip. Raises Django's errors."""
    for read, rows in zip(reads, _run([(read.statement, read.values) for read in reads]), strict=True):
        read.take(rows)


def list_rows(statement: str, values: Sequence[object]) -> list[Row]:
    """The rows of a statement whose text is always the same; the server keeps its plan.

    A list goes as one text with `string_to_array`: arrays are slow to write, and a list of placeholders would be another statement
    for each length. Raises Django's errors.
    """
    return _run([(statement, values)])[0]


def _run(asked: Sequence[tuple[str, Sequence[object]]]) -> list[list[Row]]:
    base = connections[DEFAULT_DB_ALIAS]  # of this thread; the `connection` of Django looks for it at every name
    if base.connection is None:
        base.ensure_connection()
    if base.queries_logged or base.execute_wrappers:
        return [_say_aloud(base, statement, values) for statement, values in asked]
    base.validate_no_broken_transaction()
    with base.wrap_database_errors:
        return _converse(base.connection, asked)


def _say_aloud(base: Any, statement: str, values: Sequence[object]) -> list[Row]:
    """One by one, for whoever listens to Django's cursors."""
    wrap = base.make_debug_cursor if base.queries_logged else base.make_cursor
    with wrap(ServerBindingCursor(base.connection)) as cursor:  # type: ignore[call-arg]  # psycopg's, mixed in at run time
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.pgresult.nfields else []


def _converse(wire: SQL, asked: Sequence[tuple[str, Sequence[object]]]) -> list[list[Row]]:
    """All go out, then all answers are awaited. After an error the others are void, and so is the transaction."""
    server, prepared = wire.pgconn, _prepared.get(wire)
    if prepared is None:
        wire.prepare_threshold = None  # where psycopg prepares too it forgets all at each ROLLBACK, and these with its own
        prepared = _prepared[wire] = _Prepared(wire)
    names, said = prepared.names, prepared.said
    calls = [_Call(said, statement, values) for statement, values in asked]
    new = [call for call in calls if call.key not in names]
    with wire.lock:
        server.enter_pipeline_mode()
        try:
            if not wire.autocommit and server.transaction_status == TransactionStatus.IDLE:
                server.send_query_params(b"BEGIN", None)
            for call in new:
                names[call.key] = b"often_%d" % next(_numbers)
                server.send_prepare(names[call.key], _numbered(call.key[0]), call.key[1])
            for call in calls:
                server.send_query_prepared(names[call.key], call.parameters, call.formats)
            server.pipeline_sync()
            results = wire.wait(_await(server))
        except BaseException:  # whatever broke it off: half an answer may lie in this connection
            wire.close()
            raise
        server.exit_pipeline_mode()
    for result in results:
        if result.status not in ANSWERED:
            for call in new:
                names.pop(call.key, None)
            error = error_from_result(result, encoding=wire.info.encoding)
            if isinstance(error, OUTDATED):
                names.clear()
            raise error
    return [_load(said, result) for result in results[-len(calls) :]]


class _Prepared:
    """What a connection knows: the names of statements, and how values of each type are written and read."""

    __slots__ = ("names", "said")

    def __init__(self, wire: SQL) -> None:
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.said: Transformer = TransformerOf(wire)


class _Call:
    """One statement of a conversation, its values as the server takes them."""

    __slots__ = ("formats", "key", "parameters")

    def __init__(self, said: Transformer, statement: str, values: Sequence[object]) -> None:
        self.parameters = said.dump_sequence(values, [PyFormat.AUTO] * len(values))
        self.key = statement, tuple(said.types or ())
        self.formats = said.formats


def _await(server: PGconn) -> PQGen[list[PGresult]]:
    """The results up to the end of the pipeline. Raises OperationalError when there is none."""
    while server.flush():
        if (yield Wait.RW) & Ready.R:
            server.consume_input()  # a server that cannot say on hears no more
    results: list[PGresult] = []
    while True:
        yield Wait.R
        server.consume_input()
        while not server.is_busy():
            result = server.get_result()
            if result is None and server.status != ConnStatus.OK:
                raise psycopg.OperationalError("the connection is lost")
            if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                return results
            if result is not None:
                results.append(result)


def _load(said: Transformer, result: PGresult) -> list[Row]:
    if not result.nfields:
        return []
    said.set_pgresult(result)
    return said.load_rows(0, result.ntuples, tuple)


@lru_cache(maxsize=256)
def _numbered(statement: str) -> bytes:
    """With `$1` for the first `%s`."""
    first, *others = statement.split("%s")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(others, 1))]).encode()
