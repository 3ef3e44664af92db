"""The code of `in`, of the tests of cells, of `between`, of ranges and of `instance of`."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.code import values
from miaopi.kernel.expr.code.emitter import Emitter
from miaopi.kernel.expr.code.operators import SIGNS
from miaopi.kernel.expr.code.scopes import ABSENT, Place, find
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
    read,
    some,
)
from miaopi.kernel.expr.meaning import tests
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import (
    Against,
    Between,
    Equals,
    In,
    InstanceOf,
    ListOf,
    Literal,
    Node,
    Test,
    UnaryTests,
    Within,
)
from miaopi.kernel.expr.values import negate

FEW: Final = 3  # values that are compared one by one


def between(to: Emitter, node: Between, place: Place) -> ast.expr:
    sides = [to.value(side, place) for side in (node.operand, node.low, node.high)]
    return to.helper(tests.between, to.constant(node), *sides)


def instance_of(to: Emitter, node: InstanceOf, place: Place) -> ast.expr:
    return to.helper(values.instance_of, to.constant(node), to.value(node.operand, place))


def span(to: Emitter, node: Within, place: Place) -> ast.expr:
    return to.helper(values.span, to.constant(node), to.value(node.low, place), to.value(node.high, place))


def half_open(to: Emitter, node: Against, place: Place) -> ast.expr:
    return to.helper(values.half_open, to.constant(node), to.value(node.operand, place))


def membership(to: Emitter, node: In, place: Place) -> ast.expr:
    return _any(to, to.value(node.operand, place), node.tests, place, is_cell=False)


def unary_tests(to: Emitter, node: UnaryTests, place: Place) -> ast.expr:
    operand, surely = find(INPUT, place)
    if not surely:
        slot = to.fresh("t")
        operand = choice(is_same(kept(slot, operand), read(ABSENT)), constant(None), read(slot))
    found = _any(to, operand, node.tests, place, is_cell=True)
    return call(to.function(negate), found) if node.is_negated else found


def _any(
    to: Emitter, operand: ast.expr, found_in: tuple[Test, ...], place: Place, *, is_cell: bool
) -> ast.expr:
    """Whether one of the tests holds. Where all are against written values of one class, a value of it is told by Python's
    signs.
    """
    slot = to.fresh("t")
    whole = call(to.function(values.any_of), *(_passes(to, slot, test, place, is_cell) for test in found_in))
    written = [value for test in found_in for value in _written(test)]
    kinds = set(map(type, written))
    if None in written or len(kinds) != 1 or not kinds <= values.IN_ORDER:
        return last_of((kept(slot, operand), whole))
    signs = some(*(_by_signs(to, slot, test) for test in found_in))
    return choice(is_same(class_of(kept(slot, operand)), to.function(kinds.pop())), signs, whole)


def _passes(to: Emitter, slot: str, test: Test, place: Place, is_cell: bool) -> ast.expr:
    match test:
        case Within(low=low, high=high):
            ends = to.value(low, place), to.value(high, place)
            return to.helper(tests.within, to.constant(test), read(slot), *ends)
        case Against(operator=operator, operand=side):
            return to.helper(
                tests.tried, to.constant(test), constant(operator), read(slot), to.value(side, place)
            )
        case _:
            wanted = to.value(test.operand, place)
            return to.helper(tests.passes, to.constant(test), read(slot), wanted, constant(is_cell))


def _written(test: Test) -> list[object]:
    """The values that the test holds up, if all are written out; else none, which is no class of values."""
    sides: tuple[Node, ...]
    match test:
        case Within(low=low, high=high):
            sides = (low, high)
        case Equals(operand=ListOf(items=items)):
            sides = items
        case Equals(operand=side) | Against(operand=side):
            sides = (side,)
        case _:
            sides = ()
    found = [side.value for side in sides if isinstance(side, Literal)]
    return found if found and len(found) == len(sides) else [None]


def _by_signs(to: Emitter, slot: str, test: Test) -> ast.expr:
    match test:
        case Within(low=Literal(value=low), high=Literal(value=high)):
            above = ast.GtE() if test.includes_low else ast.Gt()
            below = ast.LtE() if test.includes_high else ast.Lt()
            return every(
                compare(read(slot), above, to.constant(low)), compare(read(slot), below, to.constant(high))
            )
        case Against(operator=operator, operand=Literal(value=value)):
            return compare(read(slot), SIGNS[operator](), to.constant(value))
        case _:
            return among(to, slot, _written(test))


def among(to: Emitter, slot: str, wanted: Sequence[object]) -> ast.expr:
    """Whether the value in the slot is one of the wanted, all of one class that Python orders. Many numbers are looked through
    by halves: they can be chosen so that Python's hash takes them for alike (ADR 0028).
    """
    if len(wanted) == 1:
        return compare(read(slot), ast.Eq(), to.constant(wanted[0]))
    if len(wanted) <= FEW:
        return compare(read(slot), ast.In(), to.constant(tuple(wanted)))
    if numbers := [value for value in wanted if isinstance(value, Decimal)]:
        return call(to.function(_by_halves(numbers)), read(slot))
    return compare(read(slot), ast.In(), to.constant(frozenset(wanted)))


def _by_halves(wanted: list[Decimal]) -> Callable[[Decimal], bool]:
    ordered = sorted(wanted)

    def holds(value: Decimal) -> bool:
        at = bisect_left(ordered, value)
        return at < len(ordered) and ordered[at] == value

    return holds
