"""Which service may have which field for which purpose; what is not granted is not asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import Resource, Sharing, get_resource, get_resources
from miaopi.apps.exchange import models
from miaopi.apps.exchange.events import GrantApproved, GrantRevoked, GrantsSeeded
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.clocks import Clock
from miaopi.apps.exchange.queries.grants import (
    Grant,
    compute_grant,
    find_granted,
    list_known_grants,
    lock_grant,
)
from miaopi.apps.exchange.queries.registers.base_fields import list_scope
from miaopi.apps.exchange.queries.sharing_rules import BASIS, RULES, list_purposes
from miaopi.apps.identity.api import Right, authorise
from miaopi.definitions import ServicePackage
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text


def seed_grants(*, package: ServicePackage, by: Actor, now: datetime) -> tuple[str, ...]:
    """Grant what the facts of a published package need, each on its lawful ground; the new `resource.field`, sorted.

    What a package that pays asks again at each run is granted a second time, for the words of that duty. A field on which a grant was
    ever decided for a purpose is left as it is: seeding again never undoes a revocation. A field that the catalogue does not know or
    does not share is left ungranted.
    """
    authorise(by, Right.CHANGE_GRANTS)
    agreements: list[models.Agreement] = []
    rows: list[models.Grant] = []
    for purpose, needed in _purposes(package):
        for resource, fields in _by_resource(_shareable(needed) - list_known_grants(package.slug, purpose)):
            ground = needed[f"{resource.id}.{fields[0]}"]
            agreements.append(_agreement(package, resource, fields, purpose, ground, now))
            rows += [
                _row(package.slug, source, purpose, needed[source], by, now, agreements[-1])
                for source in (f"{resource.id}.{name}" for name in fields)
            ]
    if not rows:
        return ()
    new = tuple(sorted({f"{row.resource}.{row.field}" for row in rows}))
    with act(by=by, now=now) as unit:
        models.Agreement.objects.bulk_create(agreements)
        models.Grant.objects.bulk_create(rows)
        made = tuple(row.id for row in agreements)
        unit.record(GrantsSeeded(service=package.slug, version=package.definition.version, fields=new, agreements=made))
    return new


def _by_resource(sources: Iterable[str]) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    """The resources of `resource.field`, each with its fields, sorted."""
    asked = sorted(sources)
    known = get_resources({source.partition(".")[0] for source in asked})
    for resource in known.values():
        yield resource, tuple(source.partition(".")[2] for source in asked if source.partition(".")[0] == resource.id)


def _agreement(
    package: ServicePackage, resource: Resource, fields: tuple[str, ...], purpose: str, ground: str, now: datetime
) -> models.Agreement:
    """What publishing a service yields, for as long as it is published: the steward of the provider may suspend or revoke it."""
    return models.Agreement(
        id=uuid.uuid4().hex, agency=resource.agency.id, resource=resource.id, requester=package.department.zh, service=package.slug,
        purpose=purpose, ground=ground, fields=list(fields), starts_at=now, state=AgreementState.GRANTED, clock=Clock.CHECK, filed_at=now,
        filed_by=RULES.signed_as, decided_at=now, decided_by=RULES.signed_as,
        basis=f"{BASIS}：事项 {package.slug} 已发布（{package.version[:12]}）",
    )


def _purposes(package: ServicePackage) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What a package needs, by purpose: `resource.field` with its lawful ground."""
    facts = package.definition.facts
    consented, *duties = list_purposes(package)
    yield consented, {source: spec.ground for spec in facts.values() for source in list_scope([spec])}
    if package.payment is not None:
        yield duties[0], dict.fromkeys(list_scope(facts[name] for name in package.payment.stop_facts), "statutory_duty")


def approve_grant(*, service: str, resource: str, field: str, purpose: str, ground: str, by: Actor, now: datetime) -> Grant:
    """Let a service have a field for a purpose (the words of its consent, in Chinese). Raises InputError, NotFound."""
    authorise(by, Right.CHANGE_GRANTS)
    known = get_resource(resource).fields.get(field)
    if known is None or known.sharing_type is Sharing.NOT_SHARED:
        raise InputError(
            "field",
            Text(zh="目录中没有该信息项，或该信息项不予共享。", en="The catalogue has no such field, or does not share it."),
            Text(zh="请在目录中另选信息项。", en="Choose another field of the catalogue."),
        )
    if f"{resource}.{field}" in find_granted(service, purpose, (resource,), now):
        raise InputError(
            "field", Text(zh="该信息项已授权。", en="The field is granted already."), Text(zh="无需重复授权。", en="Nothing is left to do.")
        )
    row = _row(service, f"{resource}.{field}", purpose, ground, by, now)
    with act(by=by, now=now) as unit:
        row.save(force_insert=True)
        unit.record(GrantApproved(grant=row.id, service=service, resource=resource, field=field))
    return compute_grant(row)


def revoke_grant(*, grant: str, by: Actor, now: datetime) -> Grant:
    """Take a field from a service, from its next pull on. Twice is once. Raises NotFound."""
    authorise(by, Right.CHANGE_GRANTS)
    with act(by=by, now=now) as unit:
        row = lock_grant(grant)
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = now, by.signed_as
            row.save(update_fields=("revoked_at", "revoked_by"))
            unit.record(GrantRevoked(grant=row.id, service=row.service, resource=row.resource, field=row.field))
    return compute_grant(row)


def _shareable(sources: Iterable[str]) -> frozenset[str]:
    """Those `resource.field` that the catalogue knows and shares (不予共享 is never granted)."""
    known = get_resources({source.partition(".")[0] for source in sources})
    shared = {
        f"{resource.id}.{field.name}"
        for resource in known.values()
        for field in resource.fields.values()
        if field.sharing_type is not Sharing.NOT_SHARED
    }
    return frozenset(shared & set(sources))


def _row(
    service: str, source: str, purpose: str, ground: str, by: Actor, now: datetime, agreement: models.Agreement | None = None
) -> models.Grant:
    resource, _, field = source.partition(".")
    return models.Grant(
        id=uuid.uuid4().hex, agreement=agreement, service=service, resource=resource, field=field, purpose=purpose, ground=ground,
        granted_at=now, granted_by=by.signed_as,
    )
