"""The readers of the numbered log. A batch's effects and the move of its cursor are one transaction.

A cursor moves only from where this reader saw it, so two readers of one handler cannot both take a batch. What leaves the
house is keyed by its own id, so that a batch whose commit was lost sends nothing twice. That a batch was begun is committed
before it runs: an event that kills its reader each time is found and parked like one that raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, connection

from miaopi.apps.audit.actions.act import Unit, act
from miaopi.apps.audit.events import AFTER, MANY, read_event, system
from miaopi.apps.audit.models import Cursor, Failure
from miaopi.apps.audit.queries.readers import TRIES, Batch, Gaze, find_batch, list_stands, lock_parked
from miaopi.apps.audit.queries.tree import count_numbered
from miaopi.kernel.errors import MiaopiError

PAUSES: Final = tuple(timedelta(seconds=pause) for pause in (0.2, 1, 2, 4))
NOWHERE: Final = (-1, 0)
DIED: Final = "the process ended each time while it was handled"
BEGIN: Final = """
INSERT INTO audit_cursor (handler, seq, tries) VALUES (%s, -1, 1)
ON CONFLICT (handler) DO UPDATE SET tries = audit_cursor.tries + 1 WHERE audit_cursor.seq = %s
"""


class _Overtaken(Exception):
    """Another reader moved the cursor first; nothing of this batch is kept."""


def run_after_handlers(*, now: datetime, gaze: Gaze | None = None) -> int:
    """Let each *after* handler read one batch; how many events were handled.

    Whoever runs them again and again hands in one `gaze`: where nothing is new, that costs two statements for all of them.
    """
    size, stands, gaze = count_numbered(), list_stands(), gaze or Gaze()
    handled = 0
    for name, (event, handler) in AFTER.items():
        batch = find_batch(name, event.event_kind, now, stood=stands.get(name, NOWHERE), size=size, gaze=gaze)
        handled += 0 if batch is None else _read_on(name, batch, handler, now)
    return handled


def _read_on(name: str, batch: Batch, handler: Callable[..., None], now: datetime) -> int:
    try:
        _begin(name, batch)
        return _take(name, batch, handler, now)
    except _Overtaken:
        return 0


def _begin(name: str, batch: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [name, batch.stands])
        if not cursor.rowcount:
            raise _Overtaken


def _take(name: str, batch: Batch, handler: Callable[..., None], now: datetime) -> int:
    handled, reached = 0, batch.reached
    with act(by=system(name), now=now) as unit:
        if name in MANY and not batch.is_single and _hear(unit, name, handler, batch.rows, now) is None:
            _move(name, batch, reached)
            return len(batch.rows)
        for seq, kind, entry in batch.rows:
            failure = DIED if batch.is_hopeless else _hear(unit, name, handler, [(seq, kind, entry)], now)
            if failure is None:
                handled += 1
            elif not _is_parked(name, seq, failure, now):
                reached = seq - 1
                break
        _move(name, batch, reached)
    return handled


def _hear(unit: Unit, name: str, handler: Callable[..., None], rows: Sequence[tuple[int, str, str]], now: datetime) -> str | None:
    """Run the handler in a savepoint of its own; what went wrong, in words without personal data."""
    try:
        with unit.attempt():
            told = [(seq, written["at"], read_event(kind, written["body"])) for seq, kind, entry in rows for written in [json.loads(entry)]]
            if name in MANY:
                handler([(event, datetime.fromisoformat(at)) for _, at, event in told], now=now)
            else:
                for seq, _, event in told:
                    handler(event, seq=seq, now=now)
    except InterfaceError:
        raise  # the connection is gone: this says nothing of the event
    except Exception as error:  # whatever a handler raises, the reader must go on and say so
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        return error.text.en if isinstance(error, MiaopiError) else type(error).__name__
    return None


def _is_parked(name: str, seq: int, reason: str, now: datetime) -> bool:
    """Count the try; whether the event is parked with it, so that the handler goes on without it."""
    failure, _ = Failure.objects.get_or_create(
        handler=name, seq=seq, defaults={"attempts": 0, "reason": "", "due_at": now}
    )
    failure.attempts += 1
    failure.reason = reason[:200]
    failure.due_at = now + PAUSES[min(failure.attempts, len(PAUSES)) - 1]
    failure.parked_at = now if failure.attempts >= TRIES or reason == DIED else None
    failure.save()
    return failure.parked_at is not None


def _move(name: str, batch: Batch, reached: int) -> None:
    """Move the cursor from where it was seen; one by one until all is read or parked, if a batch died here before."""
    tries = TRIES if batch.is_single and not batch.is_hopeless and batch.has_more else 0
    if not Cursor.objects.filter(handler=name, seq=batch.stands).update(seq=reached, tries=tries):
        raise _Overtaken


def replay(*, handler: str, seq: int, now: datetime) -> bool:
    """Run a parked event again; whether it went through. Raises NotFound where nothing is parked there."""
    with act(by=system(handler), now=now) as unit:
        parked, kind, entry = lock_parked(handler, seq)
        reason = _hear(unit, handler, AFTER[handler][1], [(seq, kind, entry)], now)
        if reason is None:
            parked.delete()
        else:
            parked.attempts, parked.reason = parked.attempts + 1, reason[:200]
            parked.save()
    return reason is None
