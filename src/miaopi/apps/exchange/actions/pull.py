"""A pull: its ground, grants, sources side by side under one deadline, an entry for every look – and only then the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import Directory, city_directory
from miaopi.apps.exchange.adapters.facts import ROWS, agree, read_facts
from miaopi.apps.exchange.adapters.lines import Call, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Answer, Nothing, Question, Rows, Unsaid
from miaopi.apps.exchange.adapters.registered import ask_registered, is_registered
from miaopi.apps.exchange.events import DataPulled, PullRefused, SourceAnsweredAgain, SourceFellSilent
from miaopi.apps.exchange.queries import Absences, SourceId, find_granted, list_absences, list_outages
from miaopi.apps.identity.api import PartyId, Right, authorise, get_party, pseudonym
from miaopi.kernel.errors import RightsError
from miaopi.kernel.fact import Doubt, Fact, Unknown

PLATFORM = "platform"  # the agency of sources that are rooms of this house

Asks = Mapping[str, tuple[str, ...]]  # resource → fields


@dataclass(frozen=True, slots=True)
class _Look:
    """One source asked for some fields of a person, and what came back."""

    resource: str
    agency: str
    fields: tuple[str, ...]
    facts: Mapping[str, Fact]
    result: str

    @property
    def source(self) -> SourceId:
        return self.resource, self.agency


def pull(*, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime) -> dict[str, Fact]:
    """Facts by `resource.field`, one for each that was asked, all within `deadline`. A resource with many rows of a person is one
    fact under its own name, a list of contexts with the asked fields.

    A field that the service has no grant for, that the catalogue does not share or that nobody is connected for is
    Unknown(unproven) and no source is asked for it, and so is a list that would lack one of its fields; a silent or late source
    leaves Unknown(unavailable) with the beginning of its outage. Every look and every refusal is an entry before a value is handed
    out. Raises RightsError, after its entry, when no consent stands for what is asked; NotFound for an unknown party.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a pull waits for agencies: it may not hold a transaction open")
    authorise(by, Right.PULL_FACTS, owner=subject)
    asks = {resource: tuple(dict.fromkeys(fields)) for resource, fields in asks.items() if fields}
    catalogued = get_resources(asks)
    _require_ground(subject, asks, catalogued, ground, by, now)
    purpose = ground.find_purpose()
    granted = _only_granted(asks, catalogued, find_granted(ground.service, purpose, asks))
    refused = [
        _refusal(subject, resource, left, ground, reason="grant")
        for resource, fields in asks.items()
        if (left := tuple(field for field in fields if field not in granted.get(resource, ())))
    ]
    looks = _look(subject, granted, ground, purpose, deadline, now)
    outages, absences = list_outages(granted), list_absences(granted)
    believed = [_believe(look, absences, subject, now) for look in looks]
    begun = {look.source: outages.get(look.source, now) for look in believed}
    with act(by=by, now=now) as unit:
        for refusal in refused:
            unit.record(refusal)
        for look in believed:
            unit.record(_entry(subject, look, ground))
        for event in _note_outages(believed, outages, now):
            unit.record(event)
        _count_absences(believed, absences, subject, now)
    return _facts(asks, believed, begun)


def _require_ground(
    subject: PartyId, asks: Asks, catalogued: Mapping[str, Resource], ground: Ground | Duty, by: Actor, now: datetime
) -> None:
    for resource, fields in asks.items():
        try:
            ground.require_looks(subject, catalogued.get(resource), resource, fields, now)
        except RightsError:
            with act(by=by, now=now) as unit:
                unit.record(_refusal(subject, resource, fields, ground, reason="consent"))
            raise


def _only_granted(asks: Asks, catalogued: Mapping[str, Resource], granted: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Default deny: a field needs a grant that stands and a place in the catalogue. A list is whole or not asked for."""
    left = {
        resource: tuple(name for name in fields if name in catalogued[resource].fields and f"{resource}.{name}" in granted)
        for resource, fields in asks.items()
        if resource in catalogued
    }
    return {resource: fields for resource, fields in left.items() if fields and (fields == asks[resource] or not _has_many(resource))}


def _has_many(resource: str) -> bool:
    configured = city_directory().configuration.resources.get(resource)
    return configured is not None and configured.has_many and not is_registered(resource)


def _look(subject: PartyId, asks: Asks, ground: Ground | Duty, purpose: str, deadline: timedelta, now: datetime) -> list[_Look]:
    """Ask our own rooms, then everybody outside at once."""
    looks = [_look_inside(subject, resource, fields, now) for resource, fields in asks.items() if is_registered(resource)]
    book = city_directory()
    sources = list(_outside(book, asks))
    if not sources:
        return looks
    key = get_party(subject).id_number
    calls = [
        Call(
            book.line(source.place.agency),
            Question(source.place, tuple(source.columns[field].name for field in fields), purpose, ground.receipt or ground.duty, key, now),
        )
        for source, fields in sources
    ]
    answers = ask_side_by_side(calls, seconds=deadline.total_seconds())
    return looks + [_look_outside(source, fields, answer, now) for (source, fields), answer in zip(sources, answers, strict=True)]


def _outside(book: Directory, asks: Asks) -> Iterator[tuple[Source, tuple[str, ...]]]:
    """Sources with the fields that each of them has; a resource nobody is connected for has none."""
    for resource, fields in asks.items():
        if resource in book.configuration.resources and not is_registered(resource):
            for source in book.configuration.resources[resource].sources:
                held = tuple(field for field in fields if field in source.columns)
                if held and (held == fields or not source.has_many):
                    yield source, held


def _look_inside(subject: PartyId, resource: str, fields: tuple[str, ...], now: datetime) -> _Look:
    facts = ask_registered(resource, subject, fields, now=now)
    return _Look(resource, PLATFORM, fields, facts, "found")


def _look_outside(source: Source, fields: tuple[str, ...], answer: Answer | None, now: datetime) -> _Look:
    facts = read_facts(source, answer, fields, now=now)
    return _Look(source.place.resource, source.place.agency, fields, facts, _result(answer, facts))


def _result(answer: Answer | None, facts: Mapping[str, Fact]) -> str:
    doubts = {fact.doubt for fact in facts.values() if isinstance(fact, Unknown)}
    match answer:
        case Nothing():
            return "absent"
        case Unsaid():
            return "unsaid"
        case Rows() if Doubt.UNAVAILABLE not in doubts:
            return "conflict" if Doubt.CONFLICT in doubts else "found"
        case _:
            return "silent"  # no answer, or one that is no value of its type


def _believe(look: _Look, absences: Mapping[SourceId, Absences], subject: PartyId, now: datetime) -> _Look:
    """The breaker: a source that says “there is none” of everybody has lost its data, and its absences prove nothing."""
    most = _most_absences(look.resource)
    counted = absences.get(look.source, Absences(frozenset(), now))
    if look.result != "absent" or not most or len(counted.subjects | {pseudonym(subject)}) <= most:
        return look
    doubted: dict[str, Fact] = {name: Unknown(Doubt.UNAVAILABLE, look.resource, since=counted.since) for name in look.facts}
    return _Look(look.resource, look.agency, look.fields, doubted, "doubted")


def _most_absences(resource: str) -> int:
    configured = city_directory().configuration.resources.get(resource)
    return configured.most_absences if configured is not None else 0


def _count_absences(looks: Sequence[_Look], absences: Mapping[SourceId, Absences], subject: PartyId, now: datetime) -> None:
    """At most one row more than are believed: the count has to pass the border and need not go on."""
    said = [look for look in looks if look.result in {"absent", "doubted"} and _most_absences(look.resource)]
    new = [look for look in said if len(_counted(absences, look)) <= _most_absences(look.resource)]
    if new:
        rows = [models.Absence(resource=look.resource, agency=look.agency, subject=pseudonym(subject), said_at=now) for look in new]
        models.Absence.objects.bulk_create(rows, ignore_conflicts=True)
    for look in looks:
        if look.result in {"found", "conflict"} and look.source in absences:
            models.Absence.objects.filter(resource=look.resource, agency=look.agency).delete()


def _counted(absences: Mapping[SourceId, Absences], look: _Look) -> frozenset[str]:
    return absences[look.source].subjects if look.source in absences else frozenset()


def _note_outages(
    looks: Sequence[_Look], outages: Mapping[SourceId, datetime], now: datetime
) -> Iterator[SourceFellSilent | SourceAnsweredAgain]:
    fallen = [look for look in looks if look.result == "silent" and look.source not in outages]
    if fallen:
        rows = [models.Outage(resource=look.resource, agency=look.agency, since=now) for look in fallen]
        models.Outage.objects.bulk_create(rows, ignore_conflicts=True)
        yield from (SourceFellSilent(look.resource, look.agency) for look in fallen)
    for look in looks:
        if look.result != "silent" and look.source in outages:
            models.Outage.objects.filter(resource=look.resource, agency=look.agency).delete()
            yield SourceAnsweredAgain(look.resource, look.agency)


def _refusal(subject: PartyId, resource: str, fields: tuple[str, ...], ground: Ground | Duty, *, reason: str) -> PullRefused:
    return PullRefused(
        subject=pseudonym(subject), resource=resource, fields=fields, service=ground.service, application=ground.application,
        receipt=ground.receipt, reason=reason, duty=ground.duty,
    )


def _entry(subject: PartyId, look: _Look, ground: Ground | Duty) -> DataPulled:
    return DataPulled(
        subject=pseudonym(subject), resource=look.resource, agency=look.agency, fields=look.fields, service=ground.service,
        application=ground.application, receipt=ground.receipt, result=look.result, duty=ground.duty,
    )


def _facts(asks: Asks, looks: Sequence[_Look], begun: Mapping[SourceId, datetime]) -> dict[str, Fact]:
    """Every asked field or list, agreed among its sources; unavailable ones with the moment their outage began."""
    facts: dict[str, Fact] = {}
    for resource, fields in asks.items():
        for name in (ROWS,) if _has_many(resource) else fields:
            said = [_since(look.facts[name], begun[look.source]) for look in looks if look.resource == resource and name in look.facts]
            facts[f"{resource}.{name}" if name else resource] = agree(said) if said else Unknown(Doubt.UNPROVEN, resource)
    return facts


def _since(fact: Fact, begun: datetime) -> Fact:
    if isinstance(fact, Unknown) and fact.doubt is Doubt.UNAVAILABLE and fact.since is None:
        return Unknown(fact.doubt, fact.source, begun)
    return fact
