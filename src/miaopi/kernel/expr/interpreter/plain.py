"""Literals, names and reckoning."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning.calls import builtin
from miaopi.kernel.expr.meaning.evaluation import weight
from miaopi.kernel.expr.operations import minus, operate
from miaopi.kernel.expr.tree import Arithmetic, Literal, Mistake, Name, Negative
from miaopi.kernel.expr.values import Fault


def literal(walk: Walk, node: Literal) -> object:
    return node.value


def mistake(walk: Walk, node: Mistake) -> object:
    raise Fault(node.message)


def name(walk: Walk, node: Name) -> object:
    if node.name in walk.locals:
        return walk.locals[node.name]
    if node.name in walk.scope:
        return walk.scope[node.name]
    found = builtin(walk, node)
    if found is None:
        raise Fault(f"there is no name {node.name}")
    return found


def negative(walk: Walk, node: Negative) -> object:
    return walk.strictly(minus, walk.value(node.operand))


def arithmetic(walk: Walk, node: Arithmetic) -> object:
    operator, left, right = node.operator, walk.value(node.left), walk.value(node.right)
    walk.spend(node, weight(left) + weight(right))
    return walk.strictly(lambda one, other: operate(operator, one, other, is_open=walk.is_open), left, right)
