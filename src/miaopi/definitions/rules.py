"""`rules.yaml`: what must hold, what follows where it does not, and what the outcome says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader, check_placeholders
from miaopi.kernel.decision import Condition, Derived, InForce, Kind, Outcome, Reason, ReasonSpec
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Type, compile
from miaopi.kernel.expr.types import BOOLEAN
from miaopi.kernel.wording import Text

SECTIONS = ("reasons", "conditions", "values")
OPTIONAL_SECTIONS = ("settings", "derived", "in_force")


@dataclass(frozen=True, slots=True)
class RulesFile:
    """Everything of the file, compiled; `places` says where each condition, derived value, setting and reason stands."""

    settings: Mapping[str, Type]
    derived: Mapping[str, Derived]
    reasons: Mapping[str, ReasonSpec]
    conditions: tuple[Condition, ...]
    values: Mapping[str, Expression]
    names: Mapping[str, Type]
    places: Mapping[str, str]
    in_force: InForce | None


def read_rules_file(
    reader: Reader, root: Placed, names: Mapping[str, Type], computed: Mapping[str, tuple[Text, Placed]]
) -> RulesFile:
    """`names` are facts, parameters and `as_of` with their types; `computed` the derived facts of `facts.yaml`."""
    sections = reader.entries(root, SECTIONS, OPTIONAL_SECTIONS)
    places: dict[str, str] = {}
    empty = Placed({}, root.where)
    settings = {name: reader.type(at) for name, at in reader.mapping(sections.get("settings", empty)).items()}
    to_derive = dict(computed)
    for name, placed in reader.mapping(sections.get("derived", empty)).items():
        entries = reader.entries(placed, ("label", "value"))
        places[name] = placed.where
        if name in names or name in settings or name in to_derive:
            reader.note(placed.where, f"{name} is declared elsewhere too")
        to_derive[name] = (reader.text(entries.get("label")), entries.get("value", Placed("null", placed.where)))
    derived, known = _derive(reader, to_derive, {**names, **settings})
    reasons = {code: _read_reason(reader, code, at) for code, at in reader.mapping(sections.get("reasons", empty)).items()}
    places |= {code: at.where for code, at in reader.mapping(sections.get("reasons", empty)).items()}
    conditions: list[Condition] = []
    for placed in reader.items(sections.get("conditions")):
        condition = _read_condition(reader, placed, reasons, known)
        if condition is None:
            continue
        if condition.id in [other.id for other in conditions]:
            reader.note(placed.where, f"there are two conditions {condition.id}")
        conditions.append(condition)
        places[condition.id] = placed.where
    values = {name: reader.expression(at, known) for name, at in reader.mapping(sections.get("values", empty)).items()}
    for code, reason in reasons.items():
        told = [condition.values.keys() for condition in conditions if condition.otherwise == reason]
        filling = frozenset(names) | (frozenset.intersection(*map(frozenset, told)) if told else frozenset())
        check_placeholders(reader, places[code], reason.reason.text, filling)
    in_force = _read_in_force(reader, sections.get("in_force"), reasons)
    return RulesFile(settings, derived, reasons, tuple(conditions), values, known, places, in_force)


def _read_in_force(reader: Reader, placed: Placed | None, reasons: Mapping[str, ReasonSpec]) -> InForce | None:
    if placed is None:
        return None
    entries = reader.entries(placed, ("from", "otherwise"))
    since, otherwise = reader.day(entries.get("from")), _find_reason(reader, entries.get("otherwise"), reasons)
    if since is None or otherwise is None:
        return None
    return reader.made(placed.where, lambda: InForce(since, otherwise))


def _derive(
    reader: Reader, to_derive: Mapping[str, tuple[Text, Placed]], names: Mapping[str, Type]
) -> tuple[dict[str, Derived], dict[str, Type]]:
    """Derived values in an order in which each reads only what stands before it, and all names with their types."""
    known, derived, left = dict(names), dict[str, Derived](), dict(to_derive)
    while left:
        ready: dict[str, Expression] = {}
        # What names another one that is left is not tried: to find it wanting takes longer than to read it.
        early = {name for name, (_, at) in left.items() if not any(one in str(at.value) for one in left if one != name)}
        for name in (one for one in left if one in early or not early):
            placed = left[name][1]
            try:
                ready[name] = compile(reader.string(placed) or "null", known, where=placed.where)
            except DefinitionError:
                continue  # it may read what is derived later; said below if not
        if not ready:
            break
        for name, expression in ready.items():
            derived[name] = Derived(name, left.pop(name)[0], expression)
            known[name] = expression.type
    for name, (label, placed) in left.items():
        derived[name] = Derived(name, label, reader.expression(placed, known))
        known[name] = derived[name].value.type
    return derived, known


def _read_reason(reader: Reader, code: str, placed: Placed) -> ReasonSpec:
    entries = reader.entries(placed, ("outcome", "text", "basis", "remedy"))
    outcome = reader.word(entries.get("outcome"), Outcome, Outcome.REFER)
    reason = Reason(
        code, reader.text(entries.get("text")), reader.basis(entries.get("basis")), reader.text(entries.get("remedy"))
    )
    return ReasonSpec(outcome, reason)


def _read_condition(
    reader: Reader, placed: Placed, reasons: Mapping[str, ReasonSpec], names: Mapping[str, Type]
) -> Condition | None:
    entries = reader.entries(placed, ("id", "kind", "text", "holds", "basis", "otherwise"), ("unknown", "values"))
    otherwise = _find_reason(reader, entries.get("otherwise"), reasons)
    unknown = _find_reason(reader, entries.get("unknown"), reasons)
    values = {
        name: reader.expression(at, names)
        for name, at in (reader.mapping(entries["values"]) if "values" in entries else {}).items()
    }
    basis = reader.basis(entries.get("basis"))
    holds = reader.expression(entries.get("holds"), names, BOOLEAN)
    text = reader.text(entries.get("text"))
    kind = reader.word(entries.get("kind"), Kind, Kind.ELIGIBILITY)
    if otherwise is None or not basis:
        return None
    return reader.made(
        placed.where,
        lambda: Condition(
            id=reader.string(entries.get("id")),
            kind=kind,
            text=text,
            holds=holds,
            basis=basis,
            otherwise=otherwise,
            unknown=unknown,
            values=MappingProxyType(values),
        ),
    )


def _find_reason(reader: Reader, placed: Placed | None, reasons: Mapping[str, ReasonSpec]) -> ReasonSpec | None:
    if placed is None:
        return None
    code = reader.string(placed)
    if code in reasons:
        return reasons[code]
    reader.note(placed.where, f"there is no reason {code} in this file")
    return None
