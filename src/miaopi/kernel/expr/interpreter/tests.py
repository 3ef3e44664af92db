"""Comparison, membership, ranges and the unary tests of cells."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning import tests
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import (
    Against,
    Between,
    Compare,
    In,
    InstanceOf,
    Test,
    UnaryTests,
    Within,
)
from miaopi.kernel.expr.values import Truth, either, negate


def compared(walk: Walk, node: Compare) -> Truth:
    return tests.against(walk, node.operator, walk.value(node.left), walk.value(node.right))


def between(walk: Walk, node: Between) -> Truth:
    return tests.between(walk, node, walk.value(node.operand), walk.value(node.low), walk.value(node.high))


def instance_of(walk: Walk, node: InstanceOf) -> object:
    return tests.instance_of(walk, node, walk.value(node.operand))


def membership(walk: Walk, node: In) -> Truth:
    return _any(walk, walk.value(node.operand), node.tests)


def unary_tests(walk: Walk, node: UnaryTests) -> Truth:
    found = _any(walk, walk.locals.get(INPUT, walk.scope.get(INPUT)), node.tests, is_cell=True)
    return negate(found) if node.is_negated else found


def _any(walk: Walk, operand: object, found_in: tuple[Test, ...], *, is_cell: bool = False) -> Truth:
    found: Truth = False
    for test in found_in:
        found = either(found, _passes(walk, operand, test, is_cell))
    return found


def _passes(walk: Walk, operand: object, test: Test, is_cell: bool) -> Truth:
    match test:
        case Within():
            return tests.within(walk, test, operand, walk.value(test.low), walk.value(test.high))
        case Against():
            return tests.tried(walk, test, test.operator, operand, walk.value(test.operand))
        case _:
            return tests.passes(walk, test, operand, walk.value(test.operand), is_cell)


def span(walk: Walk, node: Within) -> object:
    return tests.span(walk, node, walk.value(node.low), walk.value(node.high))


def half_open(walk: Walk, node: Against) -> object:
    return tests.half_open(walk, node, walk.value(node.operand))
