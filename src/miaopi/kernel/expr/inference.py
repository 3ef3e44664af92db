"""The type check: which kind of value each part has, found before any case is decided.

It refuses what can never mean anything – a string compared with a number, a part that a day has not – where it stands.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.library import FUNCTIONS, Overload
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.operations import OPERATIONS
from miaopi.kernel.expr.parser import ITEM, PARTIAL
from miaopi.kernel.expr.run import Run
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
    Iteration,
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
    Within,
)
from miaopi.kernel.expr.types import (
    ANY,
    BOOLEAN,
    DATE,
    DAYS,
    LIST,
    MONTHS,
    NULL,
    NUMBER,
    ORDERED,
    PROPERTIES,
    RECORD,
    Type,
    bounded,
    fits,
    is_comparable,
    item_of,
    join,
)
from miaopi.kernel.expr.values import Fault, kind_of

PARTS: Final = 4  # of a type that are one step


class _Check:
    """`names` holds what is in scope at this place, the names of loops included; `it` counts what is tried out."""

    def __init__(self, it: Evaluation, names: Mapping[str, Type]) -> None:
        self.it = it
        self.source = it.source
        self.names = names

    def type_of(self, node: Node) -> Type:
        found = bounded(TYPES[type(node)](self, node))
        self.it.spend(node, 1 + found.parts // PARTS)
        return found

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
    return _Check(Evaluation(source, Run()), names).type_of(node)


def _literal(check: _Check, node: Literal) -> Type:
    return kind_of(node.value)


def _name(check: _Check, node: Name) -> Type:
    if node.name not in check.names:
        raise _no_such_name(check, node, node.name)
    return check.names[node.name]


def _no_such_name(check: _Check, node: Node, name: str) -> DefinitionError:
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
    if base.name == "list":
        return Type("list", _part_of(check, node, item_of(base)))
    return _part_of(check, node, base)


def _part_of(check: _Check, node: Property, base: Type) -> Type:
    if base in (ANY, RECORD):
        return ANY
    found = base.entry(node.name) or PROPERTIES.get(base.name, {}).get(node.name)
    if found is None:
        raise check.source.error(
            node.span, f"{check.quote(node.base)} is a {base}, which has no part {node.name}"
        )
    return item_of(base) if base.name == "range" and found == ANY else found


def _filter(check: _Check, node: Filter) -> Type:
    base = check.type_of(node.base)
    if base.name != "list" and base != ANY:
        raise check.source.error(node.span, f"{check.quote(node.base)} is a {base}, not a list")
    if node.reads_item:
        _Check(check.it, {**check.names, ITEM: item_of(base)}).require(node.test, BOOLEAN)
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
                check.compare(test, "=", operand, (side, _element_wanted(found, operand[1])))
    return BOOLEAN


def _element_wanted(found: Type, operand: Type) -> Type:
    """What a value is compared with that is looked for in a list, in a range, or in a list of ranges."""
    if found.name == "list" and (operand.name != "list" or item_of(found).name == "list"):
        found = item_of(found)
    return item_of(found) if found.name == "range" and operand.name != "range" else found


def _span(check: _Check, node: Within) -> Type:
    low, high = check.type_of(node.low), check.type_of(node.high)
    check.compare(node, "<=", (node.low, low), (node.high, high))
    return Type("range", join(low, high))


def _half_open(check: _Check, node: Against) -> Type:
    found = check.type_of(node.operand)
    check.compare(node, "<=", (node.operand, found), (node.operand, found))
    return Type("range", found)


def _instance_of(check: _Check, node: InstanceOf) -> Type:
    check.type_of(node.operand)
    return BOOLEAN


def _context(check: _Check, node: ContextOf) -> Type:
    seen, found = dict(check.names), dict[str, Type]()
    inner = _Check(check.it, seen)
    for entry in node.entries:
        if entry.key in found:
            raise check.source.error(entry.span, f"the context has two entries {entry.key}")
        found[entry.key] = inner.type_of(entry.value)
        seen[entry.key] = found[entry.key]
    return Type("context", entries=tuple(found.items()))


def _lambda(check: _Check, node: Lambda) -> Type:
    taken = {parameter.name: parameter.type for parameter in node.parameters}
    result = _Check(check.it, {**check.names, **taken}).type_of(node.body)
    return Type("function", result, parameters=tuple(taken.values()))


def _invoke(check: _Check, node: Invoke) -> Type:
    callee = check.type_of(node.callee)
    for argument in node.arguments:
        check.type_of(argument)
    if callee.name not in ("function", "any"):
        raise check.source.error(node.span, f"{check.quote(node.callee)} is a {callee}, not a function")
    if callee.item is not None and len(callee.parameters) != len(node.arguments):
        raise check.source.error(
            node.span, f"the function takes {len(callee.parameters)} values, not {len(node.arguments)}"
        )
    if callee.item is not None and not node.names:
        for argument, wanted in zip(node.arguments, callee.parameters, strict=True):
            check.require(argument, wanted)
    return item_of(callee)


def _list(check: _Check, node: ListOf) -> Type:
    return _list_type(check, [(item, check.type_of(item)) for item in node.items])


def _list_type(check: _Check, items: list[tuple[Node, Type]]) -> Type:
    joined: Type | None = None
    for node, found in items:
        if joined is not None:
            check.it.spend(node, joined.parts // PARTS)
        joined = found if joined is None else join(joined, found)
    return Type("list", joined or ANY)


def _call(check: _Check, node: Call) -> Type:
    function = FUNCTIONS[node.function]
    given = tuple(check.type_of(argument) for argument in node.arguments)
    fitting = [
        (overload, found)
        for overload in function.overloads
        if (found := _in_order(overload, given, node.names)) is not None and overload.takes_types(found)
    ]
    if not fitting:
        wanted = " or ".join(map(str, function.overloads))
        raise check.source.error(
            node.span, f"{node.function} takes {wanted}, not ({', '.join(map(str, given))})"
        )
    overload, found = fitting[0]
    if node.function in ("min", "max"):
        _require_order(check, node, found)
    written = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
    if len(written) == len(given) and None not in written and not node.names and not overload.reads_clock:
        _try_out(check, node, overload, written)
    return function.result_for(found)


def _in_order(overload: Overload, given: tuple[Type, ...], names: tuple[str, ...]) -> tuple[Type, ...] | None:
    """The types in the order of the parameters, null for one that no name gives; None where there is no such name."""
    if not names:
        return given
    if not set(names) <= set(overload.names):
        return None
    by_name = dict(zip(names, given, strict=True))
    return tuple(by_name.get(name, NULL) for name in overload.names)


def _require_order(check: _Check, node: Call, found: tuple[Type, ...]) -> None:
    """The least and the greatest, of one list or of several values, need values that have an order."""
    is_list = len(found) == 1 and found[0].name == "list"
    for argument, kind in zip(node.arguments, found, strict=False):
        if (item_of(kind) if is_list else kind) not in (*ORDERED, ANY, NULL):
            raise check.source.error(
                argument.span, f"{check.quote(argument)} is a {kind}, which has no order"
            )


def _try_out(check: _Check, node: Call, overload: Overload, written: list[object]) -> None:
    """A call whose arguments are all written out goes wrong here or never: `date("2026-02-30")`."""
    check.it.spend(node, 1)
    try:
        overload.apply(*([partial(check.it.spend, node)] if overload.counts else []), *written)
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
            if found != DATE:
                check.require(iteration.source, NUMBER)
            check.require(iteration.last, DATE if found == DATE else NUMBER)
        elif found.name not in ("list", "range", "any"):
            raise check.source.error(
                iteration.span, f"{check.quote(iteration.source)} is a {found}, not a list"
            )
        check = _Check(
            check.it, {**check.names, iteration.name: found if iteration.last else item_of(found)}
        )
    return check


def _for(check: _Check, node: For) -> Type:
    inner = _inside(check, node.iterations)
    inner = _Check(check.it, {**inner.names, PARTIAL: LIST})
    return _list_type(check, [(node.body, inner.type_of(node.body))])


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
    Within: _span,
    Against: _half_open,
    InstanceOf: _instance_of,
    ContextOf: _context,
    Lambda: _lambda,
    Invoke: _invoke,
}
