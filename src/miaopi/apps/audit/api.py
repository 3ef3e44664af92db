"""The door of *audit*."""

from __future__ import annotations

from miaopi.apps.audit.actions.act import Doomed, Ended, Endless, OutcomeUnknown, Unit, act
from miaopi.apps.audit.actions.checkpoint import Forked, sign_checkpoint
from miaopi.apps.audit.actions.handle import replay, run_after_handlers
from miaopi.apps.audit.actions.release import defer_again, show_now
from miaopi.apps.audit.actions.sequence import sequence, wait_for_entries
from miaopi.apps.audit.actions.signing import check_log, is_signed, note_check, public_key, sign, sign_note
from miaopi.apps.audit.adapters import choose_signer
from miaopi.apps.audit.adapters.statements import Read, list_rows, read_together
from miaopi.apps.audit.events import (
    Actor,
    ActorKind,
    Event,
    LogChecked,
    Nameless,
    after,
    after_many,
    name_persons_by,
    person,
    rule_set,
    staff,
    system,
    within,
)
from miaopi.apps.audit.queries.checking import Finding
from miaopi.apps.audit.queries.entries import (
    LoggedEntry,
    Proof,
    find_entry,
    get_any_entry,
    list_all_entries,
    list_entries,
    prove,
    prove_any,
)
from miaopi.apps.audit.queries.latest import Stretch, list_latest_entries, list_stretch
from miaopi.apps.audit.queries.looks import (
    Among,
    Deferred,
    Hidden,
    count_accesses,
    count_deferred,
    count_hidden,
    find_access,
    find_refused,
    list_accesses,
    list_deferrals_about,
    list_released,
)
from miaopi.apps.audit.queries.readers import Gaze, has_failed_due, list_lags, list_parked
from miaopi.apps.audit.queries.tree import count_numbered, find_checkpoint, get_consistency, get_root

__all__ = [
    "Actor", "ActorKind", "Among", "Deferred", "Doomed", "Ended", "Endless", "Event", "Finding", "Forked", "Gaze",
    "Hidden", "LogChecked", "LoggedEntry", "Nameless", "OutcomeUnknown", "Proof", "Read", "Stretch", "Unit", "act", "after",
    "after_many", "check_log", "choose_signer", "count_accesses", "count_deferred", "count_hidden", "count_numbered", "defer_again",
    "find_access", "find_checkpoint", "find_entry", "find_refused", "get_any_entry", "get_consistency", "get_root", "has_failed_due",
    "is_signed", "list_accesses", "list_all_entries", "list_deferrals_about", "list_entries", "list_lags",
    "list_latest_entries", "list_parked", "list_released", "list_rows", "list_stretch", "name_persons_by", "note_check", "person",
    "prove", "prove_any", "public_key", "read_together", "replay", "rule_set", "run_after_handlers", "sequence", "show_now", "sign",
    "sign_checkpoint", "sign_note", "staff", "system", "wait_for_entries", "within",
]  # fmt: skip
