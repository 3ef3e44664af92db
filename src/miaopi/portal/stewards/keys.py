"""Keys for the systems of the agency: issued by its steward, seen once, ended at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from miaopi.apps.identity.api import Right, issue_agency_key, list_tokens, revoke_agency_key
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of, lead_to, show_moment
from miaopi.portal.problems import describe_problem
from miaopi.portal.stewards.frame import office_of, show

TERMS: Final[dict[str, tuple[timedelta, Text]]] = {
    "30": (timedelta(days=30), Text(zh="30天", en="30 days")),
    "90": (timedelta(days=90), Text(zh="90天", en="90 days")),
    "365": (timedelta(days=365), Text(zh="一年", en="one year")),
}
ANCHORS: Final = {"label": "label", "expires_at": "days"}


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.CHANGE_AGENCY_KEYS)
def show_keys(visit: SignedVisit) -> HttpResponse:
    """The keys that are good now. A new one is shown on the page that answers its form, and nowhere again."""
    language, error, issued = language_of(visit), None, None
    days = visit.POST.get("days", "90")
    days = days if days in TERMS else "90"
    if visit.method == "POST":
        try:
            issued = issue_agency_key(
                label=visit.POST.get("label", "").strip(), expires_at=visit.now + TERMS[days][0], by=visit.actor, now=visit.now
            )
        except InputError as wrong:
            error = wrong
    page = {
        "keys": [
            {"id": each.id, "label": each.label, "issued": show_moment(each.issued_at, language),
             "until": f"{each.expires_at.astimezone(LEGAL_ZONE):%Y-%m-%d}", "is_new": issued is not None and each.id == issued.id}
            for each in list_tokens(agency=office_of(visit), now=visit.now)
        ],
        "terms": [{"key": key, "name": name, "is_chosen": key == days} for key, (_, name) in TERMS.items()],
        "issued": issued.token if issued else "", "label": visit.POST.get("label", "") if error else "",
        "problem": describe_problem(error, ANCHORS),
    }  # fmt: skip
    return show(visit, "keys", page, here="data_keys", status=error.status if error else 200)


@require_POST
@gate(Right.CHANGE_AGENCY_KEYS)
def end(visit: SignedVisit, key: str) -> HttpResponse:
    revoke_agency_key(token_id=key, by=visit.actor, now=visit.now)
    return lead_to(visit, "data_keys", done="key_ended")
