"""What became of an application: outcome, reasons, licence, proof; and asking for a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from miaopi.apps.application.api import get_application
from miaopi.apps.appointment.api import find_visit
from miaopi.apps.approval.api import Result, get_result, request_review
from miaopi.apps.audit.api import find_entry, list_accesses, prove
from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.apps.licence.api import Licence, find_licence, get_licence, list_registrations
from miaopi.apps.notification.api import list_messages_about
from miaopi.apps.treasury.api import find_entitlement, list_payments
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text, mask
from miaopi.portal.citizen.ahead import show_ahead, tell
from miaopi.portal.citizen.me import show_payment
from miaopi.portal.citizen.trail import show_registrations, show_trail
from miaopi.portal.citizen.visits import show_visit
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import Language, in_language, language_of, lead_to, show_moment
from miaopi.portal.wording.cases import KINDS, STATES, TONES
from miaopi.portal.wording.clocks import show_span
from miaopi.portal.wording.law import read_basis
from miaopi.portal.wording.sources import join, seal_of

SIGNS = {True: ("approve", "yes", Text("符合：", "Met: ")), False: ("refuse", "no", Text("不符合：", "Not met: ")),
         None: ("refer", "unknown", Text("还不知道：", "Not known: "))}  # fmt: skip
STAFF_LOOKS = frozenset({"approval.CaseRead", "approval.LogRead", "appointment.VisitRead"})
STAFF_LOOK = {
    "seal": "人", "source": Text("工作人员，为办这件事", "A member of staff, to handle this case"), "fields": Text("这件申请", "This case"),
}  # fmt: skip
NOT_YET = ("wait", "clock", Text("还没到：", "Not yet: "))
SHOWN_AT_ONCE = 4
NO_PROOF = Text(zh="凭据还没有，请稍后再试。", en="There is no proof yet; please try again in a while.")
NOT_SIGNED = Text(
    zh="证照已经签发，数字签名还没加好，请稍后再下载。", en="The licence is issued but not signed yet; please download it in a while."
)


@require_safe
@gate(Right.READ_OWN_APPLICATION)
def show_result(visit: SignedVisit, number: str) -> HttpResponse:
    result = get_result(number=number, reader=visit.actor, now=visit.now)
    if result.state == "draft" and not result.erased_for:
        return lead_to(visit, "check", number)
    licence = find_licence(number=number, reader=visit.actor, now=visit.now)
    coming = find_visit(number=number, reader=visit.actor)
    language = language_of(visit)
    key = "withdrawn" if result.state == "withdrawn" else result.outcome or "confirmed"
    entry = find_entry(kind="approval.Decided", number=number, latest=True) if result.outcome else None
    acts = show_registrations(list_registrations(number=number, reader=visit.actor), language)
    entitlement = find_entitlement(number) if result.outcome == "approve" else None
    payments = [each for each in list_payments(reader=visit.actor) if each.number == number] if entitlement is not None else []
    page: dict[str, Any] = {
        "number": result.number, "slug": result.service, "service_name": result.name,
        "tone": TONES.get(key, key) if key != "confirmed" else "wait", "kind": KINDS.get(key, STATES.get(key)),
        "licence": licence and show_licence(licence), "licence_id": licence and licence.id,
        "remedies": [Text(**reason["remedy"]) for reason in result.reasons] if key in ("refuse", "refer", "redirect", "waitlist") else [],
        "reasons": [
            {"text": Text(**reason["text"]), "basis": read_basis(reason["basis"]), "code": reason["code"]} for reason in result.reasons
        ],
        "has_decision": bool(result.outcome), "entry_number": entry.seq if entry else None,
        "took": show_taken(result) if key == "approve" and not result.decided_by else None,
        "message": show_message(number, visit.party.mobile), "by_person": bool(result.decided_by),
        "accesses": show_accesses(pseudonym(visit.party.id), number, visit.now, language),
        "discreet": result.outcome == "refer", "is_withdrawn": key == "withdrawn", "look_again": key in ("confirmed", "wait"),
        "can_withdraw": result.state in ("waiting", "referred", "supplement"),
        "registered": acts, "is_registered": any(coming and act["act"] == coming.act_code and act["state"] == "done" for act in acts),
        "trail": show_trail(result, coming, language, acts),
        "visit": show_visit(
            coming, visit.actor, visit.now, office=visit.GET.get("office") or find_station(visit, result), day=visit.GET.get("day")
        ),
        "choosing": in_language(reverse("result", args=[number]), language),
        "payments": [show_payment(each, language) for each in payments], "is_paid_monthly": entitlement is not None,
        **tell(
            result, key, papers=tuple(paper.name for paper in coming.papers) if coming and coming.ended_on is None else (),
            is_booked=coming is not None and coming.appointment is not None, entitlement=entitlement, language=language,
        ),
    } | show_conditions(result) | show_waiting(result, language) | show_ahead(result, language)  # fmt: skip
    return render(visit, "portal/result.html", page)


def find_station(visit: SignedVisit, result: Result) -> str | None:
    """The office that the decision names, proposed first; any other can be chosen."""
    station = result.values.get("station")
    return next((office.id for office in visit.city.offices if office.name.zh == station), None)


def show_licence(licence: Licence) -> dict[str, Any]:
    """The words in the middle of the paper; short `label: value` lines beside the seal."""
    pairs = [line for line in licence.lines if "：" in line.zh and ": " in line.en]
    words = [line for line in licence.lines if line not in pairs]
    return {
        "title": licence.title, "issuer": licence.issuer, "issued_on": licence.issued_on, "identifier": licence.licence_identifier,
        "is_signed": licence.signed_text is not None,
        "words": Text(zh="".join(line.zh for line in words), en=" ".join(line.en for line in words)),
        "lines": [
            {"label": Text(line.zh.split("：", 1)[0], line.en.split(": ", 1)[0]),
             "value": Text(line.zh.split("：", 1)[1], line.en.split(": ", 1)[1])} for line in pairs
        ],
    }  # fmt: skip


def show_taken(result: Result) -> Text:
    """From the first step to the decision, by the clock of the case itself."""
    first = datetime.fromisoformat(result.timeline[0]["at"])
    return show_span((result.decided_at or first) - first)


def show_message(number: str, mobile: str) -> Text | None:
    """Whether the text message has gone out, said only when it is so."""
    messages = list_messages_about(number=number)
    if not messages:
        return None
    to = mask(mobile)
    if messages[-1].accepted_at is None:
        return Text(zh=f"短信正在发往{to}。", en=f"A text message is on its way to {to}.")
    return Text(zh=f"短信也发到了{to}。", en=f"A text message was sent to {to} as well.")


def show_conditions(result: Result) -> dict[str, Any]:
    """Conditions that a decision looked at: what stands in the way first.

    None where a person decides: be it a record, a doubt or a silent source, the page reads the same, and a glance over
    her shoulder tells nothing.
    """
    if result.outcome == "refer":
        return {"conditions": []}
    order = {False: 0, None: 1, True: 2}
    rows = []
    for condition in sorted(result.conditions, key=lambda each: order[each["value"]]):
        tone, sign, word = NOT_YET if result.outcome in ("wait", "waitlist") and condition["value"] is False else SIGNS[condition["value"]]
        rows.append({"tone": tone, "sign": sign, "word": word, "text": Text(**condition["text"]), "basis": read_basis(condition["basis"])})
    met = sum(condition["value"] is True for condition in result.conditions)
    title = (
        Text(zh="为什么通过", en="Why it was approved") if result.outcome == "approve"
        else Text(zh=f"{len(rows)}个条件，符合{met}个", en=f"{met} of {len(rows)} conditions are met")
    )  # fmt: skip
    first = max(SHOWN_AT_ONCE, len(rows) - met)
    return {"conditions": rows[:first], "more_conditions": rows[first:], "conditions_title": title}


def show_waiting(result: Result, language: Language) -> dict[str, Any]:
    resources = get_resources([silence.source for silence in result.waiting_for])
    return {
        "waiting": [
            {"name": join((resources[silence.source].agency.name, resources[silence.source].name)),
             "since_here": show_moment(silence.since, language)} for silence in result.waiting_for
        ],
        "filed_here": show_moment(result.confirmed_at, language) if result.confirmed_at else "",
        "patience_here": show_moment(max(silence.patience_until for silence in result.waiting_for), language) if result.waiting_for else "",
    }  # fmt: skip


def show_accesses(subject: str, number: str, now: datetime, language: Language) -> list[dict[str, Any]]:
    """Who looked at what for this case, from the log itself."""
    looks = [access for access in list_accesses(subject, now=now, number=number) if access.body.get("fields") or access.kind in STAFF_LOOKS]
    resources = get_resources({str(access.body["resource"]) for access in looks if "resource" in access.body})
    return [
        {"time_here": show_moment(access.at, language), **(
            show_access(resources.get(access.body["resource"]), access.body) if "resource" in access.body else STAFF_LOOK
        )} for access in looks
    ]  # fmt: skip


def show_access(resource: Resource | None, pulled: Mapping[str, Any]) -> dict[str, Any]:
    """What was taken from where; a resource that the catalogue no longer knows is told by its id, never left out."""
    known = resource.fields if resource is not None else {}
    return {
        "seal": seal_of(resource) if resource is not None else "",
        "source": resource.name if resource is not None else pulled["resource"],
        "fields": join(known[name].label if name in known else Text(name, name) for name in pulled["fields"]),
    }


@require_safe
@gate(Right.READ_OWN_LICENCE)
def download_licence(visit: SignedVisit, number: str) -> HttpResponse:
    licence = get_licence(number=number, reader=visit.actor, now=visit.now)
    if licence.signed_text is None:
        raise NotFound(NOT_SIGNED)
    response = HttpResponse(licence.signed_text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.txt"'
    return response


@require_safe
@gate(Right.VERIFY_PROOF)
def download_proof(visit: SignedVisit, number: str) -> HttpResponse:
    """The proof of the decision's entry (DESIGN.md §7.4), for its applicant alone."""
    get_application(number=number, reader=visit.actor)
    entry = find_entry(kind="approval.Decided", number=number, latest=True)
    proof = prove(entry.seq) if entry and entry.seq is not None else None
    if proof is None:
        raise NotFound(NO_PROOF)
    response = HttpResponse(json.dumps(proof.to_json(), ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-proof.json"'
    return response


@require_POST
@gate(Right.ASK_REVIEW)
def ask_review(visit: SignedVisit, number: str) -> HttpResponse:
    request_review(number=number, by=visit.actor, now=visit.now)
    return lead_to(visit, "result", number)
