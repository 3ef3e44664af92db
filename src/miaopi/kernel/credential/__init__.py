"""What can be shown to a stranger and holds without us: signatures, signed notes, proofs of the log, credentials."""

from __future__ import annotations

from miaopi.kernel.credential.cose import (
    LICENCE,
    Claims,
    Profile,
    digest_holder,
    make_credential,
    sign_es256,
    verify_credential,
)
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
from miaopi.kernel.credential.trust import (
    FORMAT,
    Algorithm,
    Trust,
    TrustedKey,
    Withdrawal,
    compute_kid,
    compute_mark,
    derive_es256,
    point_of,
    read_trust,
    to_jwk,
)
from miaopi.kernel.credential.verdict import WORDS, Reason, Verdict

__all__ = [
    "FORMAT", "LICENCE", "WORDS", "Algorithm", "Claims", "Head", "Profile", "Reason", "Trust", "TrustedKey", "Verdict", "Withdrawal",
    "checkpoint_text", "compute_kid", "compute_mark", "derive_es256", "digest_holder", "find_flaw", "key_id", "make_credential",
    "make_note", "note_key", "open_note", "point_of", "public_key_of", "read_checkpoint", "read_trust", "sign", "sign_es256", "to_jwk",
    "verify", "verify_credential",
]  # fmt: skip
