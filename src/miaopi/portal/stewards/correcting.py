"""Correcting a record in two steps: whose it is and what was wrong; then, before it is reported, what that would touch.

The number of the person stands in the form and in the page that answers it, never in an address, and no page keeps it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from miaopi.apps.approval.api import compute_foresight, foresee_correction
from miaopi.apps.catalogue.api import Resource, get_resource, get_resources
from miaopi.apps.exchange.api import (
    Correction,
    draft_correction,
    get_recorded,
    list_kept,
    lock_record,
    report_correction,
)
from miaopi.apps.identity.api import KeyUsed, Right, make_once
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import in_language, language_of, lead_to
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.corrections import HERE
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.corrections import name_fields, show_foresight

ANCHORS: Final = {"id_number": "id_number", "fields": "fields", "is_right": "is_right"}
EVERYTHING: Final = "*"  # the box for the record as a whole
NOT_RIGHT_YET: Final = Text(zh="请先在本部门系统里改好，再勾选。", en="Put your own register right first, then tick the box.")
NO_FIELD: Final = Text(zh="请勾选记错的信息项，或整份记录。", en="Tick the fields that were wrong, or the whole record.")
NOT_BOTH: Final = Text(zh="整份记录和信息项只勾一种。", en="Tick the whole record or fields of it, not both.")
NOTHING: Final = Text(zh="", en="")


class Changed(InputError):
    """What the steward was shown is not what would be touched any more."""

    status = 409


@frozen
class Said:
    """What the form says."""

    resource: Resource
    fields: tuple[str, ...]
    id_number: str = field(repr=False)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.REPORT_CORRECTION)
def report(visit: SignedVisit) -> HttpResponse:
    """The form; what it would touch (`step` look); and the report of it (`step` report), once for each page that showed it."""
    if visit.method != "POST":
        return _show_form(visit, visit.GET.get("resource", ""), {})
    resource, step = visit.POST.get("resource", ""), visit.POST.get("step", "look")
    written = {"id_number": visit.POST.get("id_number", ""), "fields": visit.POST.getlist("fields")}
    if step == "change":
        return _show_form(visit, resource, written)
    try:
        said = _read(visit)
        if step == "report":
            return lead_to(visit, "data_correction", _report(visit, said), done="corrected")
        return _show_check(visit, said)
    except InputError as error:
        if step == "report" and error.field in ("is_right", "seen"):
            return _show_check(visit, said, error)
        return _show_form(visit, resource, written, error)


def show_check(
    visit: SignedVisit, draft: Correction, carried: Mapping[str, object], *, action: str, error: InputError | None = None
) -> HttpResponse:
    """What a draft would touch, and the form that carries it out: `carried` are its hidden fields, `action` the page that takes them."""
    seen = show_foresight(foresee_correction(draft=draft, by=visit.actor, now=visit.now), visit.now)
    resource = get_resource(draft.resource)
    is_stale = isinstance(error, Changed)
    page = {
        "resource": resource.name, "fields": name_fields(draft.fields, resource), **seen, "carried": _unfold(carried), "action": action,
        "is_stale": is_stale, "problem": None if is_stale else describe_problem(error, ANCHORS), "dispute": draft.dispute,
        "id_number": carried.get("id_number", ""),
    }  # fmt: skip
    return show(visit, "correction_check", page, here="data_disputes" if draft.dispute else HERE, status=error.status if error else 200)


def require_right(visit: SignedVisit, draft: Correction) -> None:
    """Raises InputError unless she says that the source is right, and Changed where what she was shown holds no more."""
    if visit.POST.get("seen") != compute_foresight(draft).mark:
        raise Changed("seen", NOTHING, NOTHING)
    if visit.POST.get("is_right") != "yes":
        raise InputError("is_right", NOT_RIGHT_YET, NOTHING)


def _read(visit: SignedVisit) -> Said:
    """Raises InputError, NotFound."""
    resource, ticked = get_resource(visit.POST.get("resource", "")), visit.POST.getlist("fields")
    if not ticked or (EVERYTHING in ticked and len(ticked) > 1):
        raise InputError("fields", NOT_BOTH if ticked else NO_FIELD, NOTHING)
    return Said(resource, () if EVERYTHING in ticked else tuple(ticked), visit.POST.get("id_number", "").strip())


def _draft(visit: SignedVisit, said: Said) -> Correction:
    """Raises InputError, RightsError."""
    subject = get_recorded(id_number=said.id_number, field="id_number", on=compute_legal_day(visit.now))
    return draft_correction(resource=said.resource.id, subject=subject, fields=said.fields, by=visit.actor, now=visit.now)


def _report(visit: SignedVisit, said: Said) -> str:
    """The id of the correction; the same form sent twice is one."""

    def make() -> bytes:
        draft = _draft(visit, said)
        lock_record(resource=draft.resource, party=draft.party)  # of two who were shown the same, one reports it
        require_right(visit, draft)
        made = report_correction(resource=draft.resource, subject=draft.party, fields=draft.fields, by=visit.actor, now=visit.now)
        return made.id.encode()

    asked = "\n".join((said.resource.id, *said.fields, said.id_number))
    return make_once(key=visit.POST.get("token", ""), asked=asked, make=make, by=visit.actor, now=visit.now).answer.decode()


def _show_check(visit: SignedVisit, said: Said, error: InputError | None = None) -> HttpResponse:
    carried = {
        "resource": said.resource.id, "fields": said.fields or (EVERYTHING,), "id_number": said.id_number,
        "token": visit.POST.get("token") or secrets.token_urlsafe(24),
    }  # fmt: skip
    action = in_language(reverse("data_correct"), language_of(visit))
    return show_check(visit, _draft(visit, said), carried, action=action, error=error)


def _unfold(carried: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """Hidden fields by name, one for each value."""
    return [
        (name, str(each)) for name, value in carried.items() for each in (value if isinstance(value, tuple) else (value,))
    ]  # fmt: skip


def _show_form(visit: SignedVisit, chosen: str, written: Mapping[str, Any], error: InputError | None = None) -> HttpResponse:
    kept = get_resources(list_kept(office_of(visit)))
    resource = kept.get(chosen)
    ticked = written.get("fields", ())
    page = {
        "kept": [{"id": each.id, "name": each.name, "is_chosen": each.id == chosen} for each in kept.values()],
        "resource": resource and {"id": resource.id, "name": resource.name},
        "fields": [
            {"name": each.name, "label": each.label, "is_ticked": each.name in ticked} for each in resource.fields.values()
        ] if resource else [],
        "is_whole": EVERYTHING in ticked, "id_number": written.get("id_number", ""),
        "problem": None if isinstance(error, KeyUsed) else describe_problem(error, ANCHORS), "was_sent": isinstance(error, KeyUsed),
    }  # fmt: skip
    return show(visit, "correcting", page, here=HERE, status=error.status if error else 200)
