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
from miaopi.apps.approval.actions.review import request_review
from miaopi.apps.approval.actions.waiting import retry_waiting
from miaopi.apps.approval.events import (
    CasePutBack,
    CaseRead,
    CaseReferred,
    CaseTaken,
    ClaimLost,
    ClaimReleased,
    ClaimTaken,
    Decided,
    DecidedCase,
    DecisionProposed,
    DecisionReturned,
    DecisionUpheld,
    LogRead,
    ReviewRequested,
)
from miaopi.apps.approval.queries.cases import CaseView, QueueRow, SeenFact, list_queue
from miaopi.apps.approval.queries.decisions import (
    count_waiting,
    find_decision,
    find_values,
    get_decision,
    list_decisions,
)
from miaopi.apps.approval.queries.queues import Queue, compute_queue
from miaopi.apps.approval.queries.result import Result, get_result

__all__ = [
    "CasePutBack", "CaseRead", "CaseReferred", "CaseTaken", "CaseView", "ClaimLost", "ClaimReleased", "ClaimTaken", "Decided",
    "DecidedCase", "DecisionProposed", "DecisionReturned", "DecisionUpheld", "Defect", "LogRead", "OfficerDecision", "Queue",
    "QueueRow", "Result", "ReviewRequested", "SeenFact", "ask_supplement", "compute_queue", "confirm_case", "count_waiting",
    "decide_case", "find_decision", "find_values", "get_decision", "get_result", "list_decisions", "list_queue", "put_back_case",
    "read_case", "read_log", "release_claim", "request_review", "retry_waiting", "return_case", "take_case", "uphold_decision",
]  # fmt: skip
