"""Arithmetic on values that may be null or undetermined (DMN 1.5 §10.3.2.4, tables 56 to 59)."""

from __future__ import annotations

from typing import Final

from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.operations import minus, operate
from miaopi.kernel.expr.tree import Arithmetic

POWER: Final = 30  # steps that a power takes: it may have to reckon with logarithms


def arithmetic(it: Evaluation, node: Arithmetic, left: object, right: object) -> object:
    """Raises Fault."""
    it.weigh(node, left, right)
    if node.operator == "**":
        it.spend(node, POWER)
    return it.strictly(lambda one, other: operate(node.operator, one, other, is_open=it.is_open), left, right)


def negative(it: Evaluation, operand: object) -> object:
    """`-operand`. Raises Fault."""
    return it.strictly(minus, operand)
