"""Reads of grants: who may have which field now, and if not, why not."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Final, NamedTuple

from miaopi.apps.audit.api import Read, list_rows
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.exchange.queries.visibility import AT_ONCE, Visibility, read_visibility
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import NotFound
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

CANDIDATES: Final = """
SELECT array_agg(g.id ORDER BY g.granted_at, g.id), array_agg(g.field ORDER BY g.granted_at, g.id), g.resource, g.purpose,
       g.ground, g.agreement_id, g.revoked_at IS NOT NULL, a.state, a.starts_at, a.ends_at, a.opens, a.closes, a.row_filter,
       a.daily_quota IS NOT NULL OR a.total_quota IS NOT NULL, a.visibility
  FROM exchange_grant g LEFT JOIN exchange_agreement a ON a.id = g.agreement_id
 WHERE g.service = %s AND g.resource = ANY(string_to_array(%s, ' ')) AND (%s::text IS NULL OR g.purpose = %s)
   AND (%s::text IS NULL OR a.requester = %s)
 GROUP BY g.resource, g.purpose, g.ground, g.agreement_id, g.revoked_at IS NOT NULL, a.id
 ORDER BY min(g.granted_at), min(g.id)
"""
EDITION: Final = "SELECT word FROM exchange_grantedition WHERE id = 1"
KEPT: Final = 1024  # readings of an edition: a service with what one of its stages asks is one


class Terms(NamedTuple):
    """Grants of one agreement, or of none, on one resource: their terms are the same. Whether they stand is a question of the moment."""

    ids: Sequence[str]
    fields: Sequence[str]
    resource: str
    purpose: str
    ground: str
    agreement: str | None
    is_revoked: bool
    state: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    opens: time | None
    closes: time | None
    row_filter: str | None
    has_quota: bool
    visibility: str | None

    def find_hindrance(self, now: datetime) -> RefusalCode | None:
        if self.state == AgreementState.EXPIRED or (self.ends_at is not None and self.ends_at <= now):
            return RefusalCode.EXPIRED
        if self.state == AgreementState.SUSPENDED and not self.is_revoked:
            return RefusalCode.SUSPENDED
        if self.is_revoked or self.state not in (None, AgreementState.GRANTED):
            return RefusalCode.REVOKED
        if self.starts_at is not None and self.starts_at > now:
            return RefusalCode.NOT_BEGUN
        if self.opens is not None and self.closes is not None and not self.opens <= now.astimezone(LEGAL_ZONE).time() < self.closes:
            return RefusalCode.OUTSIDE_HOURS
        return None


@frozen
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


@frozen
class Candidate:
    """A grant by which a field might be had. `hindrance`: why not now; none means that it is open, save for a quota to be charged."""

    id: str
    resource: str
    field: str
    purpose: str
    ground: str
    agreement: str | None
    row_filter: str
    has_quota: bool
    visibility: Visibility
    hindrance: RefusalCode | None


def list_grants(service: str | None = None) -> Sequence[Grant]:
    """All grants, or those of a service, the revoked ones too; by resource, field and age."""
    rows = models.Grant.objects.order_by("service", "resource", "field", "granted_at", "id")
    return [compute_grant(row) for row in (rows if service is None else rows.filter(service=service))]


def read_edition() -> Read[str]:
    """The word for the present state of all grants and their terms: another one from each transaction that changed any. Before the first
    each reading has one of its own."""
    return Read(EDITION, (), lambda rows: str(rows[0][0]) if rows else secrets.token_hex(8))


@lru_cache(maxsize=KEPT)
def list_terms_of(edition: str, service: str, resources: tuple[str, ...], purpose: str, requester: str | None) -> Sequence[Terms]:
    """As they were when the edition was read, or are by now; read once an edition."""
    return _list_terms(service, resources, purpose, requester)


def list_candidates(
    service: str, resources: Collection[str], now: datetime, *, purpose: str | None = None, requester: str | None = None
) -> Sequence[Candidate]:
    """Every grant that the service ever had on these resources, or had for that purpose, the most visible and least bound first. An agency
    that asks for itself (`requester`) has what was agreed with it alone, whatever others call a use."""
    terms = _list_terms(service, resources, purpose, requester)
    return compute_candidates(terms, [each.find_hindrance(now) for each in terms])


def compute_candidates(terms: Iterable[Terms], hindrances: Iterable[RefusalCode | None]) -> Sequence[Candidate]:
    """In the order of `list_candidates`."""
    found = [each for own, hindrance in zip(terms, hindrances, strict=True) for each in _candidates(own, hindrance)]
    return sorted(found, key=lambda each: (each.visibility.rank, bool(each.row_filter), each.has_quota))


def find_granted(service: str, purpose: str, resources: Collection[str], now: datetime) -> frozenset[str]:
    """`resource.field` that the service may have now for this purpose, quotas apart."""
    found = list_candidates(service, resources, now, purpose=purpose)
    return frozenset(f"{each.resource}.{each.field}" for each in found if each.hindrance is None)


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


def _list_terms(service: str, resources: Collection[str], purpose: str | None, requester: str | None) -> Sequence[Terms]:
    values = [service, " ".join(resources), purpose, purpose, requester, requester]
    return [Terms._make(row) for row in list_rows(CANDIDATES, values)]


def _candidates(terms: Terms, hindrance: RefusalCode | None) -> Iterator[Candidate]:
    visibility = AT_ONCE if terms.visibility is None else read_visibility(terms.visibility)
    for id, field in zip(terms.ids, terms.fields, strict=True):
        yield Candidate(
            id, terms.resource, field, terms.purpose, terms.ground, terms.agreement, terms.row_filter or "", terms.has_quota, visibility,
            hindrance,
        )  # fmt: skip
