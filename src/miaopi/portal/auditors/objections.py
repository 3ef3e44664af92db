"""What persons want explained, over all offices: their clocks, and how offices keep them. What was said stays between the two."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.exchange.api import list_all_objections, list_diligence, watch_sharing
from miaopi.apps.identity.api import Right
from miaopi.portal.auditors.frame import PAGE, Names, cut, read_place, show
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.wording.objections import Objections


@require_safe
@gate(Right.READ_LOG)
def show_objections(visit: SignedVisit) -> HttpResponse:
    skip, is_open = read_place(visit, "skip") or 0, visit.GET.get("show") != "over"
    watch_sharing(page="objections", by=visit.actor, now=visit.now)
    found = list_all_objections(is_open=is_open, skip=skip, most=PAGE + 1, reader=visit.actor)
    names, rows = Names(visit), Objections(found, visit.now, language_of(visit)).rows
    page = {
        "offices": [{"name": names.name_office(each.office), "it": each} for each in list_diligence(visit.now)], "is_open": is_open,
        **cut([{**row, "office": names.name_office(each.office)} for each, row in zip(found, rows, strict=True)], skip),
    }  # fmt: skip
    return show(visit, "objections", page, here="watch_objections")
