"""Does the log still say what was signed? Every row is recomputed, a stretch at a time; what was altered is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import connection

from miaopi.apps.audit.events import case_of
from miaopi.apps.audit.models import Checkpoint, Entry, Node, Pending, Position, Release
from miaopi.apps.audit.queries.tree import LEVELS, compute_key, count_numbered, get_root
from miaopi.kernel.credential import note_key, open_note, read_checkpoint
from miaopi.kernel.frozen import frozen
from miaopi.kernel.ledger import leaf_data, leaf_hash, node_hash

STRETCH: Final = 2000
LIMITS: Final = ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout")
IS_DUE: Final = f"key / {LEVELS} < %s::bigint >> (key %% {LEVELS})::int"
DUE: Final = f"SELECT key %% {LEVELS}, count(*) FROM audit_node WHERE {IS_DUE} GROUP BY 1"
SURPLUS: Final = f"SELECT key FROM audit_node WHERE NOT ({IS_DUE}) ORDER BY key %% {LEVELS}, key"


@frozen
class Finding:
    """`row` names what was altered: `entry 17`, `node 3/2`, `checkpoint 40`; `what` says how."""

    row: str
    what: str

    def to_json(self) -> dict[str, str]:
        return {"row": self.row, "what": self.what}


def list_findings(public_key: Callable[[str], bytes]) -> list[Finding]:
    """Recompute leaves, numbers, tree and checkpoints from the entries; all that does not fit.

    `public_key` is asked for the key of the purpose `checkpoint` once there is a checkpoint to verify.
    """
    with _unhurried(), _one_moment():
        return [*_check_positions(), *_check_strays(), *_check_nodes(), *_check_checkpoints(public_key)]


@contextmanager
def _unhurried() -> Iterator[None]:
    """No time limits on this connection meanwhile: a statement over a long log takes longer than a citizen may be kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS)])
        limits = cursor.fetchall()
        cursor.executemany("SELECT set_config(%s, '0', false)", [(name,) for name, _ in limits])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.executemany("SELECT set_config(%s, %s, false)", limits)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All statements see the log as it was at the first: it grows meanwhile, and what came later stands beyond no size."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _check_positions() -> Iterator[Finding]:
    expected = 0
    while rows := list(Position.objects.select_related("entry", "entry__release").filter(seq__gte=expected).order_by("seq")[:STRETCH]):
        nodes = dict(Node.objects.filter(key__in=[row.seq * LEVELS for row in rows]).values_list("key", "hash"))
        for row in rows:
            if row.seq != expected:
                yield Finding(f"position {expected}", f"is missing, and all up to {row.seq}")
            expected = row.seq + 1
            yield from _check_entry(row.entry)
            if bytes(nodes.get(row.seq * LEVELS, b"")) != leaf_hash(bytes(row.entry.leaf)):
                yield Finding(f"entry {row.entry_id}", f"its leaf is not the one in the tree at {row.seq}")


def _check_entry(row: Entry) -> Iterator[Finding]:
    if leaf_data(bytes(row.salt), row.entry.encode()) != bytes(row.leaf):
        yield Finding(f"entry {row.id}", "its text or salt is not what its leaf was made from")
    elif (row.at, row.kind, row.number, row.subject, row.is_access, row.deferral) != _columns(json.loads(row.entry)):
        yield Finding(f"entry {row.id}", "its columns do not say what its text says")
    elif row.deferral is not None and (how := _find_overstay(row)):
        yield Finding(f"entry {row.id}", how)


def _find_overstay(row: Entry) -> str:
    """Whether its subject sees it later than anybody said; an earlier moment takes nothing from her."""
    release: Release | None = getattr(row, "release", None)
    if release is None:
        return "nothing says from when on its subject sees it"
    written = json.loads(row.entry)["body"].get("shown_from")
    if written is None or release.renewals:
        return ""
    is_late = release.shown_from is None or release.shown_from > datetime.fromisoformat(written)
    return "its subject would see it later than its text says, and nobody has deferred it again" if is_late else ""


def _columns(entry: dict[str, Any]) -> tuple[object, ...]:
    body = entry["body"]
    return (
        datetime.fromisoformat(entry["at"]), entry["kind"], case_of(body), body.get("subject"), entry["access"],
        body.get("deferral") or None,
    )  # fmt: skip


def _check_strays() -> Iterator[Finding]:
    """Entries that nobody will number, and waiting ones that cannot be."""
    waiting = Pending.objects.values("entry_id")
    for entry in Entry.objects.filter(position=None).exclude(id__in=waiting).order_by("id").values_list("id", flat=True):
        yield Finding(f"entry {entry}", "has neither a number nor waits for one")
    numbered = Entry.objects.filter(position=None).values("id")
    for entry in Pending.objects.exclude(entry_id__in=numbered).order_by("entry_id").values_list("entry_id", flat=True):
        yield Finding(f"pending {entry}", "is numbered already, or there is no such entry")


def _check_nodes() -> Iterator[Finding]:
    size = count_numbered()
    last = -1
    while found := list(Node.objects.filter(key__gt=last).order_by("key").values_list("key", "hash")[:STRETCH]):
        last = found[-1][0]
        inner = [(divmod(key, LEVELS), bytes(value)) for key, value in found if key % LEVELS]
        wanted = [compute_key(level - 1, 2 * place + side) for (place, level), _ in inner for side in (0, 1)]
        below = {key: bytes(value) for key, value in Node.objects.filter(key__in=wanted).values_list("key", "hash")}
        for (place, level), value in inner:
            left, right = (below.get(compute_key(level - 1, 2 * place + side), b"") for side in (0, 1))
            if node_hash(left, right) != value:
                yield Finding(f"node {level}/{place}", "is not the hash of the two below it")
    yield from _check_shape(size)


def _check_shape(size: int) -> Iterator[Finding]:
    """A tree of `size` has size >> level complete subtrees on each level, from the left; two looks at all of them."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [size])
        counts = dict(cursor.fetchall())
        cursor.execute(SURPLUS, [size])
        surplus = [divmod(key, LEVELS) for (key,) in cursor.fetchall()]
    for level in range(size.bit_length()):
        if counts.get(level, 0) != size >> level:
            yield Finding(f"nodes of level {level}", f"are not the {size >> level} that {size} entries have")
    for place, level in surplus:
        yield Finding(f"node {level}/{place}", "stands for entries that the log does not have")


def _check_checkpoints(public_key: Callable[[str], bytes]) -> Iterator[Finding]:
    """The first that does not fit bounds the place: what stood before the one in front of it is as it was signed."""
    size, sound, published = count_numbered(), 0, b""
    for head in Checkpoint.objects.order_by("tree_size"):
        published = published or public_key("checkpoint")
        origin = head.note.split("\n", 1)[0]
        text = open_note(head.note, note_key(origin, published))
        said = read_checkpoint(text) if text else None
        if head.key != note_key(origin, published) or said is None or (said.size, said.root) != (head.tree_size, bytes(head.root)):
            yield Finding(f"checkpoint {head.tree_size}", "does not say what was signed, or was signed by somebody else")
        elif _root_at(head.tree_size, size) != bytes(head.root):
            yield Finding(
                f"checkpoint {head.tree_size}",
                f"the tree no longer has the root that was signed: an entry between {sound} and {head.tree_size - 1} was altered",
            )
        else:
            sound = head.tree_size


def _root_at(size: int, numbered: int) -> bytes | None:
    if size > numbered:
        return None
    try:
        return get_root(size)
    except KeyError:  # a node of it is gone, which has been said
        return None
