"""Things that happen in these tests, as a room would declare them, and the parts of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, connections

from miaopi.apps.audit.api import Event, act, person, run_after_handlers, sequence
from miaopi.apps.audit.events import AFTER, NAMERS, WITHIN
from miaopi.instance.postgres import OWNER
from miaopi.kernel.frozen import frozen
from tests.conftest import current_server

NOW = datetime(2026, 11, 25, 8, 30, 0, 123456, tzinfo=UTC)
ANNA = person("a" * 32)
SUBJECT = "5" * 64
DUE = timedelta(minutes=1)


@frozen
class Opened(Event):
    """All that an event may hold."""

    number: str
    count: int = 0
    is_first: bool = True
    day: date | None = None
    at: datetime | None = None
    fields: tuple[str, ...] = ()
    subject: str | None = None


@frozen
class Closed(Event):
    number: str


@frozen
class Looked(Event):
    is_access = True

    application: str
    subject: str


@frozen
class Odd(Event):
    weight: Any


def open_one(number: str, **more: Any) -> None:
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened(number, **more))


def open_many(count: int, *, prefix: str = "n") -> None:
    """`count` events in one act, in this order."""
    with act(by=ANNA, now=NOW) as unit:
        for number in range(count):
            unit.record(Opened(f"{prefix}{number}"))


def work(now: datetime = NOW) -> int:
    sequence()
    return run_after_handlers(now=now)


def rows(statement: str, *values: Any) -> list[Any]:
    """What a statement finds; single columns without their tuple."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    return [row[0] for row in found] if found and len(found[0]) == 1 else found


@contextmanager
def quiet() -> Iterator[None]:
    """No handler of any room hears; those registered inside are forgotten again."""
    kept_within, kept_after = dict(WITHIN), dict(AFTER)
    WITHIN.clear()
    AFTER.clear()
    try:
        yield
    finally:
        WITHIN.clear()
        WITHIN.update(kept_within)
        AFTER.clear()
        AFTER.update(kept_after)


@contextmanager
def nameless() -> Iterator[None]:
    """Nobody has said how persons are named."""
    kept = list(NAMERS)
    NAMERS.clear()
    try:
        yield
    finally:
        NAMERS[:] = kept


@contextmanager
def owner(database: str) -> Iterator[psycopg.Connection[Any]]:
    """The database as its owner: the application may alter nothing in the log."""
    with psycopg.connect(current_server().url(database, OWNER), autocommit=True) as connected:
        yield connected


@contextmanager
def at_commit(database: str, action: str) -> Iterator[None]:
    """The server does this, a line of PL/pgSQL, when a transaction that told something commits."""
    with owner(database) as mighty:
        mighty.execute(
            f"CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY INVOKER AS $$ BEGIN {action}; RETURN NULL; END $$"
        )
        mighty.execute(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON audit_pending DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION at_commit()"
        )
        try:
            yield
        finally:
            connections.close_all()
            mighty.execute("DROP FUNCTION at_commit() CASCADE")
