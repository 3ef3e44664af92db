"""Signed heads of the log. What was signed once is never signed otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from miaopi.apps.audit.actions.signing import sign_note
from miaopi.apps.audit.adapters import choose_signer
from miaopi.apps.audit.models import Checkpoint
from miaopi.apps.audit.queries.tree import count_numbered, find_checkpoint, get_consistency, get_root
from miaopi.kernel.credential import checkpoint_text, note_key
from miaopi.kernel.ledger import verify_consistency

SIGNER: Final = 0x6D69616F02


class Forked(Exception):
    """The tree no longer contains what was signed: somebody altered the log. Nothing more is signed."""


def sign_checkpoint(*, now: datetime) -> Checkpoint | None:
    """Sign the head of the log if it has grown; the latest checkpoint, `None` for an empty log or beside another signer.

    Raises Forked if the tree is not consistent with what was signed before.
    """
    last = find_checkpoint()
    if last is not None and last.tree_size == count_numbered():
        return last
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SIGNER])
        if not cursor.fetchone()[0]:
            return None
        last, size = find_checkpoint(), count_numbered()
        if size == 0 or (last is not None and last.tree_size == size):
            return last
        root = get_root(size)
        if last is not None:
            _require_consistent(last, size, root)
        origin = settings.MIAOPI_LOG_ORIGIN
        note = sign_note("checkpoint", checkpoint_text(origin, size, root), origin)
        key = note_key(origin, choose_signer().public_key("checkpoint"))
        return Checkpoint.objects.create(tree_size=size, root=root, note=note, key=key, at=now)


def _require_consistent(last: Checkpoint, size: int, root: bytes) -> None:
    is_consistent = size > last.tree_size and verify_consistency(
        old_size=last.tree_size, new_size=size, old_root=bytes(last.root), new_root=root,
        proof=get_consistency(last.tree_size, size),
    )  # fmt: skip
    if not is_consistent:
        raise Forked(f"the tree of {size} does not contain the signed tree of {last.tree_size}")
