"""Entries of the log: found by case or person, proved to anybody."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from miaopi.apps.audit.models import Checkpoint, Entry
from miaopi.apps.audit.queries.tree import (
    find_checkpoint,
    find_covering_checkpoint,
    get_consistency,
    get_inclusion,
)
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_ENTRY = Text(zh="账本里没有这一条，或还没有编号。", en="The log has no such entry, or it has no number yet.")
NOT_COVERED = Text(zh="这一条还没有签名的检查点，请过一秒再试。", en="No signed checkpoint covers this entry yet; try again in a second.")


@frozen
class LoggedEntry:
    """One entry as whom it concerns sees it; `seq` is its position, `None` until the sequencer has numbered it.

    `shown_from`: from when on its subject could see it, if that was later than `at`.
    """

    seq: int | None
    at: datetime
    kind: str
    actor: dict[str, Any]
    body: dict[str, Any]
    shown_from: datetime | None = None

    def concerns(self, subjects: Collection[str]) -> bool:
        """Whether it is about one of these persons, beside another or alone, or by one of them."""
        named = {self.body.get("subject"), self.body.get("other"), self.actor["id"], self.actor.get("acting_for")}
        return not named.isdisjoint(subjects)

    def to_json(self) -> dict[str, object]:
        told: dict[str, object] = {"seq": self.seq, "at": self.at.isoformat(), "kind": self.kind, "actor": self.actor, "body": self.body}
        return told if self.shown_from is None else {**told, "shown_from": self.shown_from.isoformat()}


@frozen
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


def find_entry(*, kind: str, number: str, latest: bool = False, subject: str | None = None) -> LoggedEntry | None:
    """The first (or latest) entry of that kind in a case; a deferred one is not found by its case.

    For `subject`, the reader's pseudonym: one that is about her or about nobody, since a look at somebody else is his to see.
    """
    rows = Entry.objects.select_related("position").filter(kind=kind, number=number, deferral=None)
    if subject is not None:
        rows = rows.filter(Q(subject=None) | Q(subject=subject))
    row = rows.order_by("-id" if latest else "id").first()
    return None if row is None else compute_entry(row)


def list_entries(*, number: str) -> list[LoggedEntry]:
    """What happened in a case, in the order of the log. Deferred looks are no part of it, not even once they are released."""
    return _in_order(Entry.objects.select_related("position").filter(number=number, deferral=None))


def list_all_entries(*, number: str) -> list[LoggedEntry]:
    """All that happened in a case, the deferred looks too: for whoever watches over those who look."""
    return _in_order(Entry.objects.select_related("position").filter(number=number))


def is_shown(now: datetime | None) -> Q:
    """Whether an entry may be shown at that moment. Without a row that says from when on, a deferred one may not."""
    return Q(deferral=None) if now is None else Q(deferral=None) | Q(release__shown_from__lte=now)


def _in_order(rows: QuerySet[Entry]) -> list[LoggedEntry]:
    """By number; what has none yet stands last, as it was written."""
    entries = [compute_entry(row) for row in rows.order_by("id")]
    return sorted(entries, key=lambda entry: (entry.seq is None, entry.seq or 0))


def compute_entry(row: Entry) -> LoggedEntry:
    written = json.loads(row.entry)
    position = getattr(row, "position", None)
    release = getattr(row, "release", None) if row.deferral is not None else None
    return LoggedEntry(
        position.seq if position else None, row.at, row.kind, written["actor"], written["body"], release and release.shown_from
    )


def get_any_entry(seq: int) -> LoggedEntry:
    """The entry at a position, a deferred one too: for whoever watches over those who look. Raises NotFound."""
    row = Entry.objects.select_related("position", "release").filter(position__seq=seq).first()
    if row is None:
        raise NotFound(NO_ENTRY)
    return compute_entry(row)


def prove(seq: int, *, now: datetime | None = None) -> Proof:
    """The proof of the entry at a position in the latest checkpoint, and that this one only adds to the one before.

    The first checkpoint stands for itself (equal sizes, nothing between). Raises NotFound while there is nothing to show, and for a
    deferred entry that is not released by `now`; without `now` for each deferred one.
    """
    return _prove(Entry.objects.filter(is_shown(now), position__seq=seq).first(), seq)


def prove_any(seq: int) -> Proof:
    """As `prove`, of a deferred entry too: for whoever watches over those who look."""
    return _prove(Entry.objects.filter(position__seq=seq).first(), seq)


def _prove(row: Entry | None, seq: int) -> Proof:
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
