"""The type check: which kind of value each part has, found before any case is decided.

It refuses what can never mean anything – a string compared with a number, a part that a day has not – where it stands.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.functions import FUNCTIONS
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.operations import OPERATIONS
from miaopi.kernel.expr.parser import ITEM
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Filter,
    For,
    If,
    In,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    Within,
)
from miaopi.kernel.expr.types import (
    ANY,
    BOOLEAN,
    DAYS,
    MONTHS,
    NUMBER,
    ORDERED,
    PROPERTIES,
    Type,
    fits,
    is_comparable,
    item_of,
    join,
)
from miaopi.kernel.expr.values import Fault, kind_of

# FEEL lets these take their values one by one, too.
OVER_LISTS: Final = ("count", "min", "max", "sum")


class _Check:
    """`names` holds what is in scope at this place, the names of loops included."""

    def __init__(self, source: Source, names: Mapping[str, Type]) -> None:
        self.source = source
        self.names = names

    def type_of(self, node: Node) -> Type:
        return TYPES[type(node)](self, node)

    def require(self, node: Node, wanted: Type) -> None:
        found = self.type_of(node)
        if not fits(wanted, found):
            raise self.source.error(node.span, f"{self.quote(node)} is a {found}; a {wanted} is needed here")

    def quote(self, node: Node) -> str:
        written = self.source.text[node.span.start : node.span.end]
        return f"‘{written if len(written) <= 40 else written[:39] + '…'}’"

    def compare(self, node: Node, operator: str, left: tuple[Node, Type], right: tuple[Node, Type]) -> None:
        """Whether the comparison can mean anything; an order needs values that have one."""
        if not is_comparable(left[1], right[1]):
            sides = f"{self.quote(left[0])} is a {left[1]}, {self.quote(right[0])} is a {right[1]}"
            raise self.source.error(node.span, f"{sides}; they cannot be compared")
        if operator not in ("=", "!="):
            for side, found in (left, right):
                if found != ANY and found not in ORDERED:
                    raise self.source.error(side.span, f"{self.quote(side)} is a {found}, which has no order")


def infer(node: Node, names: Mapping[str, Type], source: Source) -> Type:
    """The type of the whole expression. Raises DefinitionError where a part of it can mean nothing."""
    return _Check(source, names).type_of(node)


def _literal(check: _Check, node: Literal) -> Type:
    return kind_of(node.value)


def _name(check: _Check, node: Name) -> Type:
    if node.name not in check.names:
        raise _no_such_name(check, node, node.name)
    return check.names[node.name]


def _no_such_name(check: _Check, node: Node, name: str) -> DefinitionError:
    if name == "partial":
        return check.source.not_yet(node.span, "partial in a for")
    near = difflib.get_close_matches(name, sorted(check.names), n=1)
    return check.source.error(
        node.span, f"there is no name {name}" + (f"; is {near[0]} meant?" if near else "")
    )


def _property(check: _Check, node: Property) -> Type:
    root: Node = node
    while isinstance(root, Property):
        root = root.base
    if isinstance(root, Name) and root.name not in check.names:
        raise _no_such_name(check, node, check.source.text[node.span.start : node.span.end])
    base = check.type_of(node.base)
    if base == ANY:
        return ANY
    if base.name == "context" and (entry := base.entry(node.name)) is not None:
        return entry
    if node.name not in PROPERTIES.get(base, ()):
        raise check.source.error(
            node.span, f"{check.quote(node.base)} is a {base}, which has no part {node.name}"
        )
    return NUMBER


def _filter(check: _Check, node: Filter) -> Type:
    base = check.type_of(node.base)
    if base.name != "list" and base != ANY:
        raise check.source.error(node.span, f"{check.quote(node.base)} is a {base}, not a list")
    if node.reads_item:
        _Check(check.source, {**check.names, ITEM: item_of(base)}).require(node.test, BOOLEAN)
        return base
    check.require(node.test, NUMBER)
    return item_of(base)


def _negative(check: _Check, node: Negative) -> Type:
    found = check.type_of(node.operand)
    if found not in (ANY, NUMBER, DAYS, MONTHS):
        raise check.source.error(
            node.span, f"{check.quote(node.operand)} is a {found}, which has no negative"
        )
    return found


def _arithmetic(check: _Check, node: Arithmetic) -> Type:
    left, right = check.type_of(node.left), check.type_of(node.right)
    found = OPERATIONS.get((node.operator, left, right))
    if found is not None:
        return found.result
    if ANY in (left, right):
        return ANY
    if node.operator in ("*", "/") and {left, right} & {DAYS, MONTHS}:
        raise check.source.not_yet(node.span, "a duration multiplied or divided")
    if node.operator == "-" and right == MONTHS:
        raise check.source.error(
            node.span,
            "months taken from the later day give other answers at the ends of months; add them to the earlier day",
        )
    raise check.source.error(node.span, f"{left} {node.operator} {right} means nothing")


def _compare(check: _Check, node: Compare) -> Type:
    left, right = check.type_of(node.left), check.type_of(node.right)
    check.compare(node, node.operator, (node.left, left), (node.right, right))
    return BOOLEAN


def _between(check: _Check, node: Between) -> Type:
    operand = (node.operand, check.type_of(node.operand))
    for end in (node.low, node.high):
        check.compare(node, "<=", operand, (end, check.type_of(end)))
    return BOOLEAN


def _logic(check: _Check, node: And | Or) -> Type:
    for operand in node.operands:
        check.require(operand, BOOLEAN)
    return BOOLEAN


def _not(check: _Check, node: Not) -> Type:
    check.require(node.operand, BOOLEAN)
    return BOOLEAN


def _in(check: _Check, node: In) -> Type:
    operand = (node.operand, check.type_of(node.operand))
    for test in node.tests:
        match test:
            case Against(operator=operator, operand=side):
                check.compare(test, operator, operand, (side, check.type_of(side)))
            case Within(low=low, high=high):
                for end in (low, high):
                    check.compare(test, "<=", operand, (end, check.type_of(end)))
            case _:
                found = check.type_of(side := test.operand)
                wanted = item_of(found) if found.name == "list" and operand[1].name != "list" else found
                check.compare(test, "=", operand, (side, wanted))
    return BOOLEAN


def _list(check: _Check, node: ListOf) -> Type:
    return _list_type(check, [(item, check.type_of(item)) for item in node.items])


def _list_type(check: _Check, items: list[tuple[Node, Type]]) -> Type:
    joined: Type | None = None
    for item, found in items:
        if found.name == "list":
            raise check.source.not_yet(item.span, "a list within a list")
        joined = found if joined is None else join(joined, found)
    return Type("list", joined or ANY)


def _call(check: _Check, node: Call) -> Type:
    function = FUNCTIONS[node.function]
    found = tuple(check.type_of(argument) for argument in node.arguments)
    fitting = [overload for overload in function.overloads if overload.takes_types(found)]
    if not fitting:
        if node.function in OVER_LISTS and found and all(one.name != "list" for one in found):
            raise check.source.not_yet(node.span, f"{node.function} of values that are no list")
        wanted = " or ".join(
            f"({', '.join(map(str, overload.parameters))})" for overload in function.overloads
        )
        given = f"({', '.join(map(str, found))})"
        raise check.source.error(node.span, f"{node.function} takes {wanted}, not {given}")
    if node.function in ("min", "max") and item_of(found[0]) not in (*ORDERED, ANY):
        raise check.source.error(
            node.span, f"{check.quote(node.arguments[0])} is a {found[0]}, which has no order"
        )
    written = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
    if len(written) == len(found) and None not in written:
        _try_out(check, node, fitting[0].apply, written)
    return function.result_for(found)


def _try_out(check: _Check, node: Call, apply: Callable[..., object], written: list[object]) -> None:
    """A call whose arguments are all written out goes wrong here or never: `date("2026-02-30")`."""
    try:
        apply(*written)
    except Fault as fault:
        raise check.source.error(node.span, str(fault)) from None


def _if(check: _Check, node: If) -> Type:
    check.require(node.condition, BOOLEAN)
    return join(check.type_of(node.then), check.type_of(node.otherwise))


def _inside(check: _Check, iterations: tuple[Iteration, ...]) -> _Check:
    """The check for the body of a loop."""
    for iteration in iterations:
        found = check.type_of(iteration.source)
        if iteration.last is not None:
            check.require(iteration.source, NUMBER)
            check.require(iteration.last, NUMBER)
        elif found.name != "list" and found != ANY:
            raise check.source.error(
                iteration.span, f"{check.quote(iteration.source)} is a {found}, not a list"
            )
        check = _Check(
            check.source, {**check.names, iteration.name: NUMBER if iteration.last else item_of(found)}
        )
    return check


def _for(check: _Check, node: For) -> Type:
    return _list_type(check, [(node.body, _inside(check, node.iterations).type_of(node.body))])


def _quantified(check: _Check, node: Quantified) -> Type:
    _inside(check, node.iterations).require(node.body, BOOLEAN)
    return BOOLEAN


TYPES: Final[Mapping[type[Node], Callable[[_Check, Any], Type]]] = {
    Literal: _literal,
    Name: _name,
    Property: _property,
    Negative: _negative,
    Arithmetic: _arithmetic,
    Compare: _compare,
    Filter: _filter,
    Between: _between,
    And: _logic,
    Or: _logic,
    Not: _not,
    In: _in,
    ListOf: _list,
    Call: _call,
    If: _if,
    For: _for,
    Quantified: _quantified,
}
