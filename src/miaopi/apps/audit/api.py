"""The door of *audit*."""

from __future__ import annotations

from miaopi.apps.audit.actions.act import Doomed, Ended, Endless, OutcomeUnknown, Unit, act
from miaopi.apps.audit.actions.checkpoint import Forked, sign_checkpoint
from miaopi.apps.audit.actions.handle import replay, run_after_handlers
from miaopi.apps.audit.actions.sequence import sequence, wait_for_entries
from miaopi.apps.audit.actions.signing import check_log, is_signed, public_key, sign, sign_note
from miaopi.apps.audit.adapters import choose_signer
from miaopi.apps.audit.events import (
    Actor,
    ActorKind,
    Event,
    Nameless,
    after,
    name_persons_by,
    person,
    rule_set,
    staff,
    system,
    within,
)
from miaopi.apps.audit.models import Checkpoint
from miaopi.apps.audit.queries.checking import Finding
from miaopi.apps.audit.queries.entries import (
    LoggedEntry,
    Proof,
    find_access,
    find_entry,
    list_accesses,
    list_entries,
    prove,
)
from miaopi.apps.audit.queries.readers import has_failed_due, has_pending, list_lags, list_parked
from miaopi.apps.audit.queries.tree import count_numbered, find_checkpoint, get_consistency, get_root

__all__ = [
    "Actor", "ActorKind", "Checkpoint", "Doomed", "Ended", "Endless", "Event", "Finding", "Forked", "LoggedEntry", "Nameless",
    "OutcomeUnknown", "Proof", "Unit", "act", "after", "check_log", "choose_signer", "count_numbered", "find_access", "find_checkpoint",
    "find_entry", "get_consistency", "get_root", "has_failed_due", "has_pending", "is_signed", "list_accesses", "list_entries",
    "list_lags", "list_parked", "name_persons_by", "person", "prove", "public_key", "replay", "rule_set", "run_after_handlers", "sequence",
    "sign", "sign_checkpoint", "sign_note", "staff", "system", "wait_for_entries", "within",
]  # fmt: skip
