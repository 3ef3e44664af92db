"""The tree of an expression: what was written, and where. Readers are modules beside this one, never methods here.

A node is frozen and checks itself when made, so a tree that exists is well formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.types import ANY, Type
from miaopi.kernel.frozen import frozen

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "**")
NO_NODES: Final = ("Span", "str", "bool", "object", "Type", "tuple[str, ...]")  # types of fields


@frozen
class Span:
    """From the character `start` up to, not including, `end`, counted from 0."""

    start: int
    end: int

    def __post_init__(self) -> None:
        _require(0 <= self.start <= self.end, self, "a span ends before it starts")


@frozen
class Node:
    span: Span


@frozen
class Literal(Node):
    """A value written out: number, text, true, false, null, `@"…"`, `duration("…")`."""

    value: object


@frozen
class Mistake(Node):
    """What can give no value, read where that is found out on the way only."""

    message: str


@frozen
class Name(Node):
    """A fact, derived value or parameter by its whole name; or, if `is_local`, what a `for` or a quantifier binds."""

    name: str
    is_local: bool = False


@frozen
class Property(Node):
    """`base.year`."""

    base: Node
    name: str


@frozen
class Filter(Node):
    """`base[test]`: the elements for which a truth that reads `item` holds, or the element at a place, counted from 1."""

    base: Node
    test: Node
    reads_item: bool


@frozen
class Negative(Node):
    """`-operand`."""

    operand: Node


@frozen
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node

    def __post_init__(self) -> None:
        _require(self.operator in ARITHMETIC, self.span, f"there is no operator {self.operator}")


@frozen
class Compare(Node):
    operator: str
    left: Node
    right: Node

    def __post_init__(self) -> None:
        _require(self.operator in COMPARISONS, self.span, f"there is no comparison {self.operator}")


@frozen
class Between(Node):
    """`operand between low and high`, both ends included."""

    operand: Node
    low: Node
    high: Node


@frozen
class And(Node):
    operands: tuple[Node, ...]

    def __post_init__(self) -> None:
        _require(len(self.operands) >= 2, self.span, "and needs two sides")


@frozen
class Or(Node):
    operands: tuple[Node, ...]

    def __post_init__(self) -> None:
        _require(len(self.operands) >= 2, self.span, "or needs two sides")


@frozen
class Not(Node):
    operand: Node


@frozen
class Equals(Node):
    """A test of `in`: a value to equal, a list to be contained in, or a range to lie in."""

    operand: Node


@frozen
class Against(Node):
    """A test of `in`: `< operand` and its like. Anywhere else it is the range that is open on its other side."""

    operator: str
    operand: Node

    def __post_init__(self) -> None:
        _require(self.operator in COMPARISONS, self.span, f"there is no comparison {self.operator}")


@frozen
class Within(Node):
    """`[low..high]`: a test of `in`, anywhere else a range; a round or outward bracket leaves the end out."""

    low: Node
    high: Node
    includes_low: bool
    includes_high: bool


@frozen
class Condition(Node):
    """A test that reads `?`: true where what it says is."""

    operand: Node


Test = Equals | Against | Within | Condition


@frozen
class In(Node):
    """`operand in (test, …)`: true as soon as one test is."""

    operand: Node
    tests: tuple[Test, ...]

    def __post_init__(self) -> None:
        _require(bool(self.tests), self.span, "in needs a test")


@frozen
class UnaryTests(Node):
    """What a cell of a table asks of `?`: one of the tests, or with `is_negated` none."""

    tests: tuple[Test, ...]
    is_negated: bool = False


@frozen
class InstanceOf(Node):
    """`operand instance of type`."""

    operand: Node
    type: Type


@frozen
class ListOf(Node):
    items: tuple[Node, ...]


@frozen
class Entry(Node):
    """`key: value` in a context; sees the entries before it."""

    key: str
    value: Node


@frozen
class ContextOf(Node):
    """`{key: value, …}`."""

    entries: tuple[Entry, ...]


@frozen
class Call(Node):
    """A function of the language, with its arguments in their order or, by `names`, each with the name of its parameter."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@frozen
class Invoke(Node):
    """The call of a value that is a function."""

    callee: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@frozen
class Parameter(Node):
    name: str
    type: Type = ANY


@frozen
class Lambda(Node):
    """`function(a, b: number) body`; sees the names around it."""

    parameters: tuple[Parameter, ...]
    body: Node
    result: Type = ANY


@frozen
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@frozen
class Iteration(Node):
    """`name in source`, or `name in source..last` over whole numbers or days, up or down."""

    name: str
    source: Node
    last: Node | None = None


@frozen
class For(Node):
    iterations: tuple[Iteration, ...]
    body: Node
    reads_partial: bool = False


@frozen
class Quantified(Node):
    """`some … satisfies body`, or `every …`."""

    is_every: bool
    iterations: tuple[Iteration, ...]
    body: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes right below, in the order they were written."""
    for name in MEMBERS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


class _Members(dict[type[Node], tuple[str, ...]]):
    """The fields of each kind of nodes in which nodes may stand."""

    def __missing__(self, kind: type[Node]) -> tuple[str, ...]:
        found = self[kind] = tuple(field.name for field in fields(kind) if field.type not in NO_NODES)
        return found


MEMBERS: Final = _Members()


def reads(root: Node, name: str) -> bool:
    """Whether the name is read anywhere in the tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and node.name == name:
            return True
        waiting.extend(children(node))
    return False


def height(root: Node) -> int:
    """How many nodes lie on the longest way down; counted without recursion, so that no tree is too deep to measure."""
    level, count = [root], 0
    while level:
        level, count = [child for node in level for child in children(node)], count + 1
    return count


def _require(holds: bool, span: Span, message: str) -> None:
    if not holds:
        raise DefinitionError(f"characters {span.start}–{span.end}", message)
