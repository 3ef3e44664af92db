"""`rules.yaml`: what must hold, what follows where it does not, and what the outcome says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from miaopi.definitions.derivation import Formula, derive_all
from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader, check_placeholders
from miaopi.definitions.tables import Models, TableEntry, read_tables
from miaopi.kernel.decision import (
    Condition,
    Derived,
    InForce,
    Kind,
    Outcome,
    Reason,
    ReasonSpec,
    Repeal,
    Table,
)
from miaopi.kernel.decision.history import ALWAYS, require_order
from miaopi.kernel.expr import Expression, Type
from miaopi.kernel.expr.types import BOOLEAN
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

SECTIONS = ("reasons", "conditions", "values")
OPTIONAL_SECTIONS = ("settings", "derived", "tables", "in_force")
CONDITION = ("id", "kind", "text", "holds", "basis", "otherwise")
REPEAL = ("id", "repealed", "basis")
CONDITION_OPTIONAL = ("unknown", "values", "from", "to", "published")


@frozen
class RulesFile:
    """Everything of the file, compiled; `places` says where each condition, derived value, setting and reason stands."""

    settings: Mapping[str, Type]
    derived: Mapping[str, Derived | Table]
    reasons: Mapping[str, ReasonSpec]
    conditions: tuple[Condition, ...]
    repeals: tuple[Repeal, ...]
    values: Mapping[str, Expression]
    names: Mapping[str, Type]
    places: Mapping[str, str]
    in_force: InForce | None


def read_rules_file(
    reader: Reader, root: Placed, names: Mapping[str, Type], computed: Mapping[str, tuple[Text, Placed]], models: Models
) -> RulesFile:
    """`names` are facts, parameters and `as_of` with their types; `computed` the derived facts of `facts.yaml`."""
    sections = reader.entries(root, SECTIONS, OPTIONAL_SECTIONS)
    places: dict[str, str] = {}
    empty = Placed({}, root.where)
    settings = {name: reader.type(at) for name, at in reader.mapping(sections.get("settings", empty)).items()}
    to_derive: dict[str, Formula | TableEntry] = {}
    for name, (label, placed) in computed.items():
        to_derive[name] = Formula(name, label, reader.string(placed) or "null", placed.where)
    for name, placed in reader.mapping(sections.get("derived", empty)).items():
        entries = reader.entries(placed, ("label", "value"))
        places[name] = placed.where
        if name in names or name in settings or name in to_derive:
            reader.note(placed.where, f"{name} is declared elsewhere too")
        value = entries.get("value", placed)
        text = reader.string(value) if "value" in entries else ""
        to_derive[name] = Formula(name, reader.text(entries.get("label")), text or "null", value.where)
    for name, table in read_tables(reader, sections.get("tables", empty), models).items():
        places[name] = table.where
        if name in names or name in settings or name in to_derive:
            reader.note(table.where, f"{name} is declared elsewhere too")
        to_derive[name] = table
    derived, known = derive_all(reader, to_derive, {**names, **settings})
    reasons = {code: _read_reason(reader, code, at) for code, at in reader.mapping(sections.get("reasons", empty)).items()}
    places |= {code: at.where for code, at in reader.mapping(sections.get("reasons", empty)).items()}
    conditions, repeals = _read_conditions(reader, reader.items(sections.get("conditions")), reasons, known, places)
    values = {name: reader.expression(at, known) for name, at in reader.mapping(sections.get("values", empty)).items()}
    for code, reason in reasons.items():
        told = [condition.values.keys() for condition in conditions if condition.otherwise == reason]
        filling = frozenset(names) | (frozenset.intersection(*map(frozenset, told)) if told else frozenset())
        check_placeholders(reader, places[code], reason.reason.text, filling)
    in_force = _read_in_force(reader, sections.get("in_force"), reasons)
    return RulesFile(settings, derived, reasons, conditions, repeals, values, known, places, in_force)


def _read_in_force(reader: Reader, placed: Placed | None, reasons: Mapping[str, ReasonSpec]) -> InForce | None:
    if placed is None:
        return None
    entries = reader.entries(placed, ("from", "otherwise"))
    since, otherwise = reader.day(entries.get("from")), _find_reason(reader, entries.get("otherwise"), reasons)
    if since is None or otherwise is None:
        return None
    return reader.made(placed.where, lambda: InForce(since, otherwise))


def _read_reason(reader: Reader, code: str, placed: Placed) -> ReasonSpec:
    entries = reader.entries(placed, ("outcome", "text", "basis", "remedy"))
    outcome = reader.word(entries.get("outcome"), Outcome, Outcome.REFER)
    reason = Reason(
        code, reader.text(entries.get("text")), reader.basis(entries.get("basis")), reader.text(entries.get("remedy"))
    )
    return ReasonSpec(outcome, reason)


def _read_conditions(
    reader: Reader, listed: list[Placed], reasons: Mapping[str, ReasonSpec], names: Mapping[str, Type], places: dict[str, str]
) -> tuple[tuple[Condition, ...], tuple[Repeal, ...]]:
    """Conditions and repeals, each fitting what stands above it of the same id; notes in `places` where each stands."""
    found: dict[str, list[Condition | Repeal]] = {}
    conditions: list[Condition] = []
    repeals: list[Repeal] = []
    for placed in listed:
        is_repeal = "repealed" in reader.mapping(placed)
        entry = _read_repeal(reader, placed) if is_repeal else _read_condition(reader, placed, reasons, names)
        if entry is None or not _follows(reader, placed, found.get(entry.id, []), entry):
            continue
        found.setdefault(entry.id, []).append(entry)
        if isinstance(entry, Condition):
            conditions.append(entry)
            places[entry.name] = placed.where
        else:
            repeals.append(entry)
    return tuple(conditions), tuple(repeals)


def _follows(reader: Reader, placed: Placed, above: list[Condition | Repeal], entry: Condition | Repeal) -> bool:
    """Whether the entry fits what stands above it of the same id."""
    if not above and isinstance(entry, Repeal):
        reader.note(placed.where, f"no condition {entry.id} stands above, which this could repeal")
        return False
    if above and entry.since == ALWAYS:
        reader.note(placed.where, f"there are two conditions {entry.id}; a version of one says from which day it is the law")
        return False

    def in_order() -> bool:
        require_order(entry.id, [*above, entry])
        return True

    return reader.made(placed.where, in_order) is True


def _read_repeal(reader: Reader, placed: Placed) -> Repeal | None:
    entries = reader.entries(placed, REPEAL, ("published",))
    since, basis = reader.day(entries.get("repealed")), reader.basis(entries.get("basis"))
    if since is None or not basis:
        return None
    return Repeal(reader.string(entries.get("id")), since, basis, reader.day(entries.get("published")))


def _read_condition(
    reader: Reader, placed: Placed, reasons: Mapping[str, ReasonSpec], names: Mapping[str, Type]
) -> Condition | None:
    entries = reader.entries(placed, CONDITION, CONDITION_OPTIONAL)
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
    since, until, published = (reader.day(entries.get(name)) for name in ("from", "to", "published"))
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
            since=since or ALWAYS,
            until=until,
            published=published,
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
