"""The door of *exchange*. A name stands below under the notion that it belongs to."""

from __future__ import annotations

from miaopi.apps.exchange.actions.agency_pull import pull_for_agency
from miaopi.apps.exchange.actions.agreements import (
    approve_agreement,
    refuse_agreement,
    request_agreement,
    resume_agreement,
    revoke_agreement,
    run_agreements,
    suspend_agreement,
)
from miaopi.apps.exchange.actions.corrections import draft_correction, report_correction
from miaopi.apps.exchange.actions.disputes import (
    answer_dispute,
    draft_answer,
    file_dispute,
    read_dispute,
    run_disputes,
    transfer_dispute,
)
from miaopi.apps.exchange.actions.grants import approve_grant, revoke_grant, seed_grants
from miaopi.apps.exchange.actions.grounds import AgencyDuty, Duty, Ground
from miaopi.apps.exchange.actions.outages import forget_health
from miaopi.apps.exchange.actions.pull import Pulled, pull, pull_or_say_why
from miaopi.apps.exchange.actions.push import Pushed, PushRefused, push_record
from miaopi.apps.exchange.actions.registers.duplicates import (
    SeenPair,
    find_duplicates,
    merge_duplicate,
    read_duplicate,
    reopen_duplicate,
    set_apart_duplicate,
)
from miaopi.apps.exchange.actions.registers.lineage import read_lineage
from miaopi.apps.exchange.actions.registers.measure import measure_coverage
from miaopi.apps.exchange.actions.registers.pull_base import PulledBase, pull_base, pull_facts
from miaopi.apps.exchange.actions.sandbox import Sample, try_sandbox
from miaopi.apps.exchange.actions.tickets import forget_tickets
from miaopi.apps.exchange.actions.visibility.objections import (
    Finding,
    answer_objection,
    file_objection,
    read_objection,
    run_objections,
    withdraw_objection,
)
from miaopi.apps.exchange.actions.visibility.showing import release_looks, renew_deferral
from miaopi.apps.exchange.actions.visibility.watching import (
    read_entry,
    read_proof,
    read_stretch,
    watch_sharing,
)
from miaopi.apps.exchange.adapters.filter_words import describe_filter
from miaopi.apps.exchange.adapters.registered import register_source
from miaopi.apps.exchange.adapters.registers.checking import get_register
from miaopi.apps.exchange.adapters.registers.combining import CoverageShare, find_share
from miaopi.apps.exchange.adapters.registers.counting import is_countable
from miaopi.apps.exchange.adapters.registers.lineage import Column, Lineage, list_lineage
from miaopi.apps.exchange.adapters.status import (
    SourceStatus,
    list_answered,
    list_kept,
    list_predicates,
    list_sources,
)
from miaopi.apps.exchange.adapters.wire.health import State as SourceState
from miaopi.apps.exchange.events import (
    DataPulled,
    DisputeAnswered,
    DisputeRead,
    DisputeTransferred,
    DuplicateRead,
    LineageRead,
    ObjectionAnswered,
    RecordCorrected,
    RecordPushed,
)
from miaopi.apps.exchange.events.pulls import OWN_NUMBER
from miaopi.apps.exchange.models import AgreementState, CandidateState, DisputeState, ObjectionState
from miaopi.apps.exchange.queries.agreements import (
    Agreement,
    Terms,
    get_agreement,
    get_agreements,
    list_agreements,
)
from miaopi.apps.exchange.queries.clocks import Clock
from miaopi.apps.exchange.queries.corrections import (
    Correction,
    find_answering_correction,
    find_last_correction,
    get_acting_agency,
    get_correction,
    get_own_correction,
    get_recorded,
    list_corrections,
    lock_record,
)
from miaopi.apps.exchange.queries.disputes import (
    Dispute,
    get_dispute,
    list_disputes,
    list_own_disputes,
)
from miaopi.apps.exchange.queries.flow import FlowLine, count_day, list_flow
from miaopi.apps.exchange.queries.grants import Grant, list_grants
from miaopi.apps.exchange.queries.losses import list_losses
from miaopi.apps.exchange.queries.moves import (
    AGREEMENT_MOVES,
    DISPUTE_MOVES,
    OBJECTION_MOVES,
    PAIR_MOVES,
    AgreementMove,
)
from miaopi.apps.exchange.queries.objections import (
    Objection,
    OwnObjection,
    list_all_objections,
    list_objections,
    list_own_objections,
)
from miaopi.apps.exchange.queries.quality import Quality, Share, list_quality
from miaopi.apps.exchange.queries.refusals import REFUSALS, PullRefusedError, RefusalCode
from miaopi.apps.exchange.queries.registers.base_fields import (
    find_base_field,
    find_base_name,
    find_said,
    list_pulled,
    list_records,
    list_registers,
    list_scope,
)
from miaopi.apps.exchange.queries.registers.coverage import Coverage, list_coverage
from miaopi.apps.exchange.queries.registers.duplicates import Duplicate, count_duplicates, list_duplicates
from miaopi.apps.exchange.queries.rule_answers import find_open_reason
from miaopi.apps.exchange.queries.sources import list_outages
from miaopi.apps.exchange.queries.visibility import (
    Deferral,
    Shown,
    Visibility,
    count_deferrals,
    get_deferral,
    list_deferrals,
    read_visibility,
)
from miaopi.apps.exchange.queries.waiting import count_waiting
from miaopi.apps.exchange.queries.watching import (
    Clue,
    Looker,
    Pattern,
    find_looker,
    list_clues,
    list_diligence,
    list_refused,
    list_spent,
    list_unused,
)
from miaopi.definitions.registers import COMBINING, Register

__all__ = [
    # Agreements: what a department may have, on what terms, and what becomes of it
    "AGREEMENT_MOVES", "Agreement", "AgreementMove", "AgreementState", "Clock", "Terms", "approve_agreement", "describe_filter",
    "find_open_reason", "get_agreement", "get_agreements", "list_agreements", "list_losses", "list_predicates", "refuse_agreement",
    "request_agreement", "resume_agreement", "revoke_agreement", "run_agreements", "suspend_agreement",
    # Grants: which service may have which field
    "Grant", "approve_grant", "list_grants", "revoke_grant", "seed_grants",
    # Pulls and pushes: data that travel, on which ground, and why not
    "AgencyDuty", "DataPulled", "Duty", "Ground", "PullRefusedError", "Pulled", "PushRefused", "Pushed", "REFUSALS", "RecordPushed",
    "RefusalCode", "Sample", "forget_tickets", "pull", "pull_for_agency", "pull_or_say_why", "push_record", "register_source",
    "try_sandbox",
    # Sources: how they stand, what flows, how good it is
    "FlowLine", "Quality", "Share", "SourceState", "SourceStatus", "count_day", "forget_health", "list_answered", "list_flow",
    "list_outages", "list_quality", "list_sources",
    # Base registers: fields from several agencies, how far they reach, whence they come
    "COMBINING", "Column", "Coverage", "CoverageShare", "Lineage", "LineageRead", "PulledBase", "Register", "find_base_field",
    "find_base_name", "find_said", "find_share", "get_register", "is_countable", "list_coverage", "list_lineage", "list_pulled",
    "list_records", "list_registers", "list_scope", "measure_coverage", "pull_base", "pull_facts", "read_lineage",
    # Duplicates: pairs of numbers that may be one party's
    "CandidateState", "Duplicate", "DuplicateRead", "PAIR_MOVES", "SeenPair", "count_duplicates", "find_duplicates", "list_duplicates",
    "merge_duplicate", "read_duplicate", "reopen_duplicate", "set_apart_duplicate",
    # Disputes and corrections: records that are wrong
    "Correction", "DISPUTE_MOVES", "Dispute", "DisputeAnswered", "DisputeRead", "DisputeState", "DisputeTransferred", "RecordCorrected",
    "answer_dispute", "draft_answer", "draft_correction", "file_dispute", "find_answering_correction", "find_last_correction",
    "get_acting_agency", "get_correction", "get_dispute", "get_own_correction", "get_recorded", "list_corrections", "list_disputes",
    "list_kept", "list_own_disputes", "lock_record", "read_dispute", "report_correction", "run_disputes", "transfer_dispute",
    # Looks and objections: when a look is shown, and who explains it
    "Finding", "OBJECTION_MOVES", "Objection", "ObjectionAnswered", "ObjectionState", "OwnObjection", "Shown", "Visibility",
    "answer_objection", "file_objection", "list_deferrals", "list_objections", "list_own_objections", "read_objection",
    "read_visibility", "release_looks", "renew_deferral", "run_objections", "withdraw_objection",
    # Watching: what an auditor sees of those who look
    "Clue", "Deferral", "Looker", "OWN_NUMBER", "Pattern", "count_deferrals", "find_looker",
    "get_deferral", "list_all_objections", "list_clues", "list_diligence", "list_refused", "list_spent", "list_unused", "read_entry",
    "read_proof", "read_stretch", "watch_sharing",
    # All of them: what waits for an agency
    "count_waiting",
]
