"""What a tree takes, as far as shows before it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextOf,
    Entry,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Invoke,
    Lambda,
    ListOf,
    Literal,
    Mistake,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    Test,
    UnaryTests,
    Within,
    children,
)


def least_steps(root: Node) -> int:
    """The nodes that are reckoned whatever the values are: the interpreter takes no fewer steps."""
    count, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        count += 1
        waiting.extend(RECKONED[type(node)](node))
    return count


def entries_before_double(node: ContextOf) -> list[Entry]:
    """The entries up to, not including, the first whose key another one has before it."""
    found: dict[str, Entry] = {}
    for entry in node.entries:
        if entry.key in found:
            break
        found[entry.key] = entry
    return list(found.values())


def _first_operand(node: And | Or) -> Iterable[Node]:
    return node.operands[:1]


def _condition(node: If) -> Iterable[Node]:
    return (node.condition,)


def _base(node: Filter) -> Iterable[Node]:
    return (node.base,)


def _first_source(node: For | Quantified) -> Iterable[Node]:
    return children(node.iterations[0])


def _nothing(_node: Lambda) -> Iterable[Node]:
    return ()


def _entries(node: ContextOf) -> Iterable[Node]:
    return [entry.value for entry in entries_before_double(node)]


def _sides(tests: tuple[Test, ...]) -> list[Node]:
    return [side for test in tests for side in children(test)]


def _operand_and_sides(node: In) -> Iterable[Node]:
    return [node.operand, *_sides(node.tests)]


def _sides_of_cell(node: UnaryTests) -> Iterable[Node]:
    return _sides(node.tests)


# The nodes below each that are reckoned whenever it is.
RECKONED: Final[Mapping[type[Node], Callable[[Any], Iterable[Node]]]] = {
    Literal: children,
    Mistake: children,
    Name: children,
    Property: children,
    Negative: children,
    Arithmetic: children,
    Compare: children,
    Filter: _base,
    Between: children,
    And: _first_operand,
    Or: _first_operand,
    Not: children,
    In: _operand_and_sides,
    UnaryTests: _sides_of_cell,
    Within: children,
    Against: children,
    InstanceOf: children,
    ListOf: children,
    ContextOf: _entries,
    Call: children,
    Invoke: children,
    Lambda: _nothing,
    If: _condition,
    For: _first_source,
    Quantified: _first_source,
}
