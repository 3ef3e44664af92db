"""What she says is wrong in the records that agencies keep of her, and what they answered."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from miaopi.apps.audit.api import list_accesses
from miaopi.apps.catalogue.api import get_resource, get_resources
from miaopi.apps.exchange.api import file_dispute, list_own_disputes
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, lead_to
from miaopi.portal.wording.disputes import Disputes
from miaopi.portal.wording.sources import seal_of

CHOOSE: Final = Text(zh="请选出有误的一项。", en="Choose what is wrong.")


@require_safe
@gate(Right.READ_OWN_DISPUTES)
def show_disputes(visit: SignedVisit) -> HttpResponse:
    """Hers, the newest first; and the records of her that were looked at, any of which she may dispute."""
    language = language_of(visit)
    found = list_own_disputes(reader=visit.actor)
    looks = list_accesses(pseudonym(visit.actor.party))
    seen = get_resources({str(each.body["resource"]) for each in looks if each.body.get("fields") and each.body.get("resource")})
    rows = Disputes(found, visit.now, language).rows
    page = {
        "rows": [{**row, "answer": each.answer, "number": each.number} for each, row in zip(found, rows, strict=True)],
        "records": [{"id": each.id, "name": each.name, "agency": each.agency.name, "seal": seal_of(each)} for each in seen.values()],
        "is_filed": visit.GET.get("done") == "filed",
    }  # fmt: skip
    return render(visit, "portal/mine/disputes.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.FILE_DISPUTE)
def dispute_record(visit: SignedVisit, resource: str) -> HttpResponse:
    """Say which field of a record is wrong, and what is right; no value of it is fetched for that."""
    described, problem = get_resource(resource), None
    chosen, claim = visit.POST.get("field", visit.GET.get("field", "")), visit.POST.get("claim", "")
    if visit.method == "POST":
        try:
            if not chosen:
                raise InputError("field", CHOOSE, CHOOSE)
            file_dispute(
                subject=visit.actor.party, resource=described.id, field=chosen, claim=claim, by=visit.actor,
                now=visit.now,
            )  # fmt: skip
            return lead_to(visit, "disputes", done="filed")
        except InputError as error:
            problem = {"anchor": "claim" if error.field == "claim" else "field", "text": error.text}
    page = {
        "name": described.name, "agency": described.agency.name, "chosen": chosen, "claim": claim, "problem": problem,
        "fields": [{"name": field.name, "label": field.label} for field in described.fields.values()],
    }  # fmt: skip
    return render(visit, "portal/mine/dispute.html", page, status=422 if problem else 200)
