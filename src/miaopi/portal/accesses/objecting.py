"""这次不对劲，要求解释: the form beside a look, and what became of each objection."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopi.apps.audit.api import find_access
from miaopi.apps.exchange.api import (
    OBJECTION_MOVES,
    ObjectionState,
    OwnObjection,
    file_objection,
    list_own_objections,
    withdraw_objection,
)
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text
from miaopi.portal.accesses.described import Looks
from miaopi.portal.accesses.looks import LARGEST, NO_ACCESS
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, lead_to, show_moment

TONES: Final = {
    ObjectionState.FILED: "wait", ObjectionState.OVERDUE: "supplement", ObjectionState.EXPLAINED: "redirect",
    ObjectionState.UPHELD: "refuse", ObjectionState.WITHDRAWN: "wait",
}  # fmt: skip
WORDS: Final = Text(zh="请写一句哪里不对劲，500字以内。", en="Say in a sentence what is wrong, in at most 500 signs.")


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.FILE_OBJECTION)
def object_to_look(visit: SignedVisit, seq: int) -> HttpResponse:
    """The look once more, and room for a sentence. One that is not shown to her is not there."""
    language = language_of(visit)
    entry = find_access(pseudonym(visit.actor.party), seq, now=visit.now) if seq < LARGEST else None
    if entry is None:
        raise NotFound(NO_ACCESS)
    words, problem = "", None
    if visit.method == "POST":
        words = visit.POST.get("words", "")
        try:
            file_objection(look=seq, words=words, by=visit.actor, now=visit.now)
            return lead_to(visit, "objections")
        except InputError as error:
            problem = {"anchor": "words", "text": error.rule if error.field == "look" else WORDS}
    [look] = Looks([entry], visit.actor, language).rows
    return render(visit, "portal/accesses/object.html", {"look": look, "seq": seq, "words": words, "problem": problem})


@require_safe
@gate(Right.READ_OWN_ACCESSES)
def show_objections(visit: SignedVisit) -> HttpResponse:
    """What she wanted explained, the latest first."""
    language = language_of(visit)
    rows = [_row(each, visit, language) for each in list_own_objections(visit.actor)]
    return render(visit, "portal/accesses/objections.html", {"objections": rows})


@require_POST
@gate(Right.FILE_OBJECTION)
def withdraw(visit: SignedVisit, objection: str) -> HttpResponse:
    withdraw_objection(objection=objection, by=visit.actor, now=visit.now)
    return lead_to(visit, "objections")


def _row(own: OwnObjection, visit: SignedVisit, language: Language) -> dict[str, Any]:
    filed = own.objection
    entry = find_access(pseudonym(visit.actor.party), filed.look, now=visit.now)
    return {
        "id": filed.id, "state": OBJECTION_MOVES.states[filed.state], "tone": TONES[filed.state], "is_open": filed.is_open,
        "is_overdue": filed.state is ObjectionState.OVERDUE, "filed": show_moment(filed.filed_at, language),
        "due": show_moment(filed.due_at, language), "words": own.words, "answer": own.answer, "suspended": filed.suspended,
        "answered": show_moment(filed.answered_at, language) if filed.answered_at else "",
        "look": Looks([entry], visit.actor, language).rows[0] if entry else None,
    }  # fmt: skip
