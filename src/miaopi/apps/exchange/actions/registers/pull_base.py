"""A pull from base registers: the pulls of their sources, each judged as it is, and one fact of what they said."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.actions.pull import pull, pull_or_say_why
from miaopi.apps.exchange.actions.visibility.showing import SHOWN_AT_ONCE, Showing, compute_last
from miaopi.apps.exchange.adapters.registers.checking import check_register, get_register
from miaopi.apps.exchange.adapters.registers.combining import Answered, list_next, settle
from miaopi.apps.exchange.events import BaseAnswered
from miaopi.apps.exchange.queries.grants import find_granted
from miaopi.apps.exchange.queries.refusals import RefusalCode
from miaopi.apps.exchange.queries.registers.base_fields import list_registers
from miaopi.apps.identity.api import PartyId, pseudonym
from miaopi.definitions.registers import BaseField, Register, Rule
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.fact import Doubt, Fact, Known, Unknown
from miaopi.kernel.frozen import frozen

Asks = Mapping[str, tuple[str, ...]]  # register or resource → fields

log = logging.getLogger(__name__)


@frozen
class Provenance:
    """Which `resource.field` gave a base field, and by which rule; no source where they left it open."""

    source: str
    rule: Rule


@frozen
class PulledBase:
    """Facts as `pull` gives them, by `register.field` or `resource.field`; why what is refused was not had; whence base fields came; of
    resources that are answered later, since when they were asked, and when an answer is expected."""

    facts: dict[str, Fact]
    refused: Mapping[str, RefusalCode]
    provenance: Mapping[str, Provenance]
    awaited: Mapping[str, tuple[datetime, datetime]]


def pull_base(
    *, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime
) -> PulledBase:
    """As `pull_or_say_why`, for fields of base registers and of resources side by side. A register with many rows of a person is one
    fact under its own name, as a resource is.

    Consent and grants are judged on the sources, and the entries name them: that a register holds a field opens nothing. By
    precedence a source is asked only when those before it said that there is none, or nothing; each turn has its share of `deadline`,
    so that a silent one does not use up the time of the next. Raises as `pull` does, and DefinitionError.
    """
    registers = {id: get_register(id) for id in asks if id in list_registers()}
    return _pull(registers, subject=subject, asks=asks, ground=ground, deadline=deadline, by=by, now=now)


def pull_facts(
    *, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime
) -> dict[str, Fact]:
    """What the rules of a service ask: as `pull`, with fields of base registers beside those of resources.

    A register that no longer fits what the city has stops no case: its fields are Unknown(unproven), as where nobody is connected, and
    a person decides. Raises as `pull` does.
    """
    named = {id: register for id, register in list_registers().items() if id in asks}
    if not named:
        return pull(subject=subject, asks=asks, ground=ground, deadline=deadline, by=by, now=now)
    sound = {id: register for id, register in named.items() if _fits(register)}
    open_ = {name: Unknown(Doubt.UNPROVEN, id) for id in named.keys() - sound for name in (id, *(f"{id}.{each}" for each in asks[id]))}
    asks = {id: fields for id, fields in asks.items() if id not in named or id in sound}
    return {**open_, **_pull(sound, subject=subject, asks=asks, ground=ground, deadline=deadline, by=by, now=now).facts}


def _fits(register: Register) -> bool:
    try:
        check_register(register)
    except DefinitionError as error:
        log.error("a base register is not asked: %s", error)
        return False
    return True


def _pull(
    registers: Mapping[str, Register], *, subject: PartyId, asks: Asks, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime
) -> PulledBase:
    fields = {
        f"{id}.{name}": register.fields[name] for id, register in registers.items() for name in asks[id] if name in register.fields
    }
    others = {resource: tuple(name for name in names if f"{resource}.{name}" not in fields) for resource, names in asks.items()}
    said, refused, awaited, showing = _pull_in_turns(fields, others, subject=subject, ground=ground, deadline=deadline, by=by, now=now)
    answered: dict[str, tuple[Answered, Rule]] = {}
    for id, register in registers.items():
        named = {name: field for name, field in fields.items() if name.startswith(f"{id}.")}
        if register.has_many and named:
            answered[id] = _answer_list(register.everybody, named, said), Rule.FIRST
        elif not register.has_many:
            answered |= {name: (settle(field, said), field.rule) for name, field in named.items()}
    with act(by=by, now=now) as unit:
        for register in registers.values():
            if told := {name: each for name, each in answered.items() if name.partition(".")[0] == register.id}:
                unit.record(_entry(subject, register, told, ground, showing))
    return PulledBase(
        {**_list_own(others, said), **{name: each.fact for name, (each, _) in answered.items()}},
        _list_refused(fields, others, answered, refused),
        {name: Provenance(each.source, rule) for name, (each, rule) in answered.items()},
        awaited,
    )


def _pull_in_turns(
    fields: Mapping[str, BaseField], others: Asks, *, subject: PartyId, ground: Ground | Duty, deadline: timedelta, by: Actor, now: datetime
) -> tuple[dict[str, Fact], dict[str, RefusalCode], dict[str, tuple[datetime, datetime]], Showing]:
    """What all sources said that had to be asked: everything in the first turn but what precedence leaves for later; and from when on all
    of that is shown."""
    turns = max((len(each.sources) if each.rule is Rule.FIRST else 1 for each in fields.values()), default=1)
    said: dict[str, Fact] = {}
    refused: dict[str, RefusalCode] = {}
    awaited: dict[str, tuple[datetime, datetime]] = {}
    asked: set[str] = set()
    showing = SHOWN_AT_ONCE
    for turn in range(turns):
        asks = {} if turn else dict(others)
        for source in (source for field in fields.values() for source in list_next(field, said)):
            resource, _, name = source.partition(".")
            if resource not in said:  # a list stands under the name of its resource
                asks[resource] = (*asks.get(resource, ()), name)
        if any(asks.values()):
            pulled = pull_or_say_why(subject=subject, asks=asks, ground=ground, deadline=deadline / turns, by=by, now=now)
            said |= pulled.facts
            refused |= pulled.refused
            awaited |= pulled.awaited
            showing = compute_last((showing, pulled.showing))
            asked |= {f"{resource}.{name}" for resource, names in asks.items() for name in names}
    lost = _list_lost(asked - refused.keys(), subject, ground, now) if turns > 1 else frozenset()
    for source in lost:
        resource = source.partition(".")[0]
        said[resource if resource in said else source] = Unknown(Doubt.UNPROVEN, resource)
    return said, refused | dict.fromkeys(lost, RefusalCode.REVOKED), awaited, showing


def _list_lost(sources: Collection[str], subject: PartyId, ground: Ground | Duty, now: datetime) -> frozenset[str]:
    """What was taken back while a later turn was waited for: it came in time for its own turn, and too late to be handed on."""
    resources = {source.partition(".")[0] for source in sources}
    read = ground.read_consent()
    footing = ground.stand(None if read is None else read.now(), subject, {}, {}, now)
    return frozenset(sources) - find_granted(ground.service, footing.purpose, resources, now)


def _answer_list(resource: str, fields: Mapping[str, BaseField], said: Mapping[str, Fact]) -> Answered:
    """The rows under the names of the register; where nobody is connected there is one open fact a field instead."""
    first = next(iter(fields.values()))
    fact = said[resource] if resource in said else said[first.sources[0].name]
    names = {field.sources[0].name.partition(".")[2]: field.name for field in fields.values()}
    return Answered(_rename(fact, names), "" if isinstance(fact, Unknown) else resource)


def _rename(fact: Fact, names: Mapping[str, str]) -> Fact:
    """A list with these fields alone, under their new names: what was asked beside them is not for this reader."""
    if not isinstance(fact, Known) or not isinstance(fact.value, list):
        return fact
    return replace(fact, value=[{names[name]: value for name, value in row.items() if name in names} for row in fact.value])


def _list_own(others: Asks, said: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts of resources that were asked as such."""
    own: dict[str, Fact] = {}
    for resource, names in others.items():
        if resource in said and names:
            own[resource] = _rename(said[resource], {name: name for name in names})
        else:
            own |= {f"{resource}.{name}": said[f"{resource}.{name}"] for name in names}
    return own


def _list_refused(
    fields: Mapping[str, BaseField], others: Asks, answered: Mapping[str, tuple[Answered, Rule]], refused: Mapping[str, RefusalCode]
) -> dict[str, RefusalCode]:
    """Of a base field that is open, the code of the first of its sources that was refused."""
    own = {f"{resource}.{name}" for resource, names in others.items() for name in names}
    found = {name: code for name, code in refused.items() if name in own}
    for name, field in fields.items():
        each, _ = answered[name] if name in answered else answered[name.partition(".")[0]]
        codes = [refused[source] for source in field.asked if source in refused]
        if not each.source and codes:
            found[name] = codes[0]
    return found


def _entry(
    subject: PartyId, register: Register, answered: Mapping[str, tuple[Answered, Rule]], ground: Ground | Duty, showing: Showing
) -> BaseAnswered:
    told = tuple(f"{name.partition('.')[2] or '*'}: {rule} {each.source or 'none'}" for name, (each, rule) in answered.items())
    return BaseAnswered(
        subject=pseudonym(subject), register=register.id, answers=told, definition=register.digest, service=ground.service,
        application=ground.application, receipt=ground.receipt, duty=ground.duty, visibility=showing.shown,
        shown_from=showing.shown_from, deferral=showing.deferral,
    )  # fmt: skip
