"""Literals, names and reckoning."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning import reckoning
from miaopi.kernel.expr.meaning.calls import builtin
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
    return builtin(walk, node)


def negative(walk: Walk, node: Negative) -> object:
    return reckoning.negative(walk, walk.value(node.operand))


def arithmetic(walk: Walk, node: Arithmetic) -> object:
    return reckoning.arithmetic(walk, node, walk.value(node.left), walk.value(node.right))
