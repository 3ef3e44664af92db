"""One fact, one transaction, one log (DESIGN.md law 4): the only place in the house that opens a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import Error, IntegrityError, OperationalError, connection, transaction

from miaopi.apps.audit.events import WITHIN, Actor, Event, Handler, JsonBody, case_of
from miaopi.kernel.ledger import canonical_json, leaf_data

ROUNDS: Final = 16
SALT_SIZE: Final = 16
TELL: Final = """
WITH told AS (
    INSERT INTO audit_entry (at, kind, number, subject, is_access, entry, salt, leaf)
    SELECT at, kind, number, subject, is_access, entry, salt, leaf
      FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[], %s::bytea[], %s::bytea[])
           WITH ORDINALITY AS row (at, kind, number, subject, is_access, entry, salt, leaf, place)
     ORDER BY place
    RETURNING id
)
INSERT INTO audit_pending (entry_id) SELECT id FROM told
"""


class Doomed(Exception):
    """An inner act failed and somebody caught it: the outermost must not commit as if nothing had happened."""


class OutcomeUnknown(OperationalError):
    """The database fell silent at COMMIT: nobody knows whether it committed – 1 in 11 such transactions had (DESIGN.md §7.6).

    Whoever catches it looks the outcome up by its own key before saying anything, and never calls it failed.
    """


class Ended(Exception):
    """A unit was used after its act was over: nobody would have heard."""


class Endless(Exception):
    """Handlers went on telling each other for sixteen rounds."""


@dataclass(slots=True)
class _Noted:
    event: Event
    body: JsonBody
    hand: object
    by: Actor
    now: datetime


@dataclass(slots=True)
class _Transaction:
    """What the outermost act and those inside it share."""

    noted: list[_Noted] = field(default_factory=list)
    doomed_by: BaseException | None = None
    is_over: bool = False


_current: ContextVar[_Transaction | None] = ContextVar("current_act", default=None)


class Unit:
    """One act: who and when. Inner acts are units of the same transaction."""

    def __init__(self, by: Actor, now: datetime, shared: _Transaction) -> None:
        self.by = by
        self.now = now
        self._shared = shared

    def record(self, event: Event, hand: object = None) -> None:
        """Note what happened. `hand` goes along in memory to *within* handlers of this transaction and is never stored.

        Raises TypeError for an event that holds what cannot be written, Ended after the act.
        """
        self._require_open()
        self._shared.noted.append(_Noted(event, event.to_body(), hand, self.by, self.now))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """For what may fail: left by an exception, its rows and its events are undone, and the exception goes on.

        Whoever catches it may go on with the act: an inner act that failed inside the attempt dooms nothing.
        """
        self._require_open()
        shared = self._shared
        noted, doomed_by = len(shared.noted), shared.doomed_by
        try:
            with transaction.atomic():
                yield
        except BaseException:  # whatever it was, its events are undone, and it goes on
            del shared.noted[noted:]
            shared.doomed_by = doomed_by
            raise

    def _require_open(self) -> None:
        if self._shared.is_over:
            raise Ended("a unit was used after its act was over")


@contextmanager
def act(*, by: Actor, now: datetime) -> Iterator[Unit]:
    """A transaction that says what happened. An inner act joins the outer one, without a savepoint.

    Raises Doomed instead of committing if an inner act was left by an exception that somebody caught, and Endless if
    *within* handlers do not come to rest; OutcomeUnknown for an error of the database at COMMIT, unless it is its plain
    answer that a constrained row may not stand (IntegrityError): that one is known to have changed nothing.
    """
    outer = _current.get()
    if outer is not None:
        try:
            yield Unit(by, now, outer)
        except BaseException as error:  # whatever it was, the outermost act must not commit
            outer.doomed_by = outer.doomed_by or error
            raise
        return
    shared = _Transaction()
    token = _current.set(shared)
    is_told = False
    try:
        with transaction.atomic(durable=True):
            yield Unit(by, now, shared)
            _hear_within(shared)
            if shared.doomed_by is not None:
                raise Doomed("an act inside this one failed") from shared.doomed_by
            _tell(shared.noted)
            is_told = True
    except Error as error:
        if is_told and not isinstance(error, IntegrityError):
            raise OutcomeUnknown("the database did not answer a COMMIT") from error
        raise
    finally:
        shared.is_over = True
        _current.reset(token)


def _hear_within(shared: _Transaction) -> None:
    """Run the *within* handlers, in street order, until no new event is left."""
    heard = 0
    for _ in range(ROUNDS):
        if heard == len(shared.noted):
            return
        round_, heard = shared.noted[heard:], len(shared.noted)
        for noted in round_:
            for handler in _listeners(type(noted.event)):
                handler(noted.event, hand=noted.hand, by=noted.by, now=noted.now)
    if heard != len(shared.noted):
        raise Endless(f"handlers told {len(shared.noted)} events in {ROUNDS} rounds")


def _listeners(event: type[Event]) -> list[Any]:
    return sorted(WITHIN.get(event, ()), key=_place_on_street)


@cache
def _street() -> dict[str, int]:
    return {config.name: place for place, config in enumerate(apps.get_app_configs())}


def _place_on_street(handler: Handler) -> int:
    """Rooms in the order of the street; what is no room comes last."""
    room = ".".join(handler.__module__.split(".")[:3])
    return _street().get(room, len(_street()))


def _tell(noted: list[_Noted]) -> None:
    """All events go out in one statement, each row ledger entry, salt, leaf and event, its id among the pending ones."""
    if not noted:
        return
    rows = [_row(each) for each in noted]
    with connection.cursor() as cursor:
        cursor.execute(TELL, [list(column) for column in zip(*rows, strict=True)])


def _row(noted: _Noted) -> tuple[object, ...]:
    event, body = noted.event, noted.body
    entry = canonical_json(
        {
            "v": 1, "kind": event.event_kind, "at": noted.now.astimezone(UTC).isoformat(), "actor": noted.by.to_json(),
            "access": event.is_access, "body": body,
        }
    )  # fmt: skip
    salt = secrets.token_bytes(SALT_SIZE)
    return (
        noted.now, event.event_kind, case_of(body), body.get("subject"), event.is_access, entry.decode(), salt, leaf_data(salt, entry),
    )  # fmt: skip
