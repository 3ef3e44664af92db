"""Reads of grants: who may have which field now, and if not, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import NotFound
from miaopi.kernel.wording import Text


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands; `agreement`: under whose terms, if any."""

    id: str
    service: str
    resource: str
    field: str
    purpose: str
    ground: str
    granted_at: datetime
    revoked_at: datetime | None
    agreement: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A grant by which a field might be had. `hindrance`: why not now; none means that it is open, save for a quota to be charged."""

    id: str
    resource: str
    field: str
    purpose: str
    agreement: str | None
    row_filter: str
    has_quota: bool
    hindrance: RefusalCode | None


def list_grants(service: str | None = None) -> Sequence[Grant]:
    """All grants, or those of a service, the revoked ones too; by resource, field and age."""
    rows = models.Grant.objects.order_by("service", "resource", "field", "granted_at", "id")
    return [compute_grant(row) for row in (rows if service is None else rows.filter(service=service))]


def list_candidates(service: str, resources: Collection[str], now: datetime) -> Sequence[Candidate]:
    """Every grant that the service ever had on these resources, the least bound first; read at each pull, so that whatever is
    changed works at once."""
    rows = models.Grant.objects.filter(service=service, resource__in=resources).select_related("agreement")
    found = [_candidate(row, now) for row in rows.order_by("granted_at", "id")]
    return sorted(found, key=lambda each: (bool(each.row_filter), each.has_quota))


def find_granted(service: str, purpose: str, resources: Collection[str], now: datetime) -> frozenset[str]:
    """`resource.field` that the service may have now for this purpose, quotas apart."""
    found = list_candidates(service, resources, now)
    return frozenset(f"{each.resource}.{each.field}" for each in found if each.purpose == purpose and each.hindrance is None)


def list_lost(grants: Iterable[str]) -> frozenset[str]:
    """Those of `grants` that were revoked or suspended meanwhile."""
    asked = frozenset(grants)
    standing = models.Grant.objects.filter(Q(agreement=None) | Q(agreement__state=AgreementState.GRANTED), id__in=asked, revoked_at=None)
    return asked - frozenset(standing.values_list("id", flat=True))


def list_known_grants(service: str, purpose: str) -> frozenset[str]:
    """`resource.field` on which a grant was ever decided, revoked ones too."""
    rows = models.Grant.objects.filter(service=service, purpose=purpose)
    return frozenset(f"{resource}.{field}" for resource, field in rows.values_list("resource", "field"))


def lock_grant(grant: str) -> models.Grant:
    """The grant to change it. Raises NotFound."""
    row = models.Grant.objects.select_for_update().filter(id=grant).first()
    if row is None:
        raise NotFound(Text(zh="没有这项共享授权。", en="There is no such grant."))
    return row


def compute_grant(row: models.Grant) -> Grant:
    return Grant(
        id=row.id, service=row.service, resource=row.resource, field=row.field, purpose=row.purpose, ground=row.ground,
        granted_at=row.granted_at, revoked_at=row.revoked_at, agreement=row.agreement_id,
    )


def _candidate(row: models.Grant, now: datetime) -> Candidate:
    terms = row.agreement
    return Candidate(
        id=row.id, resource=row.resource, field=row.field, purpose=row.purpose, agreement=row.agreement_id,
        row_filter=terms.row_filter if terms else "", has_quota=terms is not None and bool(terms.daily_quota or terms.total_quota),
        hindrance=_hindrance(row, terms, now),
    )


def _hindrance(row: models.Grant, terms: models.Agreement | None, now: datetime) -> RefusalCode | None:
    if terms is not None and (terms.state == AgreementState.EXPIRED or (terms.ends_at is not None and now >= terms.ends_at)):
        return RefusalCode.EXPIRED
    if row.revoked_at is not None:
        return RefusalCode.REVOKED
    if terms is None:
        return None
    if terms.state == AgreementState.SUSPENDED:
        return RefusalCode.SUSPENDED
    if now < terms.starts_at:
        return RefusalCode.NOT_BEGUN
    if terms.opens is not None and terms.closes is not None and not terms.opens <= now.astimezone(LEGAL_ZONE).time() < terms.closes:
        return RefusalCode.OUTSIDE_HOURS
    return None
