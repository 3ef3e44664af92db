"""What persons want explained of this agency's looks: the list shows nothing of them; opening one is a look that its subject sees."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from miaopi.apps.audit.api import LoggedEntry
from miaopi.apps.catalogue.api import Resource, list_published
from miaopi.apps.exchange.api import (
    OWN_NUMBER,
    Agreement,
    AgreementState,
    Finding,
    answer_objection,
    get_agreements,
    list_objections,
    read_objection,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, language_of, lead_to, show_moment
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.objections import Objections
from miaopi.portal.wording.sources import NOTHING, join

HERE: Final = "data_objections"
ANCHORS: Final = {"finding": "finding", "words": "words"}
FINDINGS: Final = {
    Finding.EXPLAINED: (
        Text(zh="应当查看，说明理由", en="The look was right; here is why"),
        Text(zh="当事人会读到您的说明", en="the person reads your explanation"),
    ),
    Finding.UPHELD: (
        Text(zh="不应查看，成立", en="It should not have been: upheld"),
        Text(zh="告诉当事人，写明怎样补救", en="the person is told, and what is done about it"),
    ),
    Finding.UPHELD_AND_SUSPENDED: (
        Text(zh="不应查看，成立，同时暂停查询", en="Upheld, and no more looks"),
        Text(zh="所依据的共享协议立即暂停，由提供部门决定恢复", en="its agreements are suspended at once; the provider may resume them"),
    ),
}  # fmt: skip
CONSENT: Final = Text(zh="当事人的同意", en="the person’s consent")
CHOOSE: Final = Text(zh="请选一种答复。", en="Choose an answer.")


@require_safe
@gate(Right.ANSWER_OBJECTION)
def show_objections(visit: SignedVisit) -> HttpResponse:
    """Those to be answered, the one due first in front, and those that are over."""
    language, office = language_of(visit), office_of(visit)
    is_open = visit.GET.get("show") != "over"
    found = list_objections(office, is_open=is_open)
    page = {"rows": Objections(found, visit.now, language).rows, "is_open": is_open}
    return show(visit, "objections", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.ANSWER_OBJECTION)
def answer(visit: SignedVisit, objection: str) -> HttpResponse:
    """The objection, the look and the clock; and the answer. Each opening is an entry."""
    words, chosen, mistake = visit.POST.get("words", ""), visit.POST.get("finding", ""), None
    if visit.method == "POST":
        finding = next((each for each in Finding if each == chosen), None)
        try:
            if finding is None:
                raise InputError("finding", CHOOSE, Text(zh="", en=""))
            answer_objection(objection=objection, finding=finding, words=words, by=visit.actor, now=visit.now)
            return lead_to(visit, "data_objections", done="objection")
        except InputError as error:
            mistake = error
    page = {**_open(visit, objection), "words": words, "chosen": chosen, "problem": describe_problem(mistake, ANCHORS)}
    return show(visit, "objection", page, here=HERE, status=mistake.status if mistake else 200)


def _open(visit: SignedVisit, objection: str) -> dict[str, Any]:
    language = language_of(visit)
    opened = read_objection(objection=objection, by=visit.actor, now=visit.now)
    filed = opened.own.objection
    agreements = list(get_agreements(filed.agreements).values())
    told = Objections([filed], visit.now, language)
    can_suspend = any(each.state is AgreementState.GRANTED for each in agreements)
    return {
        "it": told.rows[0], "said": opened.own.words, "answered": opened.own.answer,
        "look": _look(opened.look, told.resources.get(filed.resource), agreements, language),
        "findings": [
            {"key": each, "name": name, "hint": hint}
            for each, (name, hint) in FINDINGS.items() if can_suspend or each is not Finding.UPHELD_AND_SUSPENDED
        ],
    }  # fmt: skip


def _look(entry: LoggedEntry, resource: Resource | None, agreements: list[Agreement], language: Language) -> dict[str, Any]:
    body, service = entry.body, str(entry.body.get("service") or "")
    services = {each.slug: each.name for each in list_published(entry.at)}
    labels = {name: field.label for name, field in resource.fields.items()} if resource else {}
    return {
        "seq": entry.seq, "at": show_moment(entry.at, language),
        "fields": join(labels.get(name, Text(zh=name, en=name)) for name in body.get("fields", [])),
        "result": NOTHING.get(str(body.get("result", ""))), "service": services.get(service, Text(service, service)) if service else None,
        "matter": str(body.get("application") or body.get("number") or "").removeprefix(OWN_NUMBER),
        "purposes": [each.purpose for each in agreements],
        "ground": CONSENT if body.get("receipt") else str(body.get("duty") or ""),
    }  # fmt: skip
