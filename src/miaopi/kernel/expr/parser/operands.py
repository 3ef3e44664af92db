"""What a value begins with: a literal, a name, a bracket, a sign, or the word of a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from miaopi.kernel.expr.lexer import STRING_TEXT, Kind, Token, read_token
from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.parser.calls import NAMED, arguments
from miaopi.kernel.expr.parser.cursor import INPUT, POWER, Cursor
from miaopi.kernel.expr.parser.ranges import half_open, outward_range, range_from
from miaopi.kernel.expr.parser.sentences import conditional, function, loop
from miaopi.kernel.expr.temporal import read_duration, read_temporal
from miaopi.kernel.expr.tree import (
    COMPARISONS,
    Call,
    ContextOf,
    Entry,
    ListOf,
    Literal,
    Mistake,
    Name,
    Negative,
    Node,
    Not,
    Span,
)
from miaopi.kernel.expr.values import Fault
from miaopi.kernel.expr.vocabulary import LETTER

CONSTANTS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None}
KEY: Final = re.compile(rf"({LETTER}(?:[^:{{}}\[\]()\",]*[^\s:{{}}\[\]()\",])?)\s*(?=:)")


def _written(cursor: Cursor) -> Node:
    token = cursor.advance()
    return Literal(token.span, token.value)


def _constant(cursor: Cursor) -> Node:
    token = cursor.advance()
    return Literal(token.span, CONSTANTS[token.text])


def _name(cursor: Cursor) -> Node:
    token = cursor.advance()
    name = Name(token.span, token.text, cursor.is_local(token.text))
    if not cursor.at("("):
        return name
    if token.text in FUNCTIONS and not _is_function(cursor, token.text):
        return _call(cursor, token)
    if cursor.source.is_open or token.text in cursor.types:
        return name
    raise cursor.source.error(token.span, f"there is no function {token.text}")


def _call(cursor: Cursor, token: Token) -> Node:
    """A call of a function of the language. Which kind of duration a written text is shows at once."""
    given, names, closing = arguments(cursor)
    span = cursor.span(token, closing)
    match given:
        case (Literal(value=str(text)),) if token.text == "duration" and not cursor.source.is_open:
            return _temporal(cursor, span, text, read_duration)
        case _:
            return Call(span, token.text, given, names)


def _temporal(cursor: Cursor, span: Span, text: str, read: Callable[[str], object]) -> Node:
    try:
        return Literal(span, read(text))
    except Fault as fault:
        if cursor.source.is_open:
            return Mistake(span, str(fault))
        raise cursor.source.error(span, str(fault)) from None


def _is_function(cursor: Cursor, name: str) -> bool:
    return name in cursor.types and cursor.types[name].name == "function"


def _at_literal(cursor: Cursor) -> Node:
    sign = cursor.advance()
    if cursor.token.kind is not Kind.STRING:
        raise cursor.unexpected("a string")
    text = cursor.advance()
    return _temporal(cursor, cursor.span(sign, text), str(text.value), read_temporal)


def _negative(cursor: Cursor) -> Node:
    sign = cursor.advance()
    operand = cursor.expression(POWER)
    return Negative(cursor.span(sign, operand), operand)


def _negation(cursor: Cursor) -> Node:
    """`not(a)`, or by the name of its parameter (DMN 1.5 table 75)."""
    word = cursor.advance()
    cursor.take("(")
    if (named := cursor.written(NAMED)) and named.group(1) == "negand":
        cursor.move_to(named.end())
    operand = cursor.enclosed()
    return Not(cursor.span(word, cursor.take(")")), operand)


def _parenthesis(cursor: Cursor) -> Node:
    opening = cursor.advance()
    inner = cursor.enclosed()
    if cursor.at(".."):
        return range_from(cursor, opening, inner)
    cursor.take(")")
    return inner


def _list_of(cursor: Cursor) -> Node:
    opening = cursor.advance()
    items = cursor.items("]")
    if len(items) == 1 and cursor.at(".."):
        return range_from(cursor, opening, items[0])
    return ListOf(cursor.span(opening, cursor.take("]")), items)


def _input(cursor: Cursor) -> Node:
    return Name(cursor.advance().span, INPUT)


def _context(cursor: Cursor) -> Node:
    opening, outer = cursor.token, cursor.scope()
    cursor.deepen()
    entries: list[Entry] = []
    position = cursor.skip_blanks(opening.span.end)
    while not cursor.source.text.startswith("}", position):
        key, start = _key(cursor, position)
        cursor.move_to(start)
        cursor.take(":")
        value = cursor.enclosed()
        entries.append(Entry(Span(position, value.span.end), key, value))
        if not cursor.at(","):
            break
        cursor.fields.add(key)
        cursor.bind({key: cursor.shape(value)})
        position = cursor.skip_blanks(cursor.token.span.end)
    else:
        cursor.move_to(position)
    if not cursor.at("}"):
        raise cursor.unexpected("}")
    if entries:
        cursor.fields.add(entries[-1].key)
    cursor.leave(outer)
    return ContextOf(cursor.span(opening, cursor.advance()), tuple(entries))


def _key(cursor: Cursor, position: int) -> tuple[str, int]:
    """The key written there – a name, whatever signs it holds, or a string – and where it ends."""
    if found := cursor.written(KEY, position):
        return " ".join(found.group(1).split()), found.end()
    if cursor.written(STRING_TEXT, position):
        token = read_token(cursor.source, position)
        return str(token.value), token.span.end
    cursor.move_to(position)
    raise cursor.unexpected("a key")


BEFORE: Final[Mapping[str, Callable[[Cursor], Node]]] = {
    Kind.NUMBER.name: _written,
    Kind.STRING.name: _written,
    Kind.NAME.name: _name,
    **dict.fromkeys(CONSTANTS, _constant),
    **dict.fromkeys(COMPARISONS, half_open),
    "-": _negative,
    "not": _negation,
    "(": _parenthesis,
    "[": _list_of,
    "]": outward_range,
    "{": _context,
    "function": function,
    "?": _input,
    "@": _at_literal,
    "if": conditional,
    "for": loop,
    "some": loop,
    "every": loop,
}
