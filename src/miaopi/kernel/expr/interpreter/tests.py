"""Comparison, membership, ranges and the unary tests of cells (DMN 1.5 §10.3.2.7, tables 50, 53 and 55)."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import (
    Against,
    Between,
    Compare,
    Condition,
    In,
    InstanceOf,
    Node,
    Test,
    UnaryTests,
    Within,
)
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


def _order(walk: Walk, operator: str, left: object, right: object) -> Truth:
    """One of `<`, `<=`, `>`, `>=`. Raises Fault."""
    if isinstance(left := walk.settled(left), Undetermined):
        return left | right if isinstance(right := walk.settled(right), Undetermined) else left
    if isinstance(right := walk.settled(right), Undetermined):
        return right
    if operator in ("<", ">="):
        less = is_less(left, right)
        return less if operator == "<" else negate(less)
    greater = is_less(right, left)
    return greater if operator == ">" else negate(greater)


def _against(walk: Walk, operator: str, left: object, right: object) -> Truth:
    """One of the six comparisons. Raises Fault."""
    if operator in ("=", "!="):
        found = equal(left, right)
        if walk.is_open and isinstance(found, Undetermined):
            found = False  # parts of two kinds are not equal
        return found if operator == "=" else negate(found)
    return _order(walk, operator, left, right)


def _tried(walk: Walk, node: Node, operator: str, left: object, right: object) -> Truth:
    """The comparison as one answer among several: what goes wrong leaves this one open."""
    try:
        return _against(walk, operator, left, right)
    except Fault as fault:
        return walk.fault(node, str(fault))


def compared(walk: Walk, node: Compare) -> Truth:
    return _against(walk, node.operator, walk.value(node.left), walk.value(node.right))


def between(walk: Walk, node: Between) -> Truth:
    operand, low, high = walk.value(node.operand), walk.value(node.low), walk.value(node.high)
    return both(
        _tried(walk, node, ">=", operand, low),
        _tried(walk, node, "<=", operand, high),
    )


def instance_of(walk: Walk, node: InstanceOf) -> object:
    """Whether the value is of the type; null is of the type null alone (DMN 1.5, table 50)."""
    return walk.strictly(
        lambda value: node.type == NULL if value is None else holds(node.type, value),
        walk.value(node.operand),
    )


# Membership


def membership(walk: Walk, node: In) -> Truth:
    return _any(walk, walk.value(node.operand), node.tests)


def unary_tests(walk: Walk, node: UnaryTests) -> Truth:
    found = _any(walk, walk.locals.get(INPUT, walk.scope.get(INPUT)), node.tests, is_cell=True)
    return negate(found) if node.is_negated else found


def _any(walk: Walk, operand: object, tests: tuple[Test, ...], *, is_cell: bool = False) -> Truth:
    found: Truth = False
    for test in tests:
        found = either(found, _passes(walk, operand, test, is_cell))
    return found


def _passes(walk: Walk, operand: object, test: Test, is_cell: bool) -> Truth:
    match test:
        case Within():
            low, high = walk.value(test.low), walk.value(test.high)
            above = _tried(walk, test, ">=" if test.includes_low else ">", operand, low)
            below = _tried(walk, test, "<=" if test.includes_high else "<", operand, high)
            return both(above, below)
        case Against():
            return _tried(walk, test, test.operator, operand, walk.value(test.operand))
        case _:
            wanted = walk.value(test.operand)
            if isinstance(test, Condition) and (wanted is None or isinstance(wanted, bool)):
                return wanted
            if is_cell and isinstance(wanted, bool) and not (operand is None or isinstance(operand, bool)):
                return wanted  # a truth, where the value is none, is a condition too
            try:
                return _matches(walk, operand, wanted)
            except Fault as fault:
                return walk.fault(test, str(fault))


def _matches(walk: Walk, operand: object, wanted: object) -> Truth:
    """Whether the operand equals the value, is among its elements, or lies in it or in a range among its elements."""
    if isinstance(wanted, Range) and not isinstance(operand, Range):
        return walk.strictly(lambda value: is_within(value, wanted), operand)  # type: ignore[return-value]  # a truth, as is_within gives
    if not isinstance(wanted, list):
        return _against(walk, "=", operand, wanted)
    found: Truth = False
    if isinstance(operand, list):
        found = _against(walk, "=", operand, wanted)
        if not any(isinstance(element, list) for element in wanted):
            return found
    for element in wanted:
        found = either(found, _is_element(walk, operand, element))
    return found


def _is_element(walk: Walk, operand: object, element: object) -> Truth:
    if isinstance(element, Range) and not isinstance(operand, Range):
        try:
            found = is_within(operand, element)
        except Fault as fault:
            found = Undetermined(frozenset(), frozenset({str(fault)}))
    else:
        found = equal_or_open(element, operand)
    return False if walk.is_open and isinstance(found, Undetermined) else found


# Ranges as values


def span(walk: Walk, node: Within) -> object:
    low, high = walk.value(node.low), walk.value(node.high)
    return walk.strictly(
        lambda start, end: _range(Range(start, end, node.includes_low, node.includes_high)), low, high
    )


def half_open(walk: Walk, node: Against) -> object:
    """`< 5` and its like as a value: the range that has no end on its other side; `= 5` is the range of the one value."""

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

    return walk.strictly(reckon, walk.value(node.operand))


def _range(found: Range) -> Range:
    """The range, if its ends are of one kind that has an order. Raises Fault."""
    kinds = {_kind_of_end(end) for end in (found.low, found.high) if end is not None}
    if len(kinds) != 1 or not kinds <= ORDERED:
        raise Fault("the ends of a range are values of one kind that has an order")
    return found


def _kind_of_end(end: object) -> object:
    return kind_of(end)
