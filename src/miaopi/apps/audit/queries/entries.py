"""Entries of the log: found by case or person, proved to anybody."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miaopi.apps.audit.models import Checkpoint, Entry
from miaopi.apps.audit.queries.tree import (
    find_checkpoint,
    find_covering_checkpoint,
    get_consistency,
    get_inclusion,
)
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text

NO_ENTRY = Text(zh="账本里没有这一条，或还没有编号。", en="The log has no such entry, or it has no number yet.")
NOT_COVERED = Text(zh="这一条还没有签名的检查点，请过一秒再试。", en="No signed checkpoint covers this entry yet; try again in a second.")


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry as whom it concerns sees it; `seq` is its position, `None` until the sequencer has numbered it."""

    seq: int | None
    at: datetime
    kind: str
    actor: dict[str, Any]
    body: dict[str, Any]

    def to_json(self) -> dict[str, object]:
        return {"seq": self.seq, "at": self.at.isoformat(), "kind": self.kind, "actor": self.actor, "body": self.body}


@dataclass(frozen=True, slots=True)
class Proof:
    """DESIGN.md §7.4: everything an outsider needs to check that an entry is in the log."""

    entry: str
    salt: bytes
    leaf: bytes
    leaf_index: int
    checkpoint: Checkpoint
    inclusion: tuple[bytes, ...]
    old: Checkpoint
    consistency: tuple[bytes, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "leaf": base64.b64encode(self.leaf).decode(),
            "entry": self.entry,
            "salt": base64.b64encode(self.salt).decode(),
            "leaf_index": self.leaf_index,
            "tree_size": self.checkpoint.tree_size,
            "root": bytes(self.checkpoint.root).hex(),
            "inclusion": [each.hex() for each in self.inclusion],
            "old_size": self.old.tree_size,
            "old_root": bytes(self.old.root).hex(),
            "consistency": [each.hex() for each in self.consistency],
            "checkpoint": self.checkpoint.note,
            "key": self.checkpoint.key,
        }


def find_entry(*, kind: str, number: str, latest: bool = False) -> LoggedEntry | None:
    """The first (or latest) entry of that kind in a case."""
    rows = Entry.objects.select_related("position").filter(kind=kind, number=number)
    row = rows.order_by("-id" if latest else "id").first()
    return None if row is None else compute_entry(row)


def list_entries(*, number: str) -> list[LoggedEntry]:
    """All that happened in a case, in the order of the log."""
    return _in_order(Entry.objects.select_related("position").filter(number=number))


def list_accesses(subject: str, *, number: str | None = None, before: int | None = None, most: int = 200) -> list[LoggedEntry]:
    """Who looked at the data of the person with this pseudonym: numbered looks, the latest first; in one case, if it is named.

    `before` is the position at which the last page ended.
    """
    rows = Entry.objects.select_related("position").filter(subject=subject, is_access=True, position__isnull=False)
    if number is not None:
        rows = rows.filter(number=number)
    if before is not None:
        rows = rows.filter(position__seq__lt=before)
    return [compute_entry(row) for row in rows.order_by("-position__seq")[:most]]


def find_access(subject: str, seq: int) -> LoggedEntry | None:
    """The look at a position, if it was at the data of this person."""
    row = Entry.objects.select_related("position").filter(subject=subject, is_access=True, position__seq=seq).first()
    return None if row is None else compute_entry(row)


def _in_order(rows: Iterable[Entry]) -> list[LoggedEntry]:
    entries = [compute_entry(row) for row in rows]
    return sorted(entries, key=lambda entry: (entry.seq is None, entry.seq or 0))


def compute_entry(row: Entry) -> LoggedEntry:
    written = json.loads(row.entry)
    position = getattr(row, "position", None)
    return LoggedEntry(position.seq if position else None, row.at, row.kind, written["actor"], written["body"])


def prove(seq: int) -> Proof:
    """The proof of the entry at a position in the latest checkpoint, and that this one only adds to the one before.

    The first checkpoint stands for itself (equal sizes, nothing between). Raises NotFound while there is nothing to show.
    """
    row = Entry.objects.filter(position__seq=seq).first()
    if row is None:
        raise NotFound(NO_ENTRY)
    head = find_covering_checkpoint(seq)
    if head is None:
        raise NotFound(NOT_COVERED)
    old = find_checkpoint(at_most=head.tree_size - 1) or head
    return Proof(
        entry=row.entry, salt=bytes(row.salt), leaf=bytes(row.leaf), leaf_index=seq, checkpoint=head,
        inclusion=tuple(get_inclusion(seq, head.tree_size)), old=old,
        consistency=tuple(get_consistency(old.tree_size, head.tree_size)),
    )
