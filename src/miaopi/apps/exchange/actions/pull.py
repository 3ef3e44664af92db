"""A pull: its ground, grants, sources side by side under one deadline, an entry for every look – and only then the facts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import NoReturn

from django.db import connection

from miaopi.apps.audit.api import Actor, act, read_together
from miaopi.apps.catalogue.api import get_resources_of
from miaopi.apps.catalogue.api import read_edition as read_catalogue_edition
from miaopi.apps.consent.api import Scope
from miaopi.apps.exchange.actions.access import list_many, open_access
from miaopi.apps.exchange.actions.choices import Editions
from miaopi.apps.exchange.actions.entries import make_entry, make_refusal, make_refusals
from miaopi.apps.exchange.actions.grounds import Asks, Duty, Ground
from miaopi.apps.exchange.actions.looks import OUTSIDE, About, Look, look_everywhere
from miaopi.apps.exchange.actions.outages import believe, count_absences, note_outages, tell_health
from miaopi.apps.exchange.actions.tickets import find_bill
from miaopi.apps.exchange.actions.visibility.showing import (
    SHOWN_AT_ONCE,
    Showing,
    compute_last,
    compute_showing,
    note_deferrals,
)
from miaopi.apps.exchange.adapters.facts import ROWS, agree
from miaopi.apps.exchange.adapters.findings import find_contradictions
from miaopi.apps.exchange.adapters.port import Awaited, Hindered
from miaopi.apps.exchange.queries.grants import read_edition
from miaopi.apps.exchange.queries.refusals import PullRefusedError, RefusalCode
from miaopi.apps.exchange.queries.sources import SourceId, get_standing
from miaopi.apps.identity.api import PartyId, authorise, read_party
from miaopi.kernel.errors import RightsError
from miaopi.kernel.fact import Doubt, Fact, Unknown
from miaopi.kernel.frozen import frozen


@frozen
class Pulled:
    """Facts as `pull` gives them, and why what is refused was not had, by `resource.field`; of resources that are answered later, since
    when they were asked, and when an answer is expected. `showing`: from when on all of its entries are shown."""

    facts: dict[str, Fact]
    refused: Mapping[str, RefusalCode]
    awaited: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    showing: Showing = SHOWN_AT_ONCE


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
    """As `pull`, with the code of each refusal; a RightsError is a PullRefusedError, which has one too. Raises RuntimeError inside a
    transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("a pull waits for agencies: it may not hold a transaction open")
    asks = {resource: tuple(dict.fromkeys(fields)) for resource, fields in asks.items() if fields}
    about = About(subject, ground, read_party(subject))
    try:
        authorise(by, ground.right, owner=subject)
    except RightsError:
        _refuse(about, asks, RefusalCode.NO_RIGHT, by, now)
    editions, consent = _read_first(about)
    footing = ground.stand(consent, subject, asks, get_resources_of(editions.catalogue, asks), now)
    if footing.code is not None:
        _refuse(about, {footing.resource: asks[footing.resource]}, footing.code, by, now)
    bill = find_bill(asks, subject=subject, ground=ground, now=now)
    access = open_access(
        asks=asks, editions=editions, service=ground.service, purpose=footing.purpose, law=footing.law, by=by, now=now, paid=bill.paid
    )
    looks = look_everywhere(about, access, bill, footing.purpose, deadline, by, now)
    with act(by=by, now=now) as unit:
        standing = get_standing(access.grants.values(), editions.grants, {look.resource for look in looks})
        lost = frozenset(source for source, grant in access.grants.items() if grant in standing.lost)
        believed = [believe(look, standing.absences, about, now) for look in looks]
        refused = {**access.refused, **_outside(believed), **dict.fromkeys(lost, RefusalCode.REVOKED)}
        contradicted = find_contradictions([(look.resource, look.facts) for look in believed])
        looked = (entry for look in believed if (entry := make_entry(about, look, contradicted, now)) is not None)
        for event in chain(make_refusals(about, asks, refused, access.hidings, now), looked, note_outages(believed, standing, now)):
            unit.record(event)
        hidings = [*access.hidings.values(), *(part.hiding for part in access.parts if part.hiding)]
        note_deferrals(hidings, ground, now)
        showing = compute_last(compute_showing(each, ground, now) for each in hidings)
        count_absences(believed, standing.absences, about, now)
        tell_health({look.agency for look in looks}, now)
    begun = {look.source: standing.outages.get(look.source, now) for look in believed}
    facts = _facts(asks, [_without(look, lost) for look in believed] if lost else believed, begun)
    return Pulled(facts, {**_hindered(believed), **refused}, _awaited(believed), showing)


def _read_first(about: About) -> tuple[Editions, Scope | None]:
    """What everything else hangs on, and who she is, in one round trip. While the catalogue is empty nothing of it is kept."""
    catalogue, grants, consent = read_catalogue_edition(), read_edition(), about.ground.read_consent()
    read_together(*(read for read in (catalogue, grants, about.read, consent) if read is not None))
    return Editions(catalogue.found or secrets.token_hex(8), grants.found), None if consent is None else consent.found


def _refuse(about: About, asks: Asks, code: RefusalCode, by: Actor, now: datetime) -> NoReturn:
    """Nothing is pulled at all. Raises PullRefusedError after the entry."""
    with act(by=by, now=now) as unit:
        for resource, fields in asks.items():
            unit.record(make_refusal(about, resource, fields, code, SHOWN_AT_ONCE))
    raise PullRefusedError(code)


def _outside(looks: Iterable[Look]) -> dict[str, RefusalCode]:
    return {f"{look.resource}.{name}": RefusalCode.ROW_OUTSIDE for look in looks if look.result == OUTSIDE for name in look.fields}


def _hindered(looks: Iterable[Look]) -> dict[str, RefusalCode]:
    """What a source itself, or its quota or catalogue, stood against."""
    hindered = [(look, look.answer.why) for look in looks if isinstance(look.answer, Hindered)]
    return {f"{look.resource}.{name}": RefusalCode(why.value) for look, why in hindered for name in look.fields}


def _awaited(looks: Iterable[Look]) -> dict[str, tuple[datetime, datetime]]:
    return {look.resource: (look.answer.asked_at, look.answer.expected) for look in looks if isinstance(look.answer, Awaited)}


def _without(look: Look, lost: frozenset[str]) -> Look:
    """The look without what was lost; a list that would lack a field is lost as a whole."""
    gone = {name for name in look.fields if f"{look.resource}.{name}" in lost}
    kept = {name: fact for name, fact in look.facts.items() if name not in gone and not (gone and name == ROWS)}
    return replace(look, facts=kept)


def _facts(asks: Asks, looks: Sequence[Look], begun: Mapping[SourceId, datetime]) -> dict[str, Fact]:
    """Every asked field or list, agreed among its sources; unavailable ones with the moment their outage began."""
    facts: dict[str, Fact] = {}
    said: dict[str, list[Look]] = {resource: [] for resource in asks}
    for look in looks:
        said[look.resource].append(look)
    many = list_many(asks)
    for resource, own in said.items():
        for name in (ROWS,) if resource in many else asks[resource]:
            found = [(look.facts[name], look) for look in own if name in look.facts]
            told = [_since(fact, begun[look.source]) if type(fact) is Unknown else fact for fact, look in found]
            facts[f"{resource}.{name}" if name else resource] = agree(told) if told else Unknown(Doubt.UNPROVEN, resource)
    return facts


def _since(fact: Unknown, begun: datetime) -> Unknown:
    return Unknown(fact.doubt, fact.source, begun) if fact.doubt is Doubt.UNAVAILABLE and fact.since is None else fact
