"""Reads of entitlements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from django.db.models import F, Q, QuerySet

from miaopi.apps.identity.api import PartyId, seal, unseal
from miaopi.apps.treasury import models
from miaopi.apps.treasury.queries.months import Month
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

NO_ENTITLEMENT = Text(zh="没有这项待遇。", en="There is no such entitlement.")


@frozen
class Entitlement:
    """What an approval grants each month, from `from_month` until before `stopped_month`. `account` is where it goes."""

    number: str
    service: str
    version: str
    party: PartyId = field(repr=False)
    from_month: Month
    stopped_month: Month | None
    stopped_for: str
    account: str = field(repr=False)
    facts: Mapping[str, object] = field(repr=False)
    made_at: datetime
    stopped_at: datetime | None

    def is_due(self, month: Month) -> bool:
        return self.from_month <= month and (self.stopped_month is None or month < self.stopped_month)


def find_entitlement(number: str) -> Entitlement | None:
    row = models.Entitlement.objects.filter(number=number).first()
    return None if row is None else compute_entitlement(row)


def lock_entitlement(number: str) -> models.Entitlement:
    """The entitlement, locked until the end of the transaction: two runs take one person one after the other. Raises NotFound."""
    row = models.Entitlement.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(NO_ENTITLEMENT)
    return row


def list_begun(service: str, month: Month, *, made_before: datetime | None = None) -> Sequence[Entitlement]:
    """Those of the service that have begun by that month and did not end before they began, in the order they were made."""
    rows = models.Entitlement.objects.filter(service=service, from_month__lte=month)
    if made_before is not None:
        rows = rows.filter(made_at__lt=made_before)
    rows = rows.filter(Q(stopped_month=None) | Q(stopped_month__gt=F("from_month")))
    return [compute_entitlement(row) for row in rows.order_by("made_at", "number")]


def list_with_orders(batch: models.Batch, state: str) -> Sequence[Entitlement]:
    """Those that have an order of this batch in that state."""
    rows: QuerySet[models.Entitlement] = models.Entitlement.objects.filter(orders__batch=batch, orders__state=state)
    return [compute_entitlement(row) for row in rows.distinct().order_by("made_at", "number")]


def list_services() -> Mapping[str, Month]:
    """Every service that somebody was ever entitled by, with the earliest month of all."""
    rows = models.Entitlement.objects.order_by("service", "from_month").distinct("service")
    return dict(rows.values_list("service", "from_month"))


def seal_content(row: models.Entitlement, *, account: str, facts: Mapping[str, object]) -> bytes:
    return seal(json.dumps({"account": account, "facts": dict(facts)}, ensure_ascii=False).encode(), context=_context(row))


def compute_entitlement(row: models.Entitlement) -> Entitlement:
    content = json.loads(unseal(bytes(row.content), context=_context(row)))
    return Entitlement(
        number=row.number, service=row.service, version=row.version, party=row.applicant, from_month=row.from_month,
        stopped_month=row.stopped_month, stopped_for=row.stopped_for, account=content["account"], facts=content["facts"],
        made_at=row.made_at, stopped_at=row.stopped_at,
    )


def _context(row: models.Entitlement) -> str:
    """What the sealed part is bound to: an account cannot be put in the place of another's."""
    return f"entitlement:{row.number}:{row.applicant}"
