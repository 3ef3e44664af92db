"""Kleene's logic, and the choice between two values."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning.choice import choose_openly
from miaopi.kernel.expr.tree import And, If, Not, Or
from miaopi.kernel.expr.values import Truth, Undetermined, both, either, negate


def all_of(walk: Walk, node: And) -> Truth:
    found: Truth = True
    for operand in node.operands:
        found = both(found, walk.truth(operand))
        if found is False:
            break
    return found


def any_of(walk: Walk, node: Or) -> Truth:
    found: Truth = False
    for operand in node.operands:
        found = either(found, walk.truth(operand))
        if found is True:
            break
    return found


def negated(walk: Walk, node: Not) -> Truth:
    return negate(walk.truth(node.operand))


def choose(walk: Walk, node: If) -> object:
    condition = walk.truth(node.condition)
    if not isinstance(condition, Undetermined):
        return walk.value(node.then if condition is True else node.otherwise)
    return choose_openly(walk, condition, walk.value(node.then), walk.value(node.otherwise))
