"""Deciding one application, and what would have changed the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from miaopi.kernel.calendar import add_months
from miaopi.kernel.decision.case import open_case, state_of
from miaopi.kernel.decision.definition import AS_OF, Definition, FactSpec
from miaopi.kernel.decision.outcomes import Change, Decision
from miaopi.kernel.decision.precedence import NOTHING, judge
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.fact import Fact, FactName, Known
from miaopi.kernel.wording import Text

ONE_DAY = timedelta(days=1)


def decide(
    definition: Definition,
    facts: Mapping[FactName, Fact],
    *,
    as_of: date,
    settings: Mapping[str, object],
    overrides: Mapping[str, object] = NOTHING,
    known_at: date | None = None,
) -> Decision:
    """One of the seven outcomes, with every condition's value, basis and wording.

    `facts` by fact name; one that is left out is unknown (`unproven`), or absent where the applicant says it. `as_of` is the
    legal day that chooses parameters and ages. `settings` are the city's, by name. `overrides` replace parameters or settings
    for a trial; `known_at` leaves out what was published later. Raises InputError for an undeclared name, a setting that the
    city does not give, or a day on which a parameter has no value.
    """

    def again(changed: Mapping[FactName, Fact], day: date) -> Decision:
        return judge(definition, changed, as_of=day, settings=settings, overrides=overrides, known_at=known_at)

    decision = again(facts, as_of)
    failed = [c.id for c in decision.conditions if c.value is False]
    changes = tuple(_changes(definition, facts, as_of, failed, again)) if failed else ()
    return replace(decision, would_change=changes)


def compute_value(
    definition: Definition,
    name: str,
    facts: Mapping[FactName, Fact],
    *,
    as_of: date,
    settings: Mapping[str, object],
    overrides: Mapping[str, object] = NOTHING,
) -> object:
    """One value of the outcome as the rules give it on another day – the amount of a later month –, by the law of that day.

    `None` where it is not determined. Raises as `decide` does; KeyError for a value that the service does not have.
    """
    case = open_case(definition, facts, as_of=as_of, settings=settings, overrides=overrides)
    return case.compute(name, definition.values[name])[1]


Again = Callable[[Mapping[FactName, Fact], date], Decision]


def _changes(
    definition: Definition, facts: Mapping[FactName, Fact], as_of: date, failed: list[str], again: Again
) -> Iterator[Change]:
    """Each single change – the day, or one fact that is hers to change or to bring about – after which all that failed holds."""
    behind = frozenset().union(*(definition.reads(c.holds) for c in definition.conditions if c.id in failed))
    law = {day for name in {*failed, *behind, *definition.derived} for day in definition.changes.get(name, ()) if day > as_of}
    if AS_OF in behind or law:
        for day in sorted(law | _days_ahead(definition, facts, behind, as_of)):
            if _mends(failed, again, facts, day):
                yield Change(AS_OF, ">=", day, Text(zh=f"{day} 起再次申请", en=f"apply again from {day}"))
                break
    for name in sorted(behind & definition.facts.keys()):
        spec = definition.facts[name]
        if not (spec.changeable or spec.attainable):
            continue
        for relation, value in _values_for(spec, as_of):
            if _mends(failed, again, {**facts, name: Known(value)}, as_of):
                yield Change(name, relation, value, _say(spec, relation, value))


def _mends(failed: list[str], again: Again, facts: Mapping[FactName, Fact], day: date) -> bool:
    try:
        decision = again(facts, day)
    except (DefinitionError, InputError):  # the rules go beyond their budget, or no law is known for that day
        return False
    return all(c.value is True for c in decision.conditions if c.id in failed)


def _days_ahead(
    definition: Definition, facts: Mapping[FactName, Fact], behind: frozenset[str], as_of: date
) -> set[date]:
    """The days on which a date fact plus a number of the law falls due, and the day after; later than `as_of`."""
    spans = {0}
    for name in behind & definition.parameters.keys():
        for entry in definition.parameters[name].history:
            if isinstance(entry.value, Decimal) and entry.value == entry.value.to_integral_value():
                spans |= {int(entry.value), int(entry.value) * 12}
    days: set[date] = set()
    for name in behind & definition.facts.keys():
        fact = state_of(definition.facts[name], facts.get(name))
        for known in _days_in(fact.value) if isinstance(fact, Known) else ():
            for months in spans:
                try:
                    due = add_months(known, months)
                    days |= {due, due + ONE_DAY}
                except OverflowError:  # beyond the calendar
                    continue
    return {day for day in days if day > as_of}


def _days_in(value: object) -> Iterator[date]:
    """The days that a value is, or that stand in its records."""
    if type(value) is date:
        yield value
    elif isinstance(value, list):
        for record in value:
            yield from (entry for entry in record.values() if type(entry) is date) if isinstance(record, dict) else ()


def _values_for(spec: FactSpec, as_of: date) -> Iterator[tuple[str, object]]:
    """What a citizen could bring about: a tick, an option, a document valid today."""
    match spec.type.name:
        case "boolean":
            yield from (("=", True), ("=", False))
        case "date":
            yield ">=", as_of
        case _:
            yield from (("=", option) for option in sorted(spec.options))


def _say(spec: FactSpec, relation: str, value: object) -> Text:
    if relation == ">=":
        return Text(zh=f"“{spec.label.zh}”不早于 {value}", en=f"{spec.label.en} not before {value}")
    if isinstance(value, bool):
        return Text(zh=f"“{spec.label.zh}”为{'是' if value else '否'}", en=f"{spec.label.en}: {'yes' if value else 'no'}")
    label = spec.options[str(value)]
    return Text(zh=f"“{spec.label.zh}”选“{label.zh}”", en=f"{spec.label.en}: {label.en}")
