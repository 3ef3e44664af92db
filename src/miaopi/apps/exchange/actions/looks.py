"""Looking: sources asked side by side for what is open, each answer read into facts and a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from miaopi.apps.audit.api import Actor, Read
from miaopi.apps.exchange.actions.access import Access, Part
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.actions.tickets import Bill, ask_or_collect
from miaopi.apps.exchange.adapters.configuration import Source
from miaopi.apps.exchange.adapters.directory import Directory, city_directory
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.filters import read_filter, read_tests
from miaopi.apps.exchange.adapters.findings import find_findings
from miaopi.apps.exchange.adapters.lines import Call
from miaopi.apps.exchange.adapters.port import (
    Answer,
    Awaited,
    Hindered,
    Hindrance,
    Nothing,
    Question,
    Rows,
    Term,
    Unsaid,
)
from miaopi.apps.exchange.adapters.registered import ask_registered, is_registered
from miaopi.apps.exchange.queries.grants import KEPT
from miaopi.apps.exchange.queries.sources import SourceId
from miaopi.apps.identity.api import Party, PartyId, pseudonym
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Doubt, Fact, Unknown
from miaopi.kernel.frozen import frozen

PLATFORM = "platform"  # the agency of sources that are rooms of this house
OUTSIDE = "outside"  # the result of a look that found no granted row
UNASKED = "unasked"  # of one that did not go out: it is not due, or would not be answered
CHANGED = "changed"  # of one at a source that no longer has what our configuration names
OUT = ("silent", CHANGED)  # an outage either way, until it answers again or a person has mended it


@frozen
class Look:
    """One source asked for some fields of a person, and what came back. `answer` is kept of those that hinder or delay one."""

    resource: str
    agency: str
    fields: tuple[str, ...]
    facts: Mapping[str, Fact]
    result: str
    part: Part
    predicates: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    answer: Awaited | Hindered | None = None

    @property
    def source(self) -> SourceId:
        return self.resource, self.agency


@dataclass(frozen=True)
class About:
    """Whom a pull is about, on which ground."""

    party: PartyId
    ground: Ground | Duty
    read: Read[Party]

    @cached_property
    def name(self) -> str:
        """As the log calls her."""
        return pseudonym(self.party)


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """A source with the fields that it has of a part of the pull, and all of the question that is the same for everybody."""

    source: Source
    fields: tuple[str, ...]
    part: Part
    columns: tuple[str, ...]
    where: tuple[Term, ...]
    tests: Mapping[str, tuple[Term, ...]]
    predicates: tuple[str, ...]
    grants: tuple[str, ...]


def look_everywhere(
    about: About, access: Access, bill: Bill, purpose: str, deadline: timedelta, by: Actor, now: datetime
) -> list[Look]:
    """Ask our own rooms, then everybody outside at once."""
    looks = [_look_inside(about.party, part, now) for part in access.parts if is_registered(part.resource)]
    book = city_directory()
    errands = list_errands(book, access, compute_legal_day(now))
    if not errands:
        return looks
    ground, key = about.ground, about.read.found.id_number
    founded = ground.receipt or ground.duty
    lines = book.lines([errand.source.place.agency for errand in errands])
    calls = [
        Call(line, Question(
            errand.source.place, errand.columns, purpose, founded, key, now, errand.where, errand.tests, ground.service, errand.grants,
        ))
        for line, errand in zip(lines, errands, strict=True)
    ]  # fmt: skip
    parts = [errand.part for errand in errands]
    answers = ask_or_collect(calls, parts, bill, subject=about.party, ground=ground, deadline=deadline, by=by, now=now)
    return looks + [_look_outside(errand, answer, now) for errand, answer in zip(errands, answers, strict=True)]


@lru_cache(maxsize=KEPT)
def list_errands(book: Directory, access: Access, today: date) -> Sequence[Errand]:
    """To whom the parts of a pull go out; filters and predicates may hang on the day."""
    return [
        Errand(
            source, fields, part, _columns(source, fields), read_filter(part.row_filter, source, today), read_tests(source, fields, today),
            tuple(f"{name}: {source.columns[name].test}" for name in fields if source.columns[name].test),
            tuple(access.grants[f"{source.place.resource}.{name}"] for name in fields),
        )
        for source, fields, part in _list_sources(book, access.parts)
    ]  # fmt: skip


def _columns(source: Source, fields: tuple[str, ...]) -> tuple[str, ...]:
    """What the source calls them, and what says of when they are."""
    asked = tuple(source.columns[name].name for name in fields)
    return asked if source.as_of is None else (*asked, source.as_of)


def _list_sources(book: Directory, parts: Sequence[Part]) -> Iterator[tuple[Source, tuple[str, ...], Part]]:
    """Sources with the fields that each of them has, and the part of the pull that these are of."""
    for part in parts:
        if not is_registered(part.resource):
            for source in book.configuration.resources[part.resource].sources:
                held = tuple(field for field in part.fields if field in source.columns)
                if held and (held == part.fields or not source.has_many):
                    yield source, held, part


def _look_inside(subject: PartyId, part: Part, now: datetime) -> Look:
    facts = ask_registered(part.resource, subject, part.fields, now=now)
    findings = tuple(find_findings(facts, part.fields, "found"))
    return Look(part.resource, PLATFORM, part.fields, facts, "found", part, findings=findings)


def _look_outside(errand: Errand, answer: Answer | None, now: datetime) -> Look:
    fields, place = errand.fields, errand.source.place
    facts = read_facts(errand.source, answer, fields, now=now)
    result = OUTSIDE if errand.where and isinstance(answer, Unsaid) else _result(answer, facts)
    findings = tuple(find_findings(facts, fields, result)) if isinstance(answer, Rows) else ()
    kept = answer if isinstance(answer, Awaited | Hindered) else None
    return Look(place.resource, place.agency, fields, facts, result, errand.part, errand.predicates, findings, kept)


def _result(answer: Answer | None, facts: Mapping[str, Fact]) -> str:
    doubts = {fact.doubt for fact in facts.values() if type(fact) is Unknown}
    match answer:
        case Rows() | Nothing() if Doubt.STALE in doubts:
            return "stale"
        case Nothing():
            return "absent"
        case Unsaid():
            return "unsaid"
        case Hindered(why=Hindrance.SCHEMA_CHANGED):
            return CHANGED
        case Awaited(was_asked=False) | Hindered(was_asked=False):
            return UNASKED
        case Awaited():
            return "awaited"
        case Hindered():
            return "hindered"
        case Rows() if Doubt.UNAVAILABLE not in doubts:
            return "conflict" if Doubt.CONFLICT in doubts else "found"
        case _:
            return "silent"  # no answer, or one that is no value of its type
