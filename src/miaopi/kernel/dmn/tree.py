"""The boxed expressions of DMN 1.5 (chapter 7.3, 8 and 10.2) as they stand in a model, their texts read, nothing evaluated.

A node that exists is well formed. `of` is the type that the expression itself declares (`typeRef`), if it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.expr import Program
from miaopi.kernel.frozen import frozen


class Texts(Protocol):
    """The texts of one scope."""

    def read(self, text: str, where: str, *, unary: bool) -> Program | str:
        """The program, or why the text is none. Raises BudgetError for a text beyond its measure."""


@dataclass(slots=True, eq=False)
class Literal:
    """A FEEL text, read when it is first asked for its program, and kept. One that cannot be read is null, and says so when
    asked for its value; `unary` are the tests of a cell.
    """

    text: str
    where: str
    texts: Texts
    of: ItemType | None = None
    unary: bool = False
    _read: Program | str | None = field(default=None, init=False, repr=False)

    @property
    def program(self) -> Program | None:
        """None for a text that is no FEEL. Raises BudgetError for one beyond its measure."""
        found = self._found()
        return None if isinstance(found, str) else found

    @property
    def broken(self) -> str:
        """Why there is no program; empty where there is one."""
        found = self._found()
        return found if isinstance(found, str) else ""

    def _found(self) -> Program | str:
        if self._read is None:
            self._read = self.texts.read(self.text, self.where, unary=self.unary)
        return self._read


@frozen
class Entry:
    """One line of a boxed context; the line without a name is the result of the whole."""

    name: str
    of: ItemType | None
    value: Boxed


@frozen
class BoxedContext:
    entries: tuple[Entry, ...]
    where: str
    of: ItemType | None = None


@frozen
class BoxedList:
    elements: tuple[Boxed, ...]
    where: str
    of: ItemType | None = None


@frozen
class Relation:
    """A list of contexts, drawn as columns and rows."""

    columns: tuple[tuple[str, ItemType | None], ...]
    rows: tuple[tuple[Boxed, ...], ...]
    where: str
    of: ItemType | None = None


@frozen
class Invocation:
    """`call` is the call of a function of the language, of which only the language knows the parameters: in it the arguments
    are the names of the bindings.
    """

    function: Boxed
    bindings: tuple[tuple[str, Boxed | None], ...]
    call: Literal | None
    where: str
    of: ItemType | None = None


@frozen
class BoxedFunction:
    """`refused` says why it cannot be called: external functions (Java, PMML) are never run here."""

    parameters: tuple[tuple[str, ItemType | None], ...]
    body: Boxed | None
    where: str
    of: ItemType | None = None
    refused: str = ""


@frozen
class Conditional:
    condition: Boxed
    then: Boxed
    otherwise: Boxed
    where: str
    of: ItemType | None = None


@frozen
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


@frozen
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


@frozen
class InputClause:
    """`allowed` are the unary tests of which the value must satisfy one."""

    expression: Literal
    allowed: Literal | None


@frozen
class OutputClause:
    """`values` are the allowed ones one by one, as they stand."""

    name: str
    of: ItemType | None
    allowed: Literal | None
    values: tuple[Literal, ...]
    default: Literal | None

    @property
    def ranks(self) -> tuple[Program, ...]:
        """The allowed values of the output or else of its type, the first of the highest priority."""
        if self.allowed is not None:
            return tuple(value.program for value in self.values if value.program is not None)
        return self.of.ranks if self.of is not None else ()


@frozen
class Rule:
    conditions: tuple[Literal, ...]
    outcomes: tuple[Literal, ...]
    where: str


@frozen
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
