"""The sequencer: committed entries get their numbers, without gaps, and their leaves go into the tree.

Nobody reads the log by the id or the time of an entry: ids are drawn before they commit, so a cursor over them skips what
commits late (35 % under load in our trial), and a horizon over running transactions stands still behind a forgotten one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction

from miaopi.apps.audit.queries.tree import compute_key, get_nodes
from miaopi.kernel.ledger import HASH_SIZE, leaf_hash, node_hash

SEQUENCER: Final = 0x6D69616F01  # one at a time: the key of its advisory lock
MOST: Final = 5000  # entries a round
GLANCE: Final = 0.02  # seconds; a NOTIFY in the hot transaction made commits two to three times slower, a glance costs nothing there
PIECE: Final = 0.25  # seconds of a wait in the server: so long a statement holds back nothing, and a notice is heard after it
NUMBER: Final = """
WITH head AS (SELECT COALESCE(max(seq), -1) AS seq FROM audit_position),
     taken AS (
         DELETE FROM audit_pending WHERE entry_id IN (SELECT entry_id FROM audit_pending ORDER BY entry_id LIMIT %s)
         RETURNING entry_id
     ),
     numbered AS (
         INSERT INTO audit_position (seq, entry_id)
         SELECT head.seq + row_number() OVER (ORDER BY entry_id), entry_id FROM taken, head
         RETURNING seq, entry_id
     )
SELECT numbered.seq, entry.leaf FROM numbered JOIN audit_entry entry ON entry.id = numbered.entry_id ORDER BY numbered.seq
"""
# All hashes in one value: writing them as an array took as long as computing them.
GROW: Final = f"""
INSERT INTO audit_node (key, hash)
SELECT key, substr(%s::bytea, (place::int - 1) * {HASH_SIZE} + 1, {HASH_SIZE})
  FROM unnest(%s::bigint[]) WITH ORDINALITY AS node (key, place)
"""


def sequence() -> int:
    """Number what has committed; how many entries that were. 0 also where another sequencer is at work."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(NUMBER, [MOST])
        numbered = cursor.fetchall()
        if numbered:
            keys, hashes = _grow(numbered[0][0], [bytes(leaf) for _, leaf in numbered])
            cursor.execute(GROW, [b"".join(hashes), keys])
            cursor.execute("NOTIFY audit_numbered")
    return len(numbered)


def wait_for_entries(*, timeout: float) -> bool:
    """Wait until an entry wants its number or another process has numbered some; `False` after `timeout` seconds."""
    with connection.cursor() as cursor:
        cursor.execute("LISTEN audit_numbered")
        for piece in range(max(1, math.ceil(timeout / PIECE))):
            cursor.execute("SELECT audit_wait(%s, %s)", [min(PIECE, timeout - piece * PIECE), GLANCE])
            if cursor.fetchone()[0] or any(True for _ in connection.connection.notifies(timeout=0, stop_after=1)):
                return True
    return False


def _grow(size: int, leaves: Sequence[bytes]) -> tuple[list[int], list[bytes]]:
    """The complete subtrees that these leaves add to a tree of `size`: their keys and hashes."""
    known = dict(get_nodes([(0, size)]))
    grown: dict[tuple[int, int], bytes] = {}
    for place, leaf in enumerate(leaves, size):
        level, running = 0, leaf_hash(leaf)
        known[level, place] = grown[level, place] = running
        while place & 1:
            running = node_hash(known[level, place - 1], running)
            level, place = level + 1, place >> 1
            known[level, place] = grown[level, place] = running
    return [compute_key(level, place) for level, place in grown], list(grown.values())
