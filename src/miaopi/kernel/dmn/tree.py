"""The boxed expressions of DMN 1.5 (chapter 7.3, 8 and 10.2) as they stand in a model, their texts read, nothing evaluated.

A node that exists is well formed. `of` is the type that the expression itself declares (`typeRef`), if it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.expr import Program


@dataclass(frozen=True, slots=True)
class Literal:
    """A FEEL text. `broken` says why it could not be read; then it is null, and says so when asked for its value."""

    text: str
    program: Program | None
    where: str
    of: ItemType | None = None
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a boxed context; the line without a name is the result of the whole."""

    name: str
    of: ItemType | None
    value: Boxed


@dataclass(frozen=True, slots=True)
class BoxedContext:
    entries: tuple[Entry, ...]
    where: str
    of: ItemType | None = None


@dataclass(frozen=True, slots=True)
class BoxedList:
    elements: tuple[Boxed, ...]
    where: str
    of: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, drawn as columns and rows."""

    columns: tuple[tuple[str, ItemType | None], ...]
    rows: tuple[tuple[Boxed, ...], ...]
    where: str
    of: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """`call` is the call of a function of the language, of which only the language knows the parameters: in it the arguments
    are the names of the bindings.
    """

    function: Boxed
    bindings: tuple[tuple[str, Boxed | None], ...]
    call: Program | None
    where: str
    of: ItemType | None = None


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """`refused` says why it cannot be called: external functions (Java, PMML) are never run here."""

    parameters: tuple[tuple[str, ItemType | None], ...]
    body: Boxed | None
    where: str
    of: ItemType | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Boxed
    then: Boxed
    otherwise: Boxed
    where: str
    of: ItemType | None = None


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    source: Boxed
    match: Boxed
    where: str
    of: ItemType | None = None


class Walk(StrEnum):
    """What an iterator makes of the values of its body."""

    FOR = "for"
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Iteration:
    """`reads_partial`: the body may ask for the results of the rounds before it."""

    walk: Walk
    variable: str
    source: Boxed
    body: Boxed
    reads_partial: bool
    where: str
    of: ItemType | None = None


class HitPolicy(StrEnum):
    """What a table gives where several rules hit (DMN 1.5 §8.2.11)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class InputClause:
    """`allowed` are the unary tests of which the value must satisfy one."""

    expression: Literal
    allowed: Literal | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """`ranks` are the allowed values one by one, of the output or else of its type, the first of the highest priority."""

    name: str
    of: ItemType | None
    allowed: Literal | None
    ranks: tuple[Program, ...]
    default: Literal | None


@dataclass(frozen=True, slots=True)
class Rule:
    conditions: tuple[Literal, ...]
    outcomes: tuple[Literal, ...]
    where: str


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """`kept` is what was made of the rules for looking them up; it changes no meaning, and is no part of what the table is."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    policy: HitPolicy
    aggregation: Aggregation | None
    where: str
    of: ItemType | None = None
    kept: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)


Boxed = (
    Literal
    | BoxedContext
    | BoxedList
    | Relation
    | Invocation
    | BoxedFunction
    | Conditional
    | BoxedFilter
    | Iteration
    | DecisionTable
)
