"""What code objects call while they run, where a sign of Python's does not say it. What it means stands in `meaning`; here
are the ways to it: the quick one for the values that are most common, and faults said to be at their node.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, Final

from miaopi.kernel.expr.meaning import calls, collections, reckoning, tests
from miaopi.kernel.expr.meaning.choice import choose_openly
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.operations import OPERATIONS
from miaopi.kernel.expr.tree import (
    Against,
    Arithmetic,
    Compare,
    If,
    InstanceOf,
    Name,
    Negative,
    Property,
    Within,
)
from miaopi.kernel.expr.types import NUMBER
from miaopi.kernel.expr.values import (
    Truth,
    Undetermined,
    either,
)

PYTHONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
IN_ORDER: Final = frozenset(
    {Decimal, str, date}
)  # of two of the same of these classes, Python has FEEL's order
RECKONED: Final = {sign: OPERATIONS[sign, NUMBER, NUMBER].apply for sign in ("+", "-", "*", "/")}  # a power takes longer


def compared(it: Evaluation, node: Compare, left: object, right: object) -> object:
    if left.__class__ is right.__class__ and left.__class__ in IN_ORDER:
        return PYTHONS[node.operator](left, right)
    return it.attempt(node, tests.against, it, node.operator, left, right)


def reckoned(it: Evaluation, node: Arithmetic, left: object, right: object) -> object:
    if left.__class__ is Decimal and right.__class__ is Decimal and node.operator in RECKONED:
        try:
            return RECKONED[node.operator](left, right)
        except DecimalException:
            return it.fault(node, "no number is the result")
    return it.attempt(node, reckoning.arithmetic, it, node, left, right)


def negative(it: Evaluation, node: Negative, operand: object) -> object:
    return it.attempt(node, reckoning.negative, it, operand)


def part_of(it: Evaluation, node: Property, base: object) -> object:
    return it.attempt(node, collections.part_of, it, node, base, node.name)


def absent(it: Evaluation, node: Name) -> object:
    """A name that nothing is bound to: it may be a function of the language."""
    return it.attempt(node, calls.builtin, it, node)


def span(it: Evaluation, node: Within, low: object, high: object) -> object:
    return it.attempt(node, tests.span, it, node, low, high)


def half_open(it: Evaluation, node: Against, end: object) -> object:
    return it.attempt(node, tests.half_open, it, node, end)


def instance_of(it: Evaluation, node: InstanceOf, operand: object) -> object:
    return it.attempt(node, tests.instance_of, it, node, operand)


def any_of(*found: Truth) -> Truth:
    """What several tests say together."""
    result: Truth = False
    for one in found:
        result = either(result, one)
    return result


def chosen_between(
    it: Evaluation, node: If, condition: Undetermined, then: object, otherwise: object
) -> object:
    return it.attempt(node, choose_openly, it, condition, then, otherwise)


def put(entries: dict[str, object], key: str, value: object) -> object:
    """The value, being from now on an entry of the context that is made."""
    entries[key] = value
    return value
