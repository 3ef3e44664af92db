"""What is known of a value while it is still being read: enough to know the names of the parts it may have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Final

from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.operations import OPERATIONS
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextOf,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Invoke,
    Lambda,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    Span,
    Within,
)
from miaopi.kernel.expr.types import ANY, BOOLEAN, LIST, NUMBER, PROPERTIES, Type, bounded, item_of, join
from miaopi.kernel.expr.values import kind_of

MOST_COMPARED: Final = 200_000  # parts of types
TRUTHS: Final = (Compare, Between, And, Or, Not, In, InstanceOf, Quantified)


class Shapes:
    """What is known of each node that has been read; found once for a node, for the next one to be built upon. What is found by
    comparing types is known as far as the room for that goes, and any from there on.
    """

    def __init__(self) -> None:
        self._room = MOST_COMPARED
        self._found: dict[tuple[type[Node], Span], Type] = {}

    def of(self, node: Node, types: Mapping[str, Type]) -> Type:
        """The type of the value as far as it shows; any where it does not."""
        place = type(node), node.span
        known = self._found.get(place)
        if known is None:
            known = self._found[place] = bounded(self._reckon(node, types))
        return known

    def _reckon(self, node: Node, types: Mapping[str, Type]) -> Type:
        if isinstance(node, TRUTHS):
            return BOOLEAN
        match node:
            case Name(name=name):
                return types.get(name, ANY)
            case Literal(value=value):
                return kind_of(value)
            case Property(base=base, name=name):
                return _part(self.of(base, types), name)
            case Filter(base=base, test=test):
                found = self.of(base, types)
                return element_of(found) if self.of(test, types) == NUMBER else found
            case Arithmetic(operator=operator, left=left, right=right):
                operation = OPERATIONS.get((operator, self.of(left, types), self.of(right, types)))
                return operation.result if operation else ANY
            case Negative(operand=operand):
                return self.of(operand, types)
            case Call(function=function, arguments=arguments):
                return FUNCTIONS[function].result_for(
                    tuple(self.of(argument, types) for argument in arguments) or (ANY,)
                )
            case If(then=then, otherwise=otherwise):
                return self._join(self.of(then, types), self.of(otherwise, types))
            case For(body=body):
                return Type("list", self.of(body, types))
            case _:
                return self._made(node, types)

    def _made(self, node: Node, types: Mapping[str, Type]) -> Type:
        """Of what is made of several values, and of what is called."""
        match node:
            case ContextOf(entries=entries):
                return Type(
                    "context", entries=tuple((entry.key, self.of(entry.value, types)) for entry in entries)
                )
            case ListOf(items=items):
                return Type("list", reduce(self._join, (self.of(item, types) for item in items))) if items else LIST
            case Within(low=low):
                return Type("range", self.of(low, types))
            case Against(operand=operand):
                return Type("range", self.of(operand, types))
            case Lambda(parameters=parameters, result=result):
                return Type("function", result, parameters=tuple(parameter.type for parameter in parameters))
            case Invoke(callee=callee):
                return item_of(self.of(callee, types))
            case _:
                return ANY

    def _join(self, left: Type, right: Type) -> Type:
        self._room -= left.parts + right.parts
        return join(left, right) if self._room >= 0 else ANY


def _part(base: Type, name: str) -> Type:
    if base.name == "list":
        return Type("list", _part(item_of(base), name))
    return base.entry(name) or ANY


def element_of(kind: Type) -> Type:
    """What a filter looks at: an element of a list, or the value itself."""
    return item_of(kind) if kind.name == "list" else kind


def fields_of(kind: Type) -> dict[str, Type]:
    """The parts that a value of the type has, those of its parts' parts among them under their own names."""
    found: dict[str, Type] = {}
    waiting = [kind]
    while waiting:
        kind = waiting.pop()
        for name, inner in kind.entries:
            found.setdefault(name, inner)
            waiting.append(inner)
        if kind.item is not None:
            waiting.append(kind.item)
    return found


def parts_of(kind: Type) -> dict[str, Type]:
    """The names that may stand after a dot, of the value or of each element of the list."""
    inner = element_of(kind)
    return {**dict(inner.entries), **PROPERTIES.get(inner.name, {})}
