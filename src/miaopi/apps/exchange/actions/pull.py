"""A pull: its ground, grants, sources side by side under one deadline, an entry for every look – and only then the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from django.db import connection

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.api import Resource, get_resources
from miaopi.apps.exchange import models
from miaopi.apps.exchange.actions.access import Access, Part, has_many, open_access
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import Directory, city_directory
from miaopi.apps.exchange.adapters.facts import ROWS, agree, read_facts
from miaopi.apps.exchange.adapters.filters import read_filter, read_tests
from miaopi.apps.exchange.adapters.lines import Call, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Answer, Nothing, Question, Rows, Unsaid
from miaopi.apps.exchange.adapters.registered import ask_registered, is_registered
from miaopi.apps.exchange.events import DataPulled, PullRefused, SourceAnsweredAgain, SourceFellSilent
from miaopi.apps.exchange.queries.grants import list_lost
from miaopi.apps.exchange.queries.refusals import PullRefusedError, RefusalCode
from miaopi.apps.exchange.queries.sources import Absences, SourceId, list_absences, list_outages
from miaopi.apps.identity.api import PartyId, Right, authorise, get_party, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import RightsError
from miaopi.kernel.fact import Doubt, Fact, Unknown

PLATFORM = "platform"  # the agency of sources that are rooms of this house
OUTSIDE = "outside"  # the result of a look that found no granted row

Asks = Mapping[str, tuple[str, ...]]  # resource → fields


@dataclass(frozen=True, slots=True)
class _Look:
    """One source asked for some fields of a person, and what came back."""

    resource: str
    agency: str
    fields: tuple[str, ...]
    facts: Mapping[str, Fact]
    result: str
    predicates: tuple[str, ...] = ()

    @property
    def source(self) -> SourceId:
        return self.resource, self.agency


@dataclass(frozen=True, slots=True)
class Pulled:
    """Facts as `pull` gives them, and why what is refused was not had, by `resource.field`."""

    facts: dict[str, Fact]
    refused: Mapping[str, RefusalCode]


def pull(*, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime) -> dict[str, Fact]:
    """Facts by `resource.field`, one for each that was asked, all within `deadline`. A resource with many rows of a person is one
    fact under its own name, a list of contexts with the asked fields.

    A field that the service has no grant for, that the catalogue does not share or that nobody is connected for is
    Unknown(unproven) and no source is asked for it, and so is a list that would lack one of its fields; a silent or late source
    leaves Unknown(unavailable) with the beginning of its outage. Every look and every refusal is an entry before a value is handed
    out. Raises RightsError, after its entry, when no consent stands for what is asked; NotFound for an unknown party.
    """
    return pull_or_say_why(subject=subject, asks=asks, ground=ground, deadline=deadline, by=by, now=now).facts


def pull_or_say_why(
    *, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime
) -> Pulled:
    """As `pull`, with the code of each refusal; a RightsError is a PullRefusedError, which has one too."""
    if connection.in_atomic_block:
        raise RuntimeError("a pull waits for agencies: it may not hold a transaction open")
    asks = {resource: tuple(dict.fromkeys(fields)) for resource, fields in asks.items() if fields}
    catalogued = get_resources(asks)
    _require_right(subject, asks, ground, by, now)
    _require_ground(subject, asks, catalogued, ground, by, now)
    purpose = ground.find_purpose()
    access = open_access(asks=asks, catalogued=catalogued, service=ground.service, purpose=purpose, by=by, now=now)
    looks = _look(subject, access.parts, ground, purpose, deadline, now)
    resources = {part.resource for part in access.parts}
    outages, absences = list_outages(resources), list_absences(resources)
    believed = [_believe(look, absences, subject, now) for look in looks]
    begun = {look.source: outages.get(look.source, now) for look in believed}
    with act(by=by, now=now) as unit:
        lost = _lost_meanwhile(access)
        refused = {**access.refused, **_outside(believed), **dict.fromkeys(lost, RefusalCode.REVOKED)}
        for refusal in _refusals(subject, asks, refused, ground):
            unit.record(refusal)
        for look in believed:
            unit.record(_entry(subject, look, ground))
        for event in _note_outages(believed, outages, now):
            unit.record(event)
        _count_absences(believed, absences, subject, now)
    return Pulled(_facts(asks, [_without(look, lost) for look in believed], begun), refused)


def _require_right(subject: PartyId, asks: Asks, ground: Ground | Duty, by: Actor, now: datetime) -> None:
    try:
        authorise(by, Right.PULL_FACTS, owner=subject)
    except RightsError:
        _refuse(subject, asks, ground, RefusalCode.NO_RIGHT, by, now)


def _require_ground(
    subject: PartyId, asks: Asks, catalogued: Mapping[str, Resource], ground: Ground | Duty, by: Actor, now: datetime
) -> None:
    for resource, fields in asks.items():
        code = ground.find_hindrance(subject, catalogued.get(resource), resource, fields, now)
        if code is not None:
            _refuse(subject, {resource: fields}, ground, code, by, now)


def _refuse(subject: PartyId, asks: Asks, ground: Ground | Duty, code: RefusalCode, by: Actor, now: datetime) -> NoReturn:
    """Nothing is pulled at all. Raises PullRefusedError after the entry."""
    with act(by=by, now=now) as unit:
        for resource, fields in asks.items():
            unit.record(_refusal(subject, resource, fields, ground, code))
    raise PullRefusedError(code)


def _lost_meanwhile(access: Access) -> frozenset[str]:
    """What was revoked or suspended while the agencies thought: the answer came too late to be handed on."""
    lost = list_lost(access.grants.values()) if access.grants else frozenset()
    return frozenset(source for source, grant in access.grants.items() if grant in lost)


def _outside(looks: Iterable[_Look]) -> dict[str, RefusalCode]:
    return {f"{look.resource}.{name}": RefusalCode.ROW_OUTSIDE for look in looks if look.result == OUTSIDE for name in look.fields}


def _without(look: _Look, lost: frozenset[str]) -> _Look:
    """The look without what was lost; a list that would lack a field is lost as a whole."""
    gone = {name for name in look.fields if f"{look.resource}.{name}" in lost}
    kept = {name: fact for name, fact in look.facts.items() if name not in gone and not (gone and name == ROWS)}
    return replace(look, facts=kept)


def _look(
    subject: PartyId, parts: Sequence[Part], ground: Ground | Duty, purpose: str, deadline: timedelta, now: datetime
) -> list[_Look]:
    """Ask our own rooms, then everybody outside at once."""
    looks = [_look_inside(subject, part.resource, part.fields, now) for part in parts if is_registered(part.resource)]
    book = city_directory()
    sources = list(_list_sources(book, parts))
    if not sources:
        return looks
    key = get_party(subject).id_number
    today = compute_legal_day(now)
    calls = [
        Call(
            book.line(source.place.agency),
            Question(
                source.place, tuple(source.columns[field].name for field in fields), purpose, ground.receipt or ground.duty, key, now,
                where=read_filter(row_filter, source, today), tests=read_tests(source, fields, today),
            ),
        )
        for source, fields, row_filter in sources
    ]  # fmt: skip
    answers = ask_side_by_side(calls, seconds=deadline.total_seconds())
    asked = zip(sources, calls, answers, strict=True)
    return looks + [_look_outside(source, fields, call.question, answer, now) for (source, fields, _), call, answer in asked]


def _list_sources(book: Directory, parts: Sequence[Part]) -> Iterator[tuple[Source, tuple[str, ...], str]]:
    """Sources with the fields that each of them has and the rows that are granted."""
    for part in parts:
        if not is_registered(part.resource):
            for source in book.configuration.resources[part.resource].sources:
                held = tuple(field for field in part.fields if field in source.columns)
                if held and (held == part.fields or not source.has_many):
                    yield source, held, part.row_filter


def _look_inside(subject: PartyId, resource: str, fields: tuple[str, ...], now: datetime) -> _Look:
    facts = ask_registered(resource, subject, fields, now=now)
    return _Look(resource, PLATFORM, fields, facts, "found")


def _look_outside(source: Source, fields: tuple[str, ...], question: Question, answer: Answer | None, now: datetime) -> _Look:
    facts = read_facts(source, answer, fields, now=now)
    result = OUTSIDE if question.where and isinstance(answer, Unsaid) else _result(answer, facts)
    asked = tuple(f"{name}: {source.columns[name].test}" for name in fields if source.columns[name].test)
    return _Look(source.place.resource, source.place.agency, fields, facts, result, asked)


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
    return replace(look, facts=doubted, result="doubted")


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


def _refusals(subject: PartyId, asks: Asks, refused: Mapping[str, RefusalCode], ground: Ground | Duty) -> Iterator[PullRefused]:
    """One entry for each resource and code."""
    for resource, fields in asks.items():
        codes = {name: code for name in fields if (code := refused.get(f"{resource}.{name}")) is not None}
        for code in dict.fromkeys(codes.values()):
            yield _refusal(subject, resource, tuple(name for name, each in codes.items() if each is code), ground, code)


def _refusal(subject: PartyId, resource: str, fields: tuple[str, ...], ground: Ground | Duty, code: RefusalCode) -> PullRefused:
    return PullRefused(
        subject=pseudonym(subject), resource=resource, fields=fields, service=ground.service, application=ground.application,
        receipt=ground.receipt, reason=code.family, duty=ground.duty, code=code.value,
    )


def _entry(subject: PartyId, look: _Look, ground: Ground | Duty) -> DataPulled:
    return DataPulled(
        subject=pseudonym(subject), resource=look.resource, agency=look.agency, fields=look.fields, service=ground.service,
        application=ground.application, receipt=ground.receipt, result=look.result, duty=ground.duty, predicates=look.predicates,
    )


def _facts(asks: Asks, looks: Sequence[_Look], begun: Mapping[SourceId, datetime]) -> dict[str, Fact]:
    """Every asked field or list, agreed among its sources; unavailable ones with the moment their outage began."""
    facts: dict[str, Fact] = {}
    for resource, fields in asks.items():
        for name in (ROWS,) if has_many(resource) else fields:
            said = [_since(look.facts[name], begun[look.source]) for look in looks if look.resource == resource and name in look.facts]
            facts[f"{resource}.{name}" if name else resource] = agree(said) if said else Unknown(Doubt.UNPROVEN, resource)
    return facts


def _since(fact: Fact, begun: datetime) -> Fact:
    if isinstance(fact, Unknown) and fact.doubt is Doubt.UNAVAILABLE and fact.since is None:
        return Unknown(fact.doubt, fact.source, begun)
    return fact
