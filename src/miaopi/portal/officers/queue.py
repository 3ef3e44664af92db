"""The queue: what is due first stands first. It shows no name, so looking at it is no look at a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.approval.api import QueueRow, list_queue
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of
from miaopi.portal.wording.clocks import show_clock
from miaopi.portal.wording.officers import DONE, WHY

VIEWS: Final = {
    "all": Text(zh="全部", en="All"),
    "mine": Text(zh="我的", en="Mine"),
    "free": Text(zh="没人领", en="Free"),
    "second": Text(zh="等复核", en="To confirm"),
    "stopped": Text(zh="时钟已停", en="Clock stopped"),
}
MOST = 200


@require_safe
@gate(Right.LIST_CASES)
def show_queue(visit: SignedVisit) -> HttpResponse:
    """Everything open in one's queues, or one part of it (`show`)."""
    rows = list_queue(by=visit.actor, now=visit.now, limit=MOST)
    chosen = visit.GET.get("show", "all")
    chosen = chosen if chosen in VIEWS else "all"
    shown = [row for row in rows if _is_in(row, chosen)]
    ready = [row for row in shown if row.stopped_at is None and (row.is_mine or not row.taken_by)]
    first = next((row for row in ready if row.is_mine), ready[0] if ready else None)
    page = {
        "rows": [_row(row, visit.now, language_of(visit)) for row in shown],
        "views": [
            {"key": key, "name": name, "count": sum(_is_in(row, key) for row in rows), "is_here": key == chosen}
            for key, name in VIEWS.items()
        ],
        "figures": _figures(rows, visit.now),
        "first": first and first.number,
        "office": visit.member.office if visit.member else "",
        "done": DONE.get(visit.GET.get("done", "")),
        "is_cut": len(rows) == MOST,
    }
    return render(visit, "portal/desk/queue.html", page)


def _is_in(row: QueueRow, view: str) -> bool:
    match view:
        case "mine":
            return row.is_mine
        case "free":
            return not row.taken_by and row.stopped_at is None and row.kind != "second"
        case "second":
            return row.kind == "second"
        case "stopped":
            return row.stopped_at is not None
        case _:
            return True


def _figures(rows: list[QueueRow], now: datetime) -> list[dict[str, object]]:
    today = compute_legal_day(now)
    running = [row for row in rows if row.stopped_at is None]
    late = sum(row.is_overdue for row in running)
    due = sum(compute_legal_day(row.due_at) <= today for row in running)
    free = sum(_is_in(row, "free") for row in rows)
    return [
        {"label": Text(zh="今天到期", en="Due today"), "count": due,
         "hint": Text(zh=f"其中逾期{late}件", en=f"{late} of them overdue") if late else Text(zh="先办这些", en="do these first")},
        {"label": Text(zh="我手上", en="With me"), "count": sum(row.is_mine for row in rows),
         "hint": Text(zh=f"另有{free}件没人领", en=f"{free} more are free")},
        {"label": Text(zh="等复核", en="To confirm"), "count": sum(row.kind == "second" for row in rows),
         "hint": Text(zh="须另一个人", en="by somebody else")},
        {"label": Text(zh="时钟已停", en="Clock stopped"), "count": len(rows) - len(running),
         "hint": Text(zh="等申请人补正", en="the applicant supplements")},
    ]  # fmt: skip


def _row(row: QueueRow, now: datetime, language: Language) -> dict[str, Any]:
    reasons = [text for _, text in row.reasons]
    return {
        "number": row.number, "name": row.name, "queue": row.queue.name,
        "why": Text(zh="；".join(text.zh for text in reasons), en="; ".join(text.en for text in reasons)) if reasons else WHY[row.kind],
        "kind": WHY[row.kind], "is_special": row.kind != "referral", "clock": show_clock(row.due_at, row.stopped_at, now, language),
        "is_mine": row.is_mine, "taken_by": "" if row.is_mine else row.taken_by,
        "is_stopped": row.stopped_at is not None,
    }  # fmt: skip
