"""How far each reader of the log is, and what it could not take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection

from miaopi.apps.audit.events import AFTER
from miaopi.apps.audit.models import Cursor, Entry, Failure
from miaopi.apps.audit.queries.tree import count_numbered
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

BATCH: Final = 200
TRIES: Final = 5
STRIDE: Final = 1000  # a cursor behind which nothing of its kind happened is moved on this often
STRETCH: Final = 20_000  # positions looked at in one statement (0.1 s): a new reader of a long log must not run into its time limit
NEXT: Final = """
SELECT position.seq, entry.kind, entry.entry
  FROM audit_position position JOIN audit_entry entry ON entry.id = position.entry_id
 WHERE position.seq > %s AND position.seq <= %s AND entry.kind = %s
 ORDER BY position.seq LIMIT %s
"""
NOTHING_PARKED: Final = Text(zh="没有这条搁置的事件。", en="No such event is parked.")


@frozen
class Batch:
    """What a reader takes at once: `stands` is where it is, `reached` where it will be after these rows.

    `tries` counts the batches that were begun there and never ended, because the process died or was cut off: after five
    the events are taken one by one, and after five more the one in front is parked. `has_more`: it is not the last batch.
    """

    stands: int
    reached: int
    rows: Sequence[tuple[int, str, str]]
    tries: int
    has_more: bool

    @property
    def is_single(self) -> bool:
        return self.tries >= TRIES

    @property
    def is_hopeless(self) -> bool:
        return self.tries >= 2 * TRIES


@dataclass(slots=True)
class Gaze:
    """How far a process has looked for the next event of each handler, beyond its cursor, in vain: what is numbered there stays as it is.

    `seen`: by handler where its cursor stood, and the last position that was looked at.
    """

    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def find_start(self, handler: str, stands: int) -> int:
        stood, looked = self.seen.get(handler, (stands, stands))
        return looked if stood == stands else stands


def list_stands() -> Mapping[str, tuple[int, int]]:
    """Where the cursors stand, and how many batches were begun there; in one statement for all handlers."""
    return {handler: (seq, tries) for handler, seq, tries in Cursor.objects.values_list("handler", "seq", "tries")}


def find_batch(handler: str, kind: str, now: datetime, *, stood: tuple[int, int], size: int, gaze: Gaze) -> Batch | None:
    """The next events of a kind for a reader whose cursor `stood` so, in a log of `size`; `None` if there are none, or if a failed one
    is to be tried later."""
    stands, tries = stood
    start = gaze.find_start(handler, stands)
    head = min(size - 1, start + STRETCH)
    if head <= start or Failure.objects.filter(handler=handler, parked_at=None, seq__gt=stands, due_at__gt=now).exists():
        return None
    most = 1 if tries >= TRIES else BATCH
    with connection.cursor() as statement:
        statement.execute(NEXT, [start, head, kind, most + 1])
        found = statement.fetchall()
    if not found and head - stands < STRIDE:
        gaze.seen[handler] = stands, head
        return None
    rows, has_more = found[:most], len(found) > most
    return Batch(stands, rows[-1][0] if has_more else head, rows, tries, has_more)


def list_parked() -> list[Failure]:
    """What no handler could take in five tries, the oldest first."""
    return list(Failure.objects.exclude(parked_at=None).order_by("parked_at", "id"))


def lock_parked(handler: str, seq: int) -> tuple[Failure, str, str]:
    """A parked failure to be tried again, with the kind and the text of its entry. Raises NotFound."""
    parked = Failure.objects.select_for_update().filter(handler=handler, seq=seq).exclude(parked_at=None).first()
    entry = Entry.objects.filter(position__seq=seq).first()
    if parked is None or entry is None or handler not in AFTER:
        raise NotFound(NOTHING_PARKED)
    return parked, entry.kind, entry.entry


def has_failed_due(now: datetime) -> bool:
    """Whether some event that a handler could not take is to be tried again."""
    return Failure.objects.filter(parked_at=None, due_at__lte=now).exists()


def list_lags() -> dict[str, int]:
    """For each handler, how many positions of the log it has not looked at yet."""
    size = count_numbered()
    cursors = dict(Cursor.objects.values_list("handler", "seq"))
    return {name: size - 1 - cursors.get(name, -1) for name in AFTER}
