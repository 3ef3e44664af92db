"""Ranges (DMN 1.5 §10.3.2.7): two ends with brackets, or one end after a sign of comparison."""

from __future__ import annotations

from miaopi.kernel.expr.lexer import Token
from miaopi.kernel.expr.parser.cursor import COMPARISON, Cursor
from miaopi.kernel.expr.tree import Against, Node, Within


def range_from(cursor: Cursor, opening: Token, low: Node) -> Within:
    """The rest of the range, whose lower end has been read."""
    cursor.take("..")
    outer, cursor.ends_at_bracket = cursor.ends_at_bracket, True
    high = cursor.expression(COMPARISON)
    cursor.ends_at_bracket = outer
    closing = cursor.take("]", ")", "[")
    return Within(cursor.span(opening, closing), low, high, opening.text == "[", closing.text == "]")


def outward_range(cursor: Cursor) -> Node:
    """`]1..3]`."""
    opening = cursor.advance()
    return range_from(cursor, opening, cursor.expression(COMPARISON))


def half_open(cursor: Cursor) -> Node:
    """`< 5` as a value."""
    operator = cursor.advance()
    operand = cursor.expression(COMPARISON)
    return Against(cursor.span(operator, operand), operator.text, operand)
