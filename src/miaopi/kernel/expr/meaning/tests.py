"""Comparison, membership and ranges (DMN 1.5 §10.3.2.7, tables 50, 53 and 55)."""

from __future__ import annotations

from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.tree import Against, Condition, InstanceOf, Node, Test, Within
from miaopi.kernel.expr.types import NULL, ORDERED
from miaopi.kernel.expr.values import (
    Fault,
    Range,
    Truth,
    Undetermined,
    both,
    either,
    equal,
    equal_or_open,
    holds,
    is_less,
    is_within,
    kind_of,
    negate,
)


def order(it: Evaluation, operator: str, left: object, right: object) -> Truth:
    """One of `<`, `<=`, `>`, `>=`. Raises Fault."""
    if isinstance(left := it.settled(left), Undetermined):
        return left | right if isinstance(right := it.settled(right), Undetermined) else left
    if isinstance(right := it.settled(right), Undetermined):
        return right
    if operator in ("<", ">="):
        less = is_less(left, right)
        return less if operator == "<" else negate(less)
    greater = is_less(right, left)
    return greater if operator == ">" else negate(greater)


def against(it: Evaluation, operator: str, left: object, right: object) -> Truth:
    """One of the six comparisons. Raises Fault."""
    if operator in ("=", "!="):
        it.compare(left, right)
        found = equal(left, right)
        if it.is_open and isinstance(found, Undetermined):
            found = False  # parts of two kinds are not equal
        return found if operator == "=" else negate(found)
    return order(it, operator, left, right)


def tried(it: Evaluation, node: Node, operator: str, left: object, right: object) -> Truth:
    """The comparison as one answer among several: what goes wrong leaves this one open."""
    try:
        return against(it, operator, left, right)
    except Fault as fault:
        return it.fault(node, str(fault))


def between(it: Evaluation, node: Node, operand: object, low: object, high: object) -> Truth:
    return both(tried(it, node, ">=", operand, low), tried(it, node, "<=", operand, high))


def instance_of(it: Evaluation, node: InstanceOf, operand: object) -> object:
    """Whether the value is of the type; null is of the type null alone (DMN 1.5, table 50)."""
    it.weigh(None, operand)
    return it.strictly(lambda value: node.type == NULL if value is None else holds(node.type, value), operand)


# Membership


def within(it: Evaluation, test: Within, operand: object, low: object, high: object) -> Truth:
    """Whether the operand passes the test `[low..high]`."""
    above = tried(it, test, ">=" if test.includes_low else ">", operand, low)
    below = tried(it, test, "<=" if test.includes_high else "<", operand, high)
    return both(above, below)


def passes(it: Evaluation, test: Test, operand: object, wanted: object, is_cell: bool) -> Truth:
    """Whether the operand passes the test of that value: a truth stands for itself where it is a condition."""
    if isinstance(test, Condition) and (wanted is None or isinstance(wanted, bool)):
        return wanted
    if is_cell and isinstance(wanted, bool) and not (operand is None or isinstance(operand, bool)):
        return wanted  # a truth, where the value is none, is a condition too
    try:
        return _matches(it, operand, wanted)
    except Fault as fault:
        return it.fault(test, str(fault))


def _matches(it: Evaluation, operand: object, wanted: object) -> Truth:
    """Whether the operand equals the value, is among its elements, or lies in it or in a range among its elements."""
    if isinstance(wanted, Range) and not isinstance(operand, Range):
        return it.strictly(lambda value: is_within(value, wanted), operand)  # type: ignore[return-value]  # a truth, as is_within gives
    if not isinstance(wanted, list):
        return against(it, "=", operand, wanted)
    it.examine(None, wanted)
    found: Truth = False
    if isinstance(operand, list):
        found = against(it, "=", operand, wanted)
        if not any(isinstance(element, list) for element in wanted):
            return found
    for element in wanted:
        found = either(found, _is_element(it, operand, element))
    return found


def _is_element(it: Evaluation, operand: object, element: object) -> Truth:
    if isinstance(operand, Undetermined):
        return operand | element if isinstance(element, Undetermined) else operand
    if isinstance(element, Range) and not isinstance(operand, Range):
        try:
            found = is_within(operand, element)
        except Fault as fault:
            found = Undetermined(frozenset(), frozenset({str(fault)}))
    else:
        found = equal_or_open(element, operand)
    return False if it.is_open and isinstance(found, Undetermined) else found


# Ranges as values


def span(it: Evaluation, node: Within, low: object, high: object) -> object:
    """`[low..high]` as a value. Raises Fault."""
    return it.strictly(
        lambda start, end: _range(Range(start, end, node.includes_low, node.includes_high)), low, high
    )


def half_open(it: Evaluation, node: Against, end: object) -> object:
    """`< 5` and its like as a value: the range that has no end on its other side; `= 5` is the range of the one value. Raises
    Fault.
    """

    def reckon(end: object) -> object:
        match node.operator:
            case "<" | "<=":
                return _range(Range(None, end, False, node.operator == "<="))
            case ">" | ">=":
                return _range(Range(end, None, node.operator == ">=", False))
            case "=":
                return _range(Range(end, end, True, True))
            case _:
                raise Fault("all values but one are no range")

    return it.strictly(reckon, end)


def _range(found: Range) -> Range:
    """The range, if its ends are of one kind that has an order. Raises Fault."""
    kinds = {kind_of(end) for end in (found.low, found.high) if end is not None}
    if len(kinds) != 1 or not kinds <= ORDERED:
        raise Fault("the ends of a range are values of one kind that has an order")
    return found
