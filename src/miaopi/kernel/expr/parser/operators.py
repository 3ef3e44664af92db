"""What stands after a value: operators, parts, filters, calls of a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from miaopi.kernel.expr.lexer import Kind
from miaopi.kernel.expr.parser.calls import arguments
from miaopi.kernel.expr.parser.cursor import COMPARISON, ITEM, STRENGTHS, Cursor
from miaopi.kernel.expr.parser.shapes import element_of, parts_of
from miaopi.kernel.expr.parser.tests import membership
from miaopi.kernel.expr.tree import (
    ARITHMETIC,
    COMPARISONS,
    And,
    Arithmetic,
    Between,
    Compare,
    Filter,
    InstanceOf,
    Invoke,
    Node,
    Or,
    Property,
    Span,
    reads,
)


def _chain(cursor: Cursor, left: Node) -> Node:
    word, operands = cursor.token.text, [left]
    while cursor.at(word):
        cursor.advance()
        operands.append(cursor.expression(STRENGTHS[word]))
    kind = And if word == "and" else Or
    return kind(cursor.span(left, operands[-1]), tuple(operands))


def _comparison(cursor: Cursor, left: Node) -> Node:
    operator = cursor.advance().text
    right = cursor.expression(COMPARISON)
    return Compare(cursor.span(left, right), operator, left, right)


def _arithmetic(cursor: Cursor, left: Node) -> Node:
    operator = cursor.advance().text
    right = cursor.expression(STRENGTHS[operator])
    return Arithmetic(cursor.span(left, right), operator, left, right)


def _between(cursor: Cursor, left: Node) -> Node:
    cursor.advance()
    low = cursor.expression(COMPARISON)
    cursor.take("and")
    high = cursor.expression(COMPARISON)
    return Between(cursor.span(left, high), left, low, high)


def _instance_of(cursor: Cursor, left: Node) -> Node:
    cursor.advance()
    cursor.take("of")
    kind, end = cursor.type()
    return InstanceOf(Span(left.span.start, end), left, kind)


def _part(cursor: Cursor, left: Node) -> Node:
    dot = cursor.token
    parts = parts_of(cursor.shape(left))
    cursor.part_name(dot.span.end, parts)
    name = cursor.token
    if name.kind is not Kind.NAME:
        raise cursor.unexpected("the name of a part")
    cursor.move_to(name.span.end)
    return Property(cursor.span(left, name), left, name.text)


def _filter(cursor: Cursor, left: Node) -> Node:
    opening, outer = cursor.token, cursor.scope()
    element = element_of(cursor.shape(left))
    fields = dict(element.entries) if cursor.source.is_open else {}
    cursor.bind({ITEM: element, **fields})
    cursor.move_to(opening.span.end)
    test = cursor.enclosed()
    if not cursor.at("]"):
        raise cursor.unexpected("]")
    cursor.leave(outer)
    return Filter(cursor.span(left, cursor.advance()), left, test, reads(test, ITEM))


def _invoke(cursor: Cursor, left: Node) -> Node:
    given, names, closing = arguments(cursor)
    return Invoke(cursor.span(left, closing), left, given, names)


AFTER: Final[Mapping[str, Callable[[Cursor, Node], Node]]] = {
    **dict.fromkeys(("and", "or"), _chain),
    **dict.fromkeys(COMPARISONS, _comparison),
    **dict.fromkeys(ARITHMETIC, _arithmetic),
    "between": _between,
    "in": membership,
    "instance": _instance_of,
    ".": _part,
    "[": _filter,
    "(": _invoke,
}
