"""The door of approval."""

from __future__ import annotations

from miaopi.apps.approval.actions.review import request_review
from miaopi.apps.approval.actions.waiting import retry_waiting
from miaopi.apps.approval.events import Decided, DecidedCase, ReviewRequested
from miaopi.apps.approval.queries.decisions import count_waiting, find_decision, get_decision, list_decisions
from miaopi.apps.approval.queries.result import Result, get_result

__all__ = [
    "Decided", "DecidedCase", "Result", "ReviewRequested", "count_waiting",
    "find_decision", "get_decision", "get_result", "list_decisions", "request_review", "retry_waiting",
]
