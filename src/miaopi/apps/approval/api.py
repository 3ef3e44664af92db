"""The door of approval."""

from __future__ import annotations

from miaopi.apps.approval.actions.claims import release_claim
from miaopi.apps.approval.actions.desk import put_back_case, read_case, read_log, take_case
from miaopi.apps.approval.actions.persons import (
    Defect,
    OfficerDecision,
    ask_supplement,
    confirm_case,
    decide_case,
    return_case,
    uphold_decision,
)
from miaopi.apps.approval.actions.redecide import run_redecisions
from miaopi.apps.approval.actions.redecided import foresee_correction, read_correction, read_impact
from miaopi.apps.approval.actions.review import request_review
from miaopi.apps.approval.actions.waiting import retry_waiting
from miaopi.apps.approval.events import Decided, DecidedCase, DecisionUpheld, ImpactRead, Redecided
from miaopi.apps.approval.models import RedecisionState
from miaopi.apps.approval.queries.cases import CaseView, QueueRow, SeenFact, list_queue
from miaopi.apps.approval.queries.decisions import (
    count_decisions,
    count_waiting,
    count_waiting_for,
    find_decision,
    find_values,
    get_decision,
    list_decisions,
)
from miaopi.apps.approval.queries.foresight import Fate, Foresight, compute_foresight
from miaopi.apps.approval.queries.impact import list_impact
from miaopi.apps.approval.queries.progress import Carried, CorrectionState, Progress, list_progress
from miaopi.apps.approval.queries.queues import compute_queue
from miaopi.apps.approval.queries.result import Result, get_result

__all__ = [
    "Carried", "CaseView", "CorrectionState", "Decided", "DecidedCase", "DecisionUpheld", "Defect", "Fate", "Foresight", "ImpactRead",
    "OfficerDecision", "Progress", "QueueRow", "Redecided", "RedecisionState", "Result", "SeenFact", "ask_supplement",
    "compute_foresight", "compute_queue", "confirm_case", "count_decisions", "count_waiting", "count_waiting_for", "decide_case",
    "find_decision", "find_values", "foresee_correction", "get_decision", "get_result", "list_decisions", "list_impact", "list_progress",
    "list_queue", "put_back_case", "read_case", "read_correction", "read_impact", "read_log", "release_claim", "request_review",
    "retry_waiting", "return_case", "run_redecisions", "take_case", "uphold_decision",
]  # fmt: skip
