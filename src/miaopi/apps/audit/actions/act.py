"""One fact, one transaction, one log (DESIGN.md law 4): the only place in the house that opens a transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import Error, IntegrityError, OperationalError, transaction

from miaopi.apps.audit.adapters.statements import list_rows
from miaopi.apps.audit.events import WITHIN, Actor, Event, Handler, JsonBody, case_of
from miaopi.kernel.ledger import HASH_SIZE, canonical_json, leaf_data

ROUNDS: Final = 16
SALT_SIZE: Final = 16
# Each column is one text, its values between signs that no canonical JSON holds bare, and all salts and leaves are one value each: as
# one document of rows they were written twice on this side, and read on the other for longer than they took to be stored.
BETWEEN: Final = "\x1f"
LISTED: Final = "string_to_array(%s, E'\\x1f', '')"
TELL: Final = f"""
WITH told AS (
    INSERT INTO audit_entry (at, kind, number, subject, is_access, entry, salt, leaf, deferral)
    SELECT at, kind, number, subject, is_access, entry, substr(%s::bytea, (place::int - 1) * {SALT_SIZE} + 1, {SALT_SIZE}),
           substr(%s::bytea, (place::int - 1) * {HASH_SIZE} + 1, {HASH_SIZE}), deferral
      FROM unnest({LISTED}::timestamptz[], {LISTED}, {LISTED}, {LISTED}, {LISTED}::boolean[], {LISTED}, {LISTED})
           WITH ORDINALITY AS row (at, kind, number, subject, is_access, entry, deferral, place)
     ORDER BY place
    RETURNING id, CASE WHEN deferral IS NOT NULL THEN entry END AS deferred
), released AS (
    INSERT INTO audit_release (entry_id, shown_from, renewals)
    SELECT id, (deferred::jsonb -> 'body' ->> 'shown_from')::timestamptz, 0 FROM told WHERE deferred IS NOT NULL
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
    return sorted(WITHIN[event], key=_place_on_street) if event in WITHIN else []


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
    actors = {by: by.to_json() for by in {each.by for each in noted}}
    moments = [each.now.astimezone(UTC).isoformat() for each in noted]
    entries = [_write(each, actors[each.by], at) for each, at in zip(noted, moments, strict=True)]
    salts = secrets.token_bytes(SALT_SIZE * len(noted))
    leaves = [leaf_data(salts[at * SALT_SIZE : (at + 1) * SALT_SIZE], entry) for at, entry in enumerate(entries)]
    columns = zip(*(_list_values(*each) for each in zip(noted, moments, entries, strict=True)), strict=True)
    list_rows(TELL, [salts, b"".join(leaves), *map(_join, columns)])


def _write(noted: _Noted, actor: JsonBody, at: str) -> bytes:
    event = noted.event
    return canonical_json(
        {"v": 1, "kind": event.event_kind, "at": at, "actor": actor, "access": event.is_access, "body": noted.body}
    )


def _list_values(noted: _Noted, at: str, entry: bytes) -> tuple[str, ...]:
    """As `TELL` takes them; none is the empty text."""
    event, body = noted.event, noted.body
    return (
        at, event.event_kind, case_of(body) or "", body.get("subject") or "", "t" if event.is_access else "f",
        entry.decode(), body.get("deferral") or "",
    )  # fmt: skip


def _join(values: Sequence[str]) -> str:
    """Raises ValueError where a value holds the sign between them: the others would stand in the wrong rows."""
    joined = BETWEEN.join(values)
    if joined.count(BETWEEN) >= len(values):
        raise ValueError("a value of an entry holds a control sign")
    return joined
