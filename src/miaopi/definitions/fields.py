"""Which fields of records the rules read. Where that cannot be told, all of them count as read.

Each part of a tree has the facts whose records its value may hold, one of them or a list; a derived value hands them on to whoever
reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from miaopi.kernel.decision import Definition, Table
from miaopi.kernel.decision.definition import DERIVED
from miaopi.kernel.expr import Expression
from miaopi.kernel.expr.parser import ITEM
from miaopi.kernel.expr.tree import (
    Call,
    Compare,
    Filter,
    For,
    If,
    Iteration,
    Lambda,
    ListOf,
    Literal,
    Name,
    Node,
    Property,
    Quantified,
    children,
)

Facts = frozenset[str]  # whose records a value may hold
Scope = Mapping[str, Facts]  # the names that are bound within the text

NOTHING: Final[Facts] = frozenset()
COUNTS: Final = ("count",)
HANDS_ON: Final = ("sublist", "reverse", "remove", "append", "concatenate", "insert before", "flatten")
SORTS: Final = "sort"


def unread_fields(definition: Definition, shown: Iterable[str]) -> list[tuple[str, str]]:
    """The fields of records, each with its fact, that no rule and no value of the outcome reads. `shown` are the facts and derived
    values that a form or a payment takes whole.
    """
    reading = _Reading(definition)
    for name in shown:
        reading.take_whole(reading.holding.get(name, NOTHING))
    return [
        (name, field.name)
        for name, spec in definition.facts.items()
        for field in spec.records
        if (name, field.name) not in reading.read
    ]


class _Reading:
    """`holding` are the facts behind each name whose value may hold records; `read` the fields found so far, each with its fact."""

    def __init__(self, definition: Definition) -> None:
        self.facts = definition.facts
        self.read: set[tuple[str, str]] = set()
        self.holding: dict[str, Facts] = {name: frozenset({name}) for name, spec in self.facts.items() if spec.records}
        for name, derived in definition.derived.items():
            if isinstance(derived, Table):
                self._take_all(derived.inputs.values())
            else:
                self.holding[name] = self.walk(derived.value.tree, {})
        for condition in definition.conditions:
            self._take_all((condition.holds, *condition.values.values()))
        self._take_all(definition.values.values())
        self._take_all(spec.when for spec in self.facts.values() if spec.when is not None)
        for name, spec in self.facts.items():
            if spec.in_form or spec.source == DERIVED:
                self.take_whole(self.holding.get(name, NOTHING))

    def _take_all(self, expressions: Iterable[Expression]) -> None:
        for expression in expressions:
            self.take_whole(self.walk(expression.tree, {}))

    def take_whole(self, facts: Facts) -> None:
        self.read |= {(name, field.name) for name in facts for field in self.facts[name].records}

    def walk(self, node: Node, scope: Scope) -> Facts:
        """The facts whose records the value may hold; what is read on the way is noted."""
        reader = READERS.get(type(node))
        return self.use(children(node), scope) if reader is None else reader(self, node, scope)

    def use(self, nodes: Iterable[Node], scope: Scope) -> Facts:
        """Something is made of the values that may depend on every field."""
        for node in nodes:
            self.take_whole(self.walk(node, scope))
        return NOTHING

    def gather(self, nodes: Iterable[Node], scope: Scope) -> Facts:
        """The records of all these values, handed on as they are."""
        return NOTHING.union(*[self.walk(node, scope) for node in nodes])

    def within(self, iterations: Iterable[Iteration], scope: Scope) -> Scope:
        """What the body of a loop sees."""
        for iteration in iterations:
            found = self.walk(iteration.source, scope)
            if iteration.last is not None:
                self.use((iteration.last,), scope)
            scope = {**scope, iteration.name: found}
        return scope


def _name(reading: _Reading, node: Name, scope: Scope) -> Facts:
    return scope[node.name] if node.name in scope else reading.holding.get(node.name, NOTHING)


def _property(reading: _Reading, node: Property, scope: Scope) -> Facts:
    reading.read |= {(name, node.name) for name in reading.walk(node.base, scope)}
    return NOTHING


def _filter(reading: _Reading, node: Filter, scope: Scope) -> Facts:
    found = reading.walk(node.base, scope)
    reading.use((node.test,), {**scope, ITEM: found})
    return found


def _compare(reading: _Reading, node: Compare, scope: Scope) -> Facts:
    """Whether there is a record reads none of its fields."""
    sides = (node.left, node.right)
    if any(isinstance(side, Literal) and side.value is None for side in sides):
        reading.gather(sides, scope)
        return NOTHING
    return reading.use(sides, scope)


def _if(reading: _Reading, node: If, scope: Scope) -> Facts:
    reading.use((node.condition,), scope)
    return reading.gather((node.then, node.otherwise), scope)


def _for(reading: _Reading, node: For, scope: Scope) -> Facts:
    found = reading.walk(node.body, reading.within(node.iterations, scope))
    if node.reads_partial:  # and may read any field of what was given so far
        reading.take_whole(found)
    return found


def _quantified(reading: _Reading, node: Quantified, scope: Scope) -> Facts:
    return reading.use((node.body,), reading.within(node.iterations, scope))


def _list(reading: _Reading, node: ListOf, scope: Scope) -> Facts:
    return reading.gather(node.items, scope)


def _lambda(reading: _Reading, node: Lambda, scope: Scope) -> Facts:
    """What it is called with counts as read whole where it is called."""
    return reading.use((node.body,), {**scope, **{parameter.name: NOTHING for parameter in node.parameters}})


def _call(reading: _Reading, node: Call, scope: Scope) -> Facts:
    if node.function in COUNTS:
        reading.gather(node.arguments, scope)
        return NOTHING
    if node.function in HANDS_ON:
        return reading.gather(node.arguments, scope)
    lambdas = [argument for argument in node.arguments if isinstance(argument, Lambda)]
    if node.function == SORTS and lambdas:
        found = reading.gather((argument for argument in node.arguments if not isinstance(argument, Lambda)), scope)
        for each in lambdas:
            reading.use((each.body,), {**scope, **{parameter.name: found for parameter in each.parameters}})
        return found
    return reading.use(node.arguments, scope)


READERS: Final[Mapping[type[Node], Callable[[_Reading, Any, Scope], Facts]]] = {
    Name: _name,
    Property: _property,
    Filter: _filter,
    Compare: _compare,
    If: _if,
    For: _for,
    Quantified: _quantified,
    ListOf: _list,
    Lambda: _lambda,
    Call: _call,
}
