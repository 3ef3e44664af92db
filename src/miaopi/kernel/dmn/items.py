"""Item definitions (DMN 1.5 §7.3.3): the types a model declares, and what becomes of a value that meets one.

A value that does not conform to the type at an edge – an input, a parameter, the result of a decision – is converted as
§10.3.2.9.4 says or becomes null, and that is noted.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from miaopi.kernel.dmn.language import kind_name, to_type
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Program, Run, Type
from miaopi.kernel.expr.values import holds
from miaopi.kernel.frozen import frozen

MOST_PARTS: Final = 1_000
DEEPEST: Final = 64
NO_PLACE: Final = "type"  # where a type is said to be that is made of others


@frozen
class ItemType:
    """A type as a model names it. `kind` is FEEL's word for it: `any`, `number`, `list`, `context`, `function` …

    `item` belongs to a list or range, `components` to a context, `output` to a function. `constraints` are unary tests
    of which each must hold; `ranks` are the allowed values one by one, in the order in which they are written. `type` is the
    same for the language, which knows no constraints.
    """

    name: str
    kind: str
    item: ItemType | None = None
    components: tuple[tuple[str, ItemType], ...] = ()
    parameters: tuple[ItemType, ...] | None = None
    output: ItemType | None = None
    constraints: tuple[Program, ...] = ()
    ranks: tuple[Program, ...] = ()
    parts: int = field(init=False, repr=False, compare=False)
    depth: int = field(init=False, repr=False, compare=False)
    type: Type = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        inner = [component for _, component in self.components]
        inner += [one for one in (self.item, self.output, *(self.parameters or ())) if one is not None]
        parts = 1 + sum(one.parts for one in inner)
        if parts > MOST_PARTS:
            raise DefinitionError(NO_PLACE, f"the type {self.name} has more than {MOST_PARTS:,} parts")
        depth = 1 + max((one.depth for one in inner), default=0)
        if depth > DEEPEST:
            raise DefinitionError(NO_PLACE, f"the type {self.name} has more than {DEEPEST} levels")
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "type", self._type())

    def _type(self) -> Type:
        return to_type(
            self.kind,
            None if self.item is None else self.item.type,
            tuple((name, component.type) for name, component in self.components),
        )


ANY = ItemType("Any", "any")


def of_type(kind: Type) -> ItemType:
    """The type of the language as a model has it."""
    inner = None if kind.item is None else of_type(kind.item)
    components = tuple((name, of_type(entry)) for name, entry in kind.entries)
    parameters = tuple(map(of_type, kind.parameters))
    if kind.name == "function":
        return ItemType(str(kind), kind.name, parameters=parameters, output=inner)
    return ItemType(str(kind), kind.name, inner, components)


def given_by(of: ItemType | None) -> ItemType | None:
    """What an invocable of the type gives: the output of a function type, or the type that models put in its place."""
    return of.output if of is not None and of.kind == "function" else of


def spend(run: Run, where: str) -> None:
    """Count one part of a value that is looked at. Raises DefinitionError beyond the steps of the evaluation."""
    run.taken += 1
    if run.taken > run.steps:
        raise DefinitionError(where, f"the evaluation takes more than {run.steps} steps")


def conforms(value: object, of: ItemType, run: Run, *, whole: bool = True) -> bool:
    """Whether the value is of the type (§10.3.2.9.3); null conforms to every one. Of what is handed in, not `whole`, a
    context may leave out entries: they are null.
    """
    if value is None:
        return True
    spend(run, of.name)
    if not _is_of_kind(value, of, run, whole):
        return False
    return all(constraint.evaluate({"?": value}, run=run) is True for constraint in of.constraints)


def _is_of_kind(value: object, of: ItemType, run: Run, whole: bool) -> bool:
    match of.kind:
        case "any":
            return True
        case "list":
            return isinstance(value, list) and (
                of.item is None or all(conforms(element, of.item, run, whole=whole) for element in value)
            )
        case "context":
            return isinstance(value, dict) and all(
                conforms(value[name], component, run, whole=whole) if name in value else not whole
                for name, component in of.components
            )
        case "range":
            return holds(of.type, value)
        case kind:
            return kind_name(value) == kind


def coerce(value: object, of: ItemType | None, run: Run, where: str, *, whole: bool = True) -> object:
    """The value as one of the type, converted where §10.3.2.9.4 says so; else null, and the fault is noted."""
    if of is None or conforms(value, of, run, whole=whole):
        return value
    if of.kind == "list" and not isinstance(value, list):
        made: object = [value]
    elif isinstance(value, list) and len(value) == 1:
        made = value[0]
    elif of.kind == "date and time" and kind_name(value) == "date":
        made = _midnight(value)
    else:
        made = None
    if made is not None and conforms(made, of, run, whole=whole):
        return made
    run.faults.append(f"{where}: the value is no {of.name}")
    return None


def _midnight(day: object) -> object:
    """The beginning of the day in UTC."""
    return datetime.combine(day, time(), timezone(timedelta(0))) if isinstance(day, date) else None
