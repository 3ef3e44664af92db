"""The day of one's own office, and a visit: who comes, which originals to see, tick each, done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.appointment.api import (
    CounterView,
    VisitState,
    complete_visit,
    get_office,
    list_day,
    read_visit,
    see_paper,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.calendar import LEGAL_ZONE, compute_legal_day
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import in_language, language_of, lead_to
from miaopi.portal.wording.law import show_basis

STATES: Final = {
    VisitState.INVITED: ("wait", "clock", Text(zh="等到场", en="Expected")),
    VisitState.DONE: ("approve", "yes", Text(zh="已办好", en="Done")),
    VisitState.LAPSED: ("refuse", "no", Text(zh="核准已失效", en="Lapsed")),
}
ENDED: Final = ("redirect", "turn", Text(zh="不用来了", en="No visit needed"))


@require_safe
@gate(Right.LIST_VISITS)
def show_day(visit: SignedVisit) -> HttpResponse:
    """Who is booked on a day (today, if none is named), by time; no names."""
    today = compute_legal_day(visit.now)
    try:
        day = date.fromisoformat(visit.GET.get("day", "")) if visit.GET.get("day") else today
    except ValueError:
        day = today
    if day in (date.min, date.max):  # there is no day before the one, and none after the other
        day = today
    rows = [
        {"number": row.number, "ticket": row.ticket, "time": f"{row.starts_at.astimezone(LEGAL_ZONE):%H:%M}", "act": row.act_name,
         "code": row.act_code, "tone": tone, "sign": sign, "state": words}
        for row in list_day(by=visit.actor, now=visit.now, day=day)
        for tone, sign, words in [STATES.get(row.state, ENDED)]
    ]  # fmt: skip
    page = {
        "rows": rows, "day": day, "is_today": day == today, "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat(), "office": _office(visit),
        "waiting": sum(row["tone"] == "wait" for row in rows), "finished": sum(row["tone"] == "approve" for row in rows),
    }  # fmt: skip
    return render(visit, "portal/desk/day.html", page)


def _office(visit: SignedVisit) -> Text:
    name = visit.member.office if visit.member else ""
    try:
        return get_office(name).name
    except NotFound:  # an account of an office that the city does not list
        return Text(zh=name, en=name)


@require_safe
@gate(Right.READ_VISIT)
def show_visit(visit: SignedVisit, number: str) -> HttpResponse:
    """A look at who comes; it leaves an entry that the person can see."""
    return _show(visit, read_visit(number=number, by=visit.actor, now=visit.now))


@require_POST
@gate(Right.TICK_PAPER)
def tick(visit: SignedVisit, number: str, paper: int) -> HttpResponse:
    return _do(visit, number, lambda: see_paper(number=number, paper=paper, by=visit.actor, now=visit.now))


@require_POST
@gate(Right.TICK_PAPER)
def complete(visit: SignedVisit, number: str) -> HttpResponse:
    return _do(visit, number, lambda: complete_visit(number=number, by=visit.actor, now=visit.now))


def _do(visit: SignedVisit, number: str, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
    except InputError as error:
        return _show(visit, read_visit(number=number, by=visit.actor, now=visit.now), error)
    return lead_to(visit, "counter_visit", number)


def _show(visit: SignedVisit, view: CounterView, error: InputError | None = None) -> HttpResponse:
    tone, sign, words = STATES.get(view.state, ENDED)
    language = language_of(visit)
    here = in_language(reverse("counter_visit", args=[view.number]), language)
    papers = [
        {"place": place, "name": paper.name, "check": paper.check, "basis": show_basis(paper.basis), "is_seen": place in view.seen}
        for place, paper in enumerate(view.papers, start=1)
    ]
    starts = view.appointment.starts_at.astimezone(LEGAL_ZONE) if view.appointment else None
    page = {
        "here": here, "twin": in_language(here, "zh" if language == "en" else "en"),  # also where an act was refused
        "number": view.number, "act": view.act_name, "code": view.act_code, "name": view.name, "id_number": view.id_number,
        "papers": papers, "left": sum(not paper["is_seen"] for paper in papers), "tone": tone, "sign": sign, "state": words,
        "is_open": view.state is VisitState.INVITED, "is_complete": view.is_complete, "valid_to": view.valid_to, "lines": view.lines,
        "ticket": view.appointment.ticket if view.appointment else "", "time": f"{starts:%H:%M}" if starts else "",
        "problem": error and {"anchor": "papers", "text": error.text},
    }  # fmt: skip
    return render(visit, "portal/desk/visit.html", page, status=error.status if error else 200)
