"""Tests: what stands after `in`, and what stands in the cells of a decision table (DMN 1.5 §10.3.1.2, rules 7–17)."""

from __future__ import annotations

from miaopi.kernel.expr.lexer import Kind
from miaopi.kernel.expr.parser.cursor import ANYTHING, COMPARISON, INPUT, Cursor
from miaopi.kernel.expr.parser.ranges import range_from
from miaopi.kernel.expr.tree import (
    COMPARISONS,
    Against,
    Condition,
    Equals,
    In,
    Literal,
    Node,
    Test,
    UnaryTests,
    Within,
    reads,
)


def membership(cursor: Cursor, left: Node) -> Node:
    """`left in test` or `left in (test, …)`."""
    cursor.advance()
    if not cursor.at("("):
        test = _test(cursor, COMPARISON)
        return In(cursor.span(left, test), left, (test,))
    opening = cursor.advance()
    first = _test(cursor, ANYTHING)
    if isinstance(first, Equals) and cursor.at(".."):
        test = range_from(cursor, opening, first.operand)
        return In(cursor.span(left, test), left, (test,))
    tests = [first, *_more_tests(cursor)]
    closing = cursor.take(")")
    if len(tests) == 1 and isinstance(first, Equals) and cursor.strength_at_hand() > COMPARISON:
        operand = cursor.extended(first.operand, COMPARISON)
        return In(cursor.span(left, operand), left, (Equals(operand.span, operand),))
    return In(cursor.span(left, closing), left, tuple(tests))


def unary_tests(cursor: Cursor) -> Node:
    """The whole text as tests of `?`: a dash, tests, or `not(…)` of tests."""
    first = cursor.token
    if cursor.at("-"):
        cursor.advance()
        if cursor.token.kind is Kind.END:
            return Literal(first.span, True)
        cursor.move_to(first.span.start)
    if cursor.at("not"):
        negated = _negated(cursor)
        if negated is not None:
            return negated
        cursor.move_to(first.span.start)
    test = _test(cursor, ANYTHING)
    return UnaryTests(cursor.span(first, test), (test, *_more_tests(cursor)))


def _negated(cursor: Cursor) -> Node | None:
    """`not(…)` if it is the whole of the cell, and not the beginning of a condition."""
    word = cursor.advance()
    cursor.take("(")
    tests = (_test(cursor, ANYTHING), *_more_tests(cursor))
    closing = cursor.take(")")
    return UnaryTests(cursor.span(word, closing), tests, True) if cursor.token.kind is Kind.END else None


def _more_tests(cursor: Cursor) -> list[Test]:
    found = []
    while cursor.at(","):
        cursor.advance()
        found.append(_test(cursor, ANYTHING))
    return found


def _test(cursor: Cursor, strength: int) -> Test:
    if cursor.at(*COMPARISONS):
        operator = cursor.advance()
        operand = cursor.expression(COMPARISON)
        return Against(cursor.span(operator, operand), operator.text, operand)
    operand = cursor.expression(strength)
    if isinstance(operand, Within | Against):
        return operand
    return Condition(operand.span, operand) if reads(operand, INPUT) else Equals(operand.span, operand)
