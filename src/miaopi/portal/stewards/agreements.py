"""Requests and agreements in lists: what is asked of the agency, what it has given, and what it asked of others."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from miaopi.apps.exchange.api import AgreementState, list_agreements
from miaopi.apps.identity.api import Right
from miaopi.kernel.wording import Text
from miaopi.portal.gate import SignedVisit, gate
from miaopi.portal.language import language_of
from miaopi.portal.stewards.frame import office_of, show
from miaopi.portal.wording.agreements import Agreements

S = AgreementState
PARTS: Final[dict[str, tuple[Text, frozenset[AgreementState]]]] = {
    "standing": (Text(zh="有效", en="In force"), frozenset({S.GRANTED})),
    "suspended": (Text(zh="已暂停", en="Suspended"), frozenset({S.SUSPENDED})),
    "ended": (Text(zh="已结束", en="Ended"), frozenset({S.REVOKED, S.EXPIRED})),
    "refused": (Text(zh="不同意", en="Refused"), frozenset({S.REFUSED})),
}
MOST: Final = 100


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_requests(visit: SignedVisit) -> HttpResponse:
    """What waits for an answer of this agency, by due time; then what this agency asked of others, however it stands."""
    office, language = office_of(visit), language_of(visit)
    ours = list_agreements(requester=office)[:MOST]
    page = {
        "waiting": Agreements(list_agreements(agency=office, state=S.FILED), visit.now, language).rows,
        "ours": Agreements(ours, visit.now, language).rows,
    }
    return show(visit, "requests", page, here="data_requests")


@require_safe
@gate(Right.DECIDE_AGREEMENT)
def show_agreements(visit: SignedVisit) -> HttpResponse:
    """What this agency has given to others, one part at a time (`state`)."""
    given = [each for each in list_agreements(agency=office_of(visit)) if each.state is not S.FILED]
    chosen = visit.GET.get("state", "standing")
    chosen = chosen if chosen in PARTS else "standing"
    shown = [each for each in given if each.state in PARTS[chosen][1]]
    page = {
        "views": [
            {"key": key, "name": name, "count": sum(each.state in states for each in given), "is_here": key == chosen}
            for key, (name, states) in PARTS.items()
        ],
        "rows": Agreements(shown[:MOST], visit.now, language_of(visit)).rows, "is_cut": len(shown) > MOST,
    }  # fmt: skip
    return show(visit, "agreements", page, here="data_agreements")
