"""What of a pull is open: each asked field by the least bound grant that stands now, its quota charged before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import Case, F, Q, Value, When

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import Resource, Sharing
from miaopi.apps.exchange import models
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.grants import Candidate, list_candidates
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError

ORDER: Final = {code: place for place, code in enumerate(RefusalCode)}


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of a resource that are asked for in one question, of the rows that `row_filter` grants."""

    resource: str
    fields: tuple[str, ...]
    row_filter: str


@dataclass(frozen=True, slots=True)
class Access:
    """What is asked, by which grants, and what is refused: both by `resource.field`."""

    parts: tuple[Part, ...]
    grants: Mapping[str, str]
    refused: Mapping[str, RefusalCode]


@dataclass(slots=True)
class _Charges:
    """One call each of the agreements of a pull, charged when the first field needs it."""

    by: Actor
    now: datetime
    made: dict[str, RefusalCode | None] = field(default_factory=dict)

    def charge(self, agreement: str) -> RefusalCode | None:
        if agreement not in self.made:
            self.made[agreement] = _charge(agreement, self.by, self.now)
        return self.made[agreement]


def open_access(
    *, asks: Mapping[str, tuple[str, ...]], catalogued: Mapping[str, Resource], service: str, purpose: str, by: Actor, now: datetime
) -> Access:
    """Default deny: a field needs a place in the catalogue, a source, and a grant that stands. A list is whole or not asked for."""
    candidates = list_candidates(service, asks, now)
    charges = _Charges(by, now)
    parts: list[Part] = []
    grants: dict[str, str] = {}
    refused: dict[str, RefusalCode] = {}
    for resource, fields in asks.items():
        known = [each for each in candidates if each.resource == resource]
        chosen = {name: _choose(resource, name, catalogued.get(resource), known, purpose, compute_legal_day(now)) for name in fields}
        lacking = _find_lack(resource, chosen.values())
        charged = {name: lacking or _charged(each, charges) for name, each in chosen.items()}
        if lacking := _find_lack(resource, charged.values()):
            charged = dict.fromkeys(charged, lacking)
        asked: dict[str, list[str]] = {}
        for name, each in charged.items():
            if isinstance(each, RefusalCode):
                refused[f"{resource}.{name}"] = each
            else:
                grants[f"{resource}.{name}"] = each.id
                asked.setdefault(each.row_filter, []).append(name)
        parts += [Part(resource, tuple(names), row_filter) for row_filter, names in asked.items()]
    return Access(tuple(parts), grants, refused)


def _find_lack(resource: str, found: Iterable[object]) -> RefusalCode | None:
    """Of a list that would lack a field: why, for all of it."""
    codes = [each for each in found if isinstance(each, RefusalCode)] if has_many(resource) else []
    return max(codes, key=lambda code: ORDER[code], default=None)


def has_many(resource: str) -> bool:
    configured = city_directory().configuration.resources.get(resource)
    return configured is not None and configured.has_many and not is_registered(resource)


def _choose(
    resource: str, name: str, described: Resource | None, known: Sequence[Candidate], purpose: str, today: date
) -> list[Candidate] | RefusalCode:
    """The grants by which the field is open, or why there is none."""
    if described is None or name not in described.fields:
        return RefusalCode.FIELD_UNKNOWN
    if described.fields[name].sharing_type is Sharing.NOT_SHARED:
        return RefusalCode.NOT_SHARED
    on_field = [each for each in known if each.field == name]
    for_this = [each for each in on_field if each.purpose == purpose]
    hindered = [(each, each.hindrance or _check_filter(resource, each, today)) for each in for_this]
    standing = [each for each, hindrance in hindered if hindrance is None]
    if standing:
        return standing if _is_connected(resource) else RefusalCode.NOT_CONNECTED
    if hindered:
        return max((hindrance for _, hindrance in hindered if hindrance is not None), key=lambda code: ORDER[code])
    if any(each.hindrance is not RefusalCode.REVOKED for each in on_field):
        return RefusalCode.WRONG_PURPOSE
    if any(each.purpose == purpose and each.hindrance is None for each in known):
        return RefusalCode.FIELD_NOT_GRANTED
    return RefusalCode.NO_GRANT


def _is_connected(resource: str) -> bool:
    return is_registered(resource) or resource in city_directory().configuration.resources


def _check_filter(resource: str, candidate: Candidate, today: date) -> RefusalCode | None:
    """A filter was read when it was agreed on; the resource may have changed since."""
    if not candidate.row_filter:
        return None
    configured = city_directory().configuration.resources.get(resource)
    try:
        for source in configured.sources if configured is not None else ():
            read_filter(candidate.row_filter, source, today)
    except DefinitionError:
        return RefusalCode.FILTER_BROKEN
    return RefusalCode.FILTER_BROKEN if configured is None or is_registered(resource) else None


def _charged(standing: list[Candidate] | RefusalCode, charges: _Charges) -> Candidate | RefusalCode:
    """The first of the grants that is not bound by a quota, or of whose quota something is left."""
    if isinstance(standing, RefusalCode):
        return standing
    spent: list[RefusalCode] = []
    for each in standing:
        code = charges.charge(each.agreement) if each.has_quota and each.agreement is not None else None
        if code is None:
            return each
        spent.append(code)
    return max(spent, key=lambda code: ORDER[code])


def _charge(agreement: str, by: Actor, now: datetime) -> RefusalCode | None:
    """Count one call, if the agreement still holds and something is left: one statement, so that the last call is had once."""
    today = compute_legal_day(now)
    is_left = (Q(total_quota=None) | Q(used_in_all__lt=F("total_quota"))) & (
        Q(daily_quota=None) | Q(used_on=None) | ~Q(used_on=today) | Q(used_today__lt=F("daily_quota"))
    )
    with act(by=by, now=now):
        rows = models.Agreement.objects.filter(id=agreement, state=AgreementState.GRANTED)
        counted = rows.filter(is_left).update(
            used_in_all=F("used_in_all") + 1, used_on=today,
            used_today=Case(When(used_on=today, then=F("used_today") + 1), default=Value(1)),
        )  # fmt: skip
        if counted:
            return None
        row = models.Agreement.objects.get(id=agreement)
    if row.state != AgreementState.GRANTED:
        return RefusalCode.SUSPENDED if row.state == AgreementState.SUSPENDED else RefusalCode.REVOKED
    is_spent = row.total_quota is not None and row.used_in_all >= row.total_quota
    return RefusalCode.TOTAL_QUOTA_SPENT if is_spent else RefusalCode.DAILY_QUOTA_SPENT
