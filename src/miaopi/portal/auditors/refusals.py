"""Looks that were refused in a stretch of the log: by code, and by whom they were tried."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.exchange.api import REFUSALS, list_refused, read_stretch
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.auditors.clues import describe_stretch
from miaopi.portal.auditors.frame import Names, read_place, show
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, show_moment
from miaopi.portal.wording.sources import join


@require_safe
@gate(Right.READ_LOG)
def show_refusals(visit: SignedVisit) -> HttpResponse:
    language = language_of(visit)
    stretch = read_stretch(page="refusals", before=read_place(visit, "before"), by=visit.actor, now=visit.now)
    found = list_refused(stretch.looks)
    names = Names(visit, (looker for each in found for looker, _ in each.lookers))

    def tell(count: int, name: Text) -> Text:
        return Text(zh=f"{name.zh}{count}次", en=f"{name.en} {count}")

    page = {
        "rows": [
            {"code": each.code, "why": REFUSALS[each.code], "count": each.count, "last": show_moment(each.last_at, language),
             "who": join(tell(count, names.name_looker(looker)) for looker, count in each.lookers), "entries": each.entries}
            for each in found
        ],
        "total": sum(each.count for each in found),
        **describe_stretch(stretch, language),
    }  # fmt: skip
    return show(visit, "refusals", page, here="watch_refusals")
