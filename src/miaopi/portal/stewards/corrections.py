"""Corrections of this agency: the list shows nothing of persons; opening one is a look at decisions that its subject sees."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.approval.api import CorrectionState, list_progress, read_correction
from miaopi.apps.exchange.api import list_corrections
from miaopi.apps.identity.api import Right
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.corrections import Corrections, show_carried

HERE: Final = "data_corrections"
MOST: Final = 100
UNDER_WAY: Final = frozenset({CorrectionState.NOTING, CorrectionState.RUNNING})


@require_safe
@gate(Right.READ_CORRECTIONS)
def show_corrections(visit: SignedVisit) -> HttpResponse:
    """The newest first, each with how far it has come."""
    found = list_corrections(agency=office_of(visit), most=MOST + 1)
    shown = found[:MOST]
    rows = Corrections(shown, list_progress(shown), language_of(visit)).rows
    return show(visit, "corrections", {"rows": rows, "is_cut": len(found) > MOST, "most": MOST}, here=HERE)


@require_safe
@gate(Right.READ_CORRECTIONS)
def show_correction(visit: SignedVisit, correction: str) -> HttpResponse:
    """What became of the decisions that used the record; as often as she comes back, an entry."""
    language = language_of(visit)
    carried = read_correction(correction=correction, by=visit.actor, now=visit.now)
    page = {
        "it": Corrections([carried.correction], {correction: carried.progress}, language).rows[0],
        **show_carried(carried, visit.now, language), "is_under_way": carried.progress.state in UNDER_WAY,
    }
    return show(visit, "correction", page, here=HERE)
