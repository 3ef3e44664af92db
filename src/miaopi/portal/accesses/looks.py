"""The list, page by page, and the proof of one look. Looks of one's own are not looks at one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.audit.api import (
    Among,
    Deferred,
    count_accesses,
    count_deferred,
    find_access,
    find_refused,
    list_accesses,
    list_released,
    prove,
)
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text, write
from miaopi.portal.accesses.described import Looks
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of

PAGE: Final = 20
LARGEST: Final = 2**62
RECENT: Final = timedelta(days=30)
HEAD: Final = "/api/v1/ledger/checkpoint"  # for programs and for whoever keeps one
NO_ACCESS: Final = Text(zh="没有这一条。", en="There is no such entry.")
CHIPS: Final = {
    Among.ALL: Text(zh="全部", en="All"),
    Among.OWN: Text(zh="为我办事", en="For what I applied for"),
    Among.STAFF: Text(zh="工作人员", en="Staff"),
    Among.DUTY: Text(zh="依法履职", en="By legal duty"),
    Among.REFUSED: Text(zh="被拒绝", en="Refused"),
}


@require_safe
@gate(Right.READ_OWN_ACCESSES)
def show_accesses(visit: SignedVisit) -> HttpResponse:
    """Twenty looks a page, by day, the latest first; what is newly shown stands above them, since its place is further back."""
    language, subject, now = language_of(visit), pseudonym(visit.actor.party), visit.now
    asked, before = visit.GET.get("show", ""), visit.GET.get("before", "")
    among = next((each for each in CHIPS if each == asked), Among.ALL)
    found = list_accesses(subject, now=now, among=among, before=int(before) if _is_place(before) else None, most=PAGE + 1)
    is_first = not before and among is Among.ALL
    released = list_released(subject, now=now, since=now - RECENT) if is_first else []
    counted = count_accesses(subject, now=now, since=now - RECENT)
    page = {
        "head": HEAD, "days": _by_day(Looks(found[:PAGE], visit.actor, language).rows, now), "among": among,
        "released": Looks(released, visit.actor, language).rows, "is_first": not before,
        "more": found[PAGE - 1].seq if len(found) > PAGE else None, "counted": {str(each): counted[each] for each in counted},
        "chips": [{"key": each, "name": name, "count": counted[each], "is_here": each is among} for each, name in CHIPS.items()],
        "later": _tell_later(count_deferred(subject, now=now)),
    }  # fmt: skip
    return render(visit, "portal/accesses/list.html", page)


@require_safe
@gate(Right.READ_OWN_ACCESSES)
def download_proof(visit: SignedVisit, seq: int) -> HttpResponse:
    """The proof of this look (DESIGN.md §7.4), for its subject alone."""
    subject, now = pseudonym(visit.actor.party), visit.now
    if seq >= LARGEST or (find_access(subject, seq, now=now) or find_refused(subject, seq, now=now)) is None:
        raise NotFound(NO_ACCESS)
    proof = prove(seq, now=now).to_json()
    response = HttpResponse(json.dumps(proof, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="access-{seq}-proof.json"'
    return response


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _by_day(rows: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    return [{"day": _day(day, compute_legal_day(now)), "looks": list(each)} for day, each in groupby(rows, _day_of)]


def _day_of(row: Mapping[str, Any]) -> date:
    day: date = row["day"]
    return day


def _day(day: date, today: date) -> Text:
    if day == today:
        return Text(zh="今天", en="Today")
    year = "" if day.year == today.year else str(day.year)
    return Text(zh=f"{year + '年' if year else ''}{day.month}月{day.day}日", en=f"{day.day} {day:%B}{' ' + year if year else ''}")


def _tell_later(later: Deferred) -> list[Text]:
    """How many looks are not shown yet, and before which month ends they are: nothing that says who, when, at what or why."""
    told = [
        Text(zh=f"{count}次最迟{write(day).zh}显示", en=f"{count} shown by {write(day).en}") for day, count in later.months
    ]
    if later.withheld:
        told.append(Text(zh=f"{later.withheld}次依法解除后才显示", en=f"{later.withheld} shown only when released by law"))
    return told
