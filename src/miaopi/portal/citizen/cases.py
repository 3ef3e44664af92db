"""Her cases: those under way as a parcel's way, those that are done as a list."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from miaopi.apps.application.api import Application, list_applications
from miaopi.apps.appointment.api import VisitState, VisitView, list_visits_of
from miaopi.apps.approval.api import get_result
from miaopi.apps.catalogue.api import list_published
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.citizen.trail import show_trail
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, in_language, language_of, show_moment
from miaopi.portal.wording.cases import KINDS, STATES, TONES

SHOWN: Final = 50
TRAILS: Final = 10
UNSENT: Final = Text(zh="还没提交", en="Not submitted yet")
BOOK: Final = Text(zh="等您选时间", en="Choose a time")
VISIT_AHEAD: Final = Text(zh="约好了", en="Booked")
ENDED: Final = frozenset({"decided", "withdrawn"})


def open_visits(visit: SignedVisit) -> dict[str, VisitView]:
    """Visits that are still to come, by number of the case."""
    return {each.number: each for each in list_visits_of(reader=visit.actor) if each.state is VisitState.INVITED}


def show_case(application: Application, names: dict[str, Text], coming: VisitView | None, language: Language) -> dict[str, Any]:
    """A case in a list: what, where it stands, and what she can do now. `waits` where it waits for her."""
    page, act = "result", None
    status, tone = KINDS.get(application.outcome) or STATES[application.state], application.outcome or TONES.get(application.state, "wait")
    if application.state == "draft":
        page, status, tone, act = "check", UNSENT, "supplement", Text(zh="接着办", en="Go on")
    elif application.state == "supplement":
        status, tone, act = STATES["supplement"], "supplement", Text(zh="去补上", en="Mend it")
    elif application.state == "withdrawn":
        status, tone = STATES["withdrawn"], "wait"
    elif application.state == "referred":
        status, tone = STATES["referred"], "refer"
    elif coming is not None and coming.appointment is None:
        status, tone, act = BOOK, "supplement", Text(zh="选时间", en="Choose a time")
    elif coming is not None:
        status, tone = VISIT_AHEAD, "approve"
    return {
        "number": application.number, "address": in_language(reverse(page, args=[application.number]), language),
        "service": names.get(application.service, Text(zh=application.service, en=application.service)),
        "opened_here": show_moment(application.opened_at, language), "status": status, "tone": tone, "act": act,
        "is_open": application.state not in ENDED or coming is not None, "waits": act is not None,
    }  # fmt: skip


def list_cases(visit: SignedVisit, *, limit: int = SHOWN) -> list[dict[str, Any]]:
    language, coming = language_of(visit), open_visits(visit)
    names = {each.slug: each.name for each in list_published(visit.now)}
    mine = list_applications(reader=visit.actor, limit=limit)
    return [show_case(each, names, coming.get(each.number), language) for each in mine]


@require_safe
@gate(Right.READ_OWN_APPLICATION)
def show_applications(visit: SignedVisit) -> HttpResponse:
    language, coming = language_of(visit), open_visits(visit)
    cases = list_cases(visit)
    under_way = [case for case in cases if case["is_open"]]
    done = [case for case in cases if not case["is_open"]]
    is_done = visit.GET.get("show") == "done" or (not under_way and bool(done))
    for case in [] if is_done else under_way[:TRAILS]:
        result = get_result(number=case["number"], reader=visit.actor, now=visit.now)
        case["trail"] = show_trail(result, coming.get(case["number"]), language)
    page = {"under_way": under_way, "done": done, "is_done": is_done, "shown": done if is_done else under_way}
    return render(visit, "portal/mine/applications.html", page)
