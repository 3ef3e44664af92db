"""Reads of grants, outages, counted absences and pushed records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from miaopi.apps.exchange import models
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.kernel.errors import NotFound
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

SourceId = tuple[str, str]  # resource, agency


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands."""

    id: str
    service: str
    resource: str
    field: str
    purpose: str
    ground: str
    granted_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Absences:
    """About whom a source said “there is none” since it last found anybody; `since`: when it began."""

    subjects: frozenset[str]
    since: datetime


def list_grants(service: str | None = None) -> Sequence[Grant]:
    """All grants, or those of a service, the revoked ones too; by resource, field and age."""
    rows = models.Grant.objects.order_by("service", "resource", "field", "granted_at", "id")
    return [compute_grant(row) for row in (rows if service is None else rows.filter(service=service))]


def find_granted(service: str, purpose: str, resources: Collection[str]) -> frozenset[str]:
    """`resource.field` that the service may have now for this purpose; read at each pull, so that a revocation works at once."""
    rows = models.Grant.objects.filter(service=service, purpose=purpose, resource__in=resources, revoked_at=None)
    return frozenset(f"{resource}.{field}" for resource, field in rows.values_list("resource", "field"))


def list_denied(service: str, purpose: str, sources: Iterable[str]) -> Sequence[str]:
    """Those `resource.field` of `sources` that the service has no grant for now."""
    asked = list(sources)
    granted = find_granted(service, purpose, {source.partition(".")[0] for source in asked})
    return [source for source in asked if source not in granted]


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


def list_outages(resources: Iterable[str] | None = None) -> Mapping[SourceId, datetime]:
    """Silent sources and since when."""
    rows = models.Outage.objects.all() if resources is None else models.Outage.objects.filter(resource__in=list(resources))
    return {(resource, agency): since for resource, agency, since in rows.values_list("resource", "agency", "since")}


def list_absences(resources: Iterable[str]) -> Mapping[SourceId, Absences]:
    rows = models.Absence.objects.filter(resource__in=list(resources)).order_by("said_at")
    found: dict[SourceId, Absences] = {}
    for resource, agency, subject, said_at in rows.values_list("resource", "agency", "subject", "said_at"):
        before = found.get((resource, agency), Absences(frozenset(), said_at))
        found[resource, agency] = Absences(before.subjects | {subject}, before.since)
    return found


def compute_grant(row: models.Grant) -> Grant:
    return Grant(
        id=row.id, service=row.service, resource=row.resource, field=row.field, purpose=row.purpose, ground=row.ground,
        granted_at=row.granted_at, revoked_at=row.revoked_at,
    )


def find_push(key: str) -> models.Push | None:
    """The record that an agency took under this key."""
    return models.Push.objects.filter(key=key).first()


def compute_record_digest(act: str, subject: PartyId, values: Mapping[str, str | None]) -> str:
    """What tells a record from another; under the key of the seals, for what it says of a person could be guessed."""
    return pseudonym(canonical_json({"act": act, "subject": subject, "values": dict(values)}).decode())
