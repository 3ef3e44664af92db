"""Which grants open each field that a pull asks: weighed once for all pulls that ask the same while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.catalogue.api import Resource, Sharing, get_resources_of
from miaopi.apps.exchange.actions.grounds import Asks
from miaopi.apps.exchange.adapters.directory import Directory, city_directory
from miaopi.apps.exchange.adapters.filters import list_tested
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.adapters.status import list_answered
from miaopi.apps.exchange.queries.grants import Candidate, compute_candidates, list_candidates, list_terms_of
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen

ORDER: Final = {code: place for place, code in enumerate(RefusalCode)}
Choice = Sequence[Candidate] | RefusalCode  # the grants by which a field is open, or why there is none


@frozen
class Editions:
    """The words for what the catalogue says, and for what grants and terms say, as this pull found them."""

    catalogue: str
    grants: str


@frozen
class Plea:
    """All that a choice hangs on: whoever pleads the same is answered the same.

    `hindrances` are of the terms, in their order: which of them stand at this moment. `book` is one as long as the city is.
    """

    asks: tuple[tuple[str, tuple[str, ...]], ...]
    service: str
    purpose: str
    law: str
    requester: str | None
    editions: Editions
    hindrances: tuple[RefusalCode | None, ...]
    today: date
    book: Directory


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """`agreed`: all grants for this purpose, on whatever law. `missing`: fields without a grant, of which it is to be said why."""

    agreed: Sequence[Candidate]
    chosen: Mapping[str, Mapping[str, Choice]]
    missing: Sequence[tuple[str, str]]


def make_plea(asks: Asks, editions: Editions, service: str, purpose: str, law: str, by: Actor, now: datetime) -> Plea:
    """What is asked and by whom, with how the terms stand at this moment."""
    requester = by.id if by.kind is ActorKind.AGENCY else None
    terms = list_terms_of(editions.grants, service, tuple(asks), purpose, requester)
    hindrances = tuple([each.find_hindrance(now) for each in terms])
    return Plea(tuple(asks.items()), service, purpose, law, requester, editions, hindrances, compute_legal_day(now), city_directory())


def weigh(plea: Plea) -> Choices:
    """By which grants each field is open for this purpose, or why by none. Reads what was kept of the two editions, or reads them anew."""
    resources = tuple(resource for resource, _ in plea.asks)
    terms = list_terms_of(plea.editions.grants, plea.service, resources, plea.purpose, plea.requester)
    agreed = compute_candidates(terms, plea.hindrances)
    granted = [each for each in agreed if not plea.law or each.ground == plea.law]
    catalogued = get_resources_of(plea.editions.catalogue, resources)
    chosen: dict[str, dict[str, Choice]] = {}
    for resource, fields in plea.asks:
        own, answered = [each for each in granted if each.resource == resource], list_answered(resource)
        chosen[resource] = {
            name: _choose(resource, name, catalogued.get(resource), own, answered is None or name in answered, plea.today)
            for name in fields
        }
    missing = [(resource, name) for resource, fields in chosen.items() for name, each in fields.items() if each is RefusalCode.NO_GRANT]
    return Choices(agreed, chosen, missing)


def with_reasons(choices: Choices, plea: Plea, now: datetime) -> Choices:
    """Grants for other purposes are read only where one is missing, to say why."""
    known = list_candidates(plea.service, [resource for resource, _ in plea.asks], now, requester=plea.requester) if choices.missing else ()
    chosen = {resource: dict(fields) for resource, fields in choices.chosen.items()}
    for resource, name in choices.missing:
        chosen[resource][name] = _say_why(resource, name, known, plea.purpose, plea.law)
    return Choices(choices.agreed, chosen, ())


def _choose(
    resource: str, name: str, described: Resource | None, granted: Sequence[Candidate], is_connected: bool, today: date
) -> Choice:
    """By the grants for this purpose."""
    if described is None or name not in described.fields:
        return RefusalCode.FIELD_UNKNOWN
    if described.fields[name].sharing_type is Sharing.NOT_SHARED:
        return RefusalCode.NOT_SHARED
    hindered = [(each, each.hindrance or _check_filter(described, each, today)) for each in granted if each.field == name]
    standing = [each for each, hindrance in hindered if hindrance is None]
    if standing:
        return standing if is_connected else RefusalCode.NOT_CONNECTED
    codes = (hindrance for _, hindrance in hindered if hindrance is not None)
    return max(codes, key=lambda code: ORDER[code], default=RefusalCode.NO_GRANT)


def _say_why(resource: str, name: str, known: Sequence[Candidate], purpose: str, law: str) -> RefusalCode:
    """Why no grant for this purpose on this law holds the field: it is in one on another law, or for another purpose, it is not in the one
    for this, or there is none."""
    own = [each for each in known if each.resource == resource]
    other_law = [each for each in own if law and each.purpose == purpose and each.ground != law]
    if any(each.field == name and each.hindrance is not RefusalCode.REVOKED for each in other_law):
        return RefusalCode.WRONG_GROUND
    if any(each.field == name and each.hindrance is not RefusalCode.REVOKED for each in own):
        return RefusalCode.WRONG_PURPOSE
    if any(each.purpose == purpose and each.hindrance is None for each in own):
        return RefusalCode.FIELD_NOT_GRANTED
    return RefusalCode.NO_GRANT


def _check_filter(resource: Resource, candidate: Candidate, today: date) -> RefusalCode | None:
    """A filter was read when it was agreed on; the resource may have changed since, and what it tests may be shared no more."""
    if not candidate.row_filter:
        return None
    configured = city_directory().configuration.resources.get(resource.id)
    sources = configured.sources if configured is not None else ()
    try:
        tested = {name for source in sources for name in list_tested(candidate.row_filter, source, today)}
    except DefinitionError:
        return RefusalCode.FILTER_BROKEN
    is_kept = any(name in resource.fields and resource.fields[name].sharing_type is Sharing.NOT_SHARED for name in tested)
    return RefusalCode.FILTER_BROKEN if is_kept or configured is None or is_registered(resource.id) else None
