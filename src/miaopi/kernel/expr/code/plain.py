"""The plain form of a tree: the Python that one would write by hand, for values that are known and of their declared types.

Where each name has a value of the one class that its type allows, comparisons and logic are two-valued and Python's own
operators say what FEEL's do. What is not so – null, a value that nobody knows, an error – makes the whole form give up, and
the other code reckons anew with all that it may meet. A plain form is made of trees alone that have one: no loops, no lists,
no texts made.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from miaopi.kernel.expr.code.emitter import TALLEST, Emitter
from miaopi.kernel.expr.code.operators import SIGNS
from miaopi.kernel.expr.code.writing import (
    call,
    choice,
    class_of,
    compare,
    constant,
    every,
    is_same,
    kept,
    last_of,
    member,
    negation,
    read,
    some,
    tuple_of,
)
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library import FUNCTIONS, Overload
from miaopi.kernel.expr.operations import OPERATIONS
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Equals,
    If,
    In,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Test,
    UnaryTests,
    Within,
    children,
)
from miaopi.kernel.expr.types import BOOLEAN, DATE, DAYS, NUMBER, STRING, Type
from miaopi.kernel.expr.values import DECIMAL128

CLASSES: Final[Mapping[Type, type]] = {
    NUMBER: Decimal,
    STRING: str,
    BOOLEAN: bool,
    DATE: date,
    DAYS: timedelta,
}
TYPES: Final[Mapping[type, Type]] = {made: kind for kind, made in CLASSES.items()}
LONGEST: Final = 256  # characters of a text, so that no step is long


class NotPlainError(Exception):
    """The tree has no plain form."""


Found = tuple[ast.expr, Type]


class Plain:
    """The plain form of any number of trees within one piece of code. `slots` are the names in scope: the variable that holds
    the value, and its type, one of `CLASSES`; that the value is of it, and no text longer than `LONGEST`, is for the code
    around to see to.
    """

    def __init__(self, to: Emitter, slots: Mapping[str, tuple[str, Type]]) -> None:
        self.to = to
        self.slots = slots
        self._height = 0

    def value(self, node: Node) -> Found:
        """The code of the node and the type of what it gives. Raises NotPlainError."""
        emit = PLAIN.get(type(node))
        if emit is None:
            raise NotPlainError
        beside, self._height = self._height, 0
        found, kind = emit(self, node)
        height = self._height + 1
        if height >= TALLEST:
            found, height = self.to.apart(found), 1
        self._height = max(beside, height)
        return found, kind

    def of(self, wanted: Type, node: Node) -> ast.expr:
        """The code of a node that gives that type. Raises NotPlainError."""
        found, kind = self.value(node)
        if kind != wanted:
            raise NotPlainError
        return found

    def several(self, nodes: Iterable[Node], wanted: Type) -> list[ast.expr]:
        return [self.of(wanted, node) for node in nodes]


def is_plain(to: Emitter, slot: str, kind: Type) -> ast.expr:
    """The test that the variable holds a plain value of the type. A decision brings numbers to decimal128 on the way."""
    of_class = is_same(class_of(read(slot)), to.function(CLASSES[kind]))
    if kind == STRING:
        size = call(to.function(len), read(slot))
        return every(of_class, compare(size, ast.LtE(), constant(LONGEST)))
    if kind == NUMBER and not to.is_open:
        is_whole = is_same(class_of(read(slot)), to.function(int))
        number = kept(slot, call(to.function(DECIMAL128.plus), read(slot)))
        return every(some(of_class, is_whole), call(member(number, "is_finite")))
    return of_class


def give_up() -> object:
    """Raises Fault: there is no plain value here."""
    raise Fault("not plain")


def _literal(plain: Plain, node: Literal) -> Found:
    kind = TYPES.get(type(node.value))
    if kind is None or (isinstance(node.value, str) and len(node.value) > LONGEST):
        raise NotPlainError
    return plain.to.constant(node.value), kind


def _name(plain: Plain, node: Name) -> Found:
    if node.is_local or node.name not in plain.slots:
        raise NotPlainError
    slot, kind = plain.slots[node.name]
    return read(slot), kind


def _arithmetic(plain: Plain, node: Arithmetic) -> Found:
    if node.operator == "**":  # takes more steps than one
        raise NotPlainError
    sides = plain.several((node.left, node.right), NUMBER)
    return call(plain.to.function(OPERATIONS[node.operator, NUMBER, NUMBER].apply), *sides), NUMBER


def _negative(plain: Plain, node: Negative) -> Found:
    return call(plain.to.function(DECIMAL128.minus), plain.of(NUMBER, node.operand)), NUMBER


def _compared(plain: Plain, node: Compare) -> Found:
    left, kind = plain.value(node.left)
    return _signed(left, node.operator, kind, plain.of(kind, node.right)), BOOLEAN


def _signed(left: ast.expr, operator: str, kind: Type, right: ast.expr) -> ast.expr:
    if kind == BOOLEAN and operator not in ("=", "!="):
        raise NotPlainError
    return compare(left, SIGNS[operator](), right)


def _between(plain: Plain, node: Between) -> Found:
    operand, kind = plain.value(node.operand)
    test = Within(node.span, node.low, node.high, True, True)
    return _tested(plain, operand, kind, (test,)), BOOLEAN


def _all_of(plain: Plain, node: And) -> Found:
    return every(*plain.several(node.operands, BOOLEAN)), BOOLEAN


def _one_of(plain: Plain, node: Or) -> Found:
    return some(*plain.several(node.operands, BOOLEAN)), BOOLEAN


def _negated(plain: Plain, node: Not) -> Found:
    return negation(plain.of(BOOLEAN, node.operand)), BOOLEAN


def _choice(plain: Plain, node: If) -> Found:
    condition = plain.of(BOOLEAN, node.condition)
    then, kind = plain.value(node.then)
    return choice(condition, then, plain.of(kind, node.otherwise)), kind


def _membership(plain: Plain, node: In) -> Found:
    operand, kind = plain.value(node.operand)
    return _tested(plain, operand, kind, node.tests), BOOLEAN


def _unary_tests(plain: Plain, node: UnaryTests) -> Found:
    if INPUT not in plain.slots:
        raise NotPlainError
    slot, kind = plain.slots[INPUT]
    found = _tested(plain, read(slot), kind, node.tests)
    return negation(found) if node.is_negated else found, BOOLEAN


def _tested(plain: Plain, operand: ast.expr, kind: Type, tests: tuple[Test, ...]) -> ast.expr:
    """Whether one of the tests holds. What could go wrong in a test must not be passed over, so with several sides each is a
    name or written out.
    """
    sides = [side for test in tests for side in children(test)]
    if len(sides) > 1 and not all(map(_is_simple, sides)):
        raise NotPlainError
    if isinstance(operand, ast.Name):
        return some(*(_passes(plain, test, operand.id, kind) for test in tests))
    slot = plain.to.fresh("t")
    return last_of((kept(slot, operand), some(*(_passes(plain, test, slot, kind) for test in tests))))


def _is_simple(node: Node) -> bool:
    return isinstance(node, Literal | Name) or (
        isinstance(node, ListOf) and all(isinstance(item, Literal | Name) for item in node.items)
    )


def _passes(plain: Plain, test: Test, slot: str, kind: Type) -> ast.expr:
    match test:
        case Within(low=low, high=high):
            start, end = plain.several((low, high), kind)
            above = _signed(read(slot), ">=" if test.includes_low else ">", kind, start)
            return every(above, _signed(read(slot), "<=" if test.includes_high else "<", kind, end))
        case Against(operator=operator, operand=side):
            return _signed(read(slot), operator, kind, plain.of(kind, side))
        case Equals(operand=ListOf(items=items)) if items:
            return compare(read(slot), ast.In(), tuple_of(plain.several(items, kind)))
        case Equals(operand=side):
            return _signed(read(slot), "=", kind, plain.of(kind, side))
        case _:
            return plain.of(BOOLEAN, test.operand)


def _called(plain: Plain, node: Call) -> Found:
    """A function of single values that are no long texts, and that gives none."""
    if node.names:
        raise NotPlainError
    given = [plain.value(argument) for argument in node.arguments]
    function, kinds = FUNCTIONS[node.function], tuple(kind for _, kind in given)
    overload = _meant(function.overloads, kinds)
    made = CLASSES.get(function.result_for(kinds) if overload else STRING)
    if overload is None or made in (None, str):
        raise NotPlainError
    apply = (overload.apply_open if plain.to.is_open else None) or overload.apply
    slot = plain.to.fresh("t")
    result = kept(slot, call(plain.to.function(apply), *(found for found, _ in given)))
    is_of_class = is_same(class_of(result), plain.to.function(made))
    return choice(is_of_class, read(slot), call(plain.to.function(give_up))), TYPES[made]


def _meant(overloads: tuple[Overload, ...], kinds: tuple[Type, ...]) -> Overload | None:
    """The first that takes values of the types, as long as it needs nothing but them."""
    for overload in overloads:
        if overload.takes_types(kinds):
            return overload if overload.needs_values_alone else None
    return None


PLAIN: Final[Mapping[type[Node], Callable[[Plain, Any], Found]]] = {
    Literal: _literal,
    Name: _name,
    Arithmetic: _arithmetic,
    Negative: _negative,
    Compare: _compared,
    Between: _between,
    And: _all_of,
    Or: _one_of,
    Not: _negated,
    If: _choice,
    In: _membership,
    UnaryTests: _unary_tests,
    Call: _called,
}
