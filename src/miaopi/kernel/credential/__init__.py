"""What can be shown to a stranger and holds without us: signatures, signed notes, proofs of the log, credentials."""

from __future__ import annotations

from miaopi.kernel.credential.notes import (
    Head,
    checkpoint_text,
    key_id,
    make_note,
    note_key,
    open_note,
    public_key_of,
    read_checkpoint,
    sign,
    verify,
)
from miaopi.kernel.credential.proofs import find_flaw

__all__ = [
    "Head", "checkpoint_text", "find_flaw", "key_id", "make_note", "note_key", "open_note", "public_key_of", "read_checkpoint",
    "sign", "verify",
]  # fmt: skip
