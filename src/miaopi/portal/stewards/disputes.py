"""What persons say is wrong in this agency's records: the list shows nothing of them; opening one is a look that its subject sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopi.apps.exchange.api import (
    Correction,
    DisputeState,
    answer_dispute,
    draft_answer,
    find_answering_correction,
    get_dispute,
    list_disputes,
    read_dispute,
    transfer_dispute,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import in_language, language_of, lead_to
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.correcting import require_right, show_check
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.disputes import Disputes
from miaopi.portal.wording.sources import name_agencies

HERE: Final = "data_disputes"
ANCHORS: Final = {"finding": "finding", "answer": "words"}
TRANSFER_ANCHORS: Final = {"to": "to", "answer": "why"}
FINDINGS: Final = {
    DisputeState.CORRECTED: (
        Text(zh="本人说得对，登记已更正", en="She is right; the record is corrected"),
        Text(zh="用过它的决定会按更正后的登记重新作出", en="decisions that used it are made again"),
    ),
    DisputeState.PARTLY: (
        Text(zh="部分属实，已更正属实的部分", en="Right in part; that part is corrected"),
        Text(zh="用过它的决定会重新作出；写明哪部分没有改", en="decisions are made again; say what was not changed"),
    ),
    DisputeState.UNFOUNDED: (
        Text(zh="核实无误，不更正", en="Checked and right as it is"),
        Text(zh="写明对照了什么", en="say what it was compared with"),
    ),
}  # fmt: skip


@require_safe
@gate(Right.ANSWER_DISPUTE)
def show_disputes(visit: SignedVisit) -> HttpResponse:
    """Those that wait, the one due first in front; or those that are answered (`show`)."""
    language, office = language_of(visit), office_of(visit)
    found = list_disputes(agency=office)
    is_open = visit.GET.get("show") != "answered"
    shown = [each for each in found if (each.state is DisputeState.FILED) == is_open]
    page = {
        "rows": Disputes(shown, visit.now, language).rows, "is_open": is_open,
        "waiting": sum(each.state is DisputeState.FILED for each in found),
    }  # fmt: skip
    return show(visit, "disputes", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.ANSWER_DISPUTE)
def answer(visit: SignedVisit, dispute: str) -> HttpResponse:
    """What the register said, what the person says, the clock; and the answer. Each opening is an entry."""
    words, chosen = visit.POST.get("words", ""), visit.POST.get("finding", "")
    written: Mapping[str, object] = {"words": words, "chosen": chosen}
    if visit.method != "POST" or visit.POST.get("step") == "change":
        return _open(visit, dispute, written, None)
    try:
        draft = draft_answer(dispute=dispute, finding=chosen, answer=words, by=visit.actor, now=visit.now)
        if draft is not None and (unsure := _check(visit, draft)) is not None:
            return unsure
        answer_dispute(dispute=dispute, finding=chosen, answer=words, by=visit.actor, now=visit.now)
    except InputError as error:
        if not _is_done(visit, dispute, chosen):
            return _open(visit, dispute, written, error)
    return _lead_on(visit, dispute)


def _check(visit: SignedVisit, draft: Correction) -> HttpResponse | None:
    """What the answer would touch, unless she has seen it and says that her register is right."""
    error = None
    if "seen" in visit.POST:
        try:
            require_right(visit, draft)
            return None
        except InputError as wrong:
            error = wrong
    carried = {name: visit.POST.get(name, "") for name in ("finding", "words")}
    action = in_language(reverse("data_dispute", args=[draft.dispute]), language_of(visit))
    return show_check(visit, draft, carried, action=action, error=error)


def _is_done(visit: SignedVisit, dispute: str, finding: str) -> bool:
    """Whether she has answered so herself: a form sent twice is one answer."""
    stands = get_dispute(dispute)
    return stands.state == finding and stands.answered_by == visit.actor.signed_as


def _lead_on(visit: SignedVisit, dispute: str) -> HttpResponse:
    """To what becomes of the decisions that used the record, if it was corrected; else back to the list."""
    made = find_answering_correction(dispute)
    return lead_to(visit, HERE, done="dispute") if made is None else lead_to(visit, "data_correction", made.id, done="upheld")


@require_POST
@gate(Right.ANSWER_DISPUTE)
def transfer(visit: SignedVisit, dispute: str) -> HttpResponse:
    """Pass it on to the agency that really holds the record."""
    to, why = visit.POST.get("to", ""), visit.POST.get("why", "")
    try:
        transfer_dispute(dispute=dispute, to=to, answer=why, by=visit.actor, now=visit.now)
    except InputError as error:
        return _open(visit, dispute, {"to": to, "why": why, "is_transfer": True}, error)
    return lead_to(visit, HERE, done="transfer")


def _open(visit: SignedVisit, dispute: str, written: Mapping[str, object], mistake: InputError | None) -> HttpResponse:
    view = read_dispute(dispute=dispute, by=visit.actor, now=visit.now)
    names = name_agencies()
    page = {
        "it": Disputes([view.dispute], visit.now, language_of(visit)).rows[0], "claim": view.content.claim, "seen": view.content.seen,
        "name": view.name, "id_number": view.id_number,
        "answered": view.dispute.answer, **written,
        "problem": describe_problem(mistake, TRANSFER_ANCHORS if "to" in written else ANCHORS),
        "findings": [{"key": key.value, "name": name, "hint": hint} for key, (name, hint) in FINDINGS.items()],
        "receivers": [{"id": each, "name": names[each]} for each in view.receivers],
        "correction": find_answering_correction(dispute),
    }  # fmt: skip
    return show(visit, "dispute", page, here=HERE, status=mistake.status if mistake else 200)
