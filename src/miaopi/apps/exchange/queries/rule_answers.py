"""What the rules say to a request that was made, or is about to be: for those who must know before, and for the steward who decides."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.catalogue.api import get_resource
from miaopi.apps.exchange.queries.agreements import Agreement
from miaopi.apps.exchange.queries.sharing_rules import Open, find_answer
from miaopi.kernel.wording import Text


def find_open_reason(agreement: Agreement, now: datetime) -> Text | None:
    """Why the rules leave this request to a person; none where they would decide it today."""
    answer = find_answer(
        resource=get_resource(agreement.resource), fields=agreement.terms.fields, service=agreement.service, purpose=agreement.purpose,
        shown=agreement.terms.visibility.shown, is_filtered=bool(agreement.terms.row_filter), now=now,
    )
    return answer.reason if isinstance(answer, Open) else None
