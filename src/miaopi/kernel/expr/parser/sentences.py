"""Words that open a sentence: if, for, some, every, function."""

from __future__ import annotations

import re
from typing import Final

from miaopi.kernel.expr.lexer import WORD, Kind
from miaopi.kernel.expr.parser.cursor import PARTIAL, Cursor
from miaopi.kernel.expr.parser.shapes import element_of
from miaopi.kernel.expr.tree import For, If, Iteration, Lambda, Mistake, Node, Parameter, Quantified, reads
from miaopi.kernel.expr.types import ANY, LIST, NUMBER, Type
from miaopi.kernel.expr.vocabulary import LETTER, PART

ELSEWHERE: Final = "a function of another language is not run"
PARAMETER: Final = re.compile(rf"({LETTER}(?:[^:,()]*[^\s:,()])?)\s*(?=[:,)])")
VARIABLE: Final = re.compile(rf"({LETTER}{PART}*(?:[ \t\n\r.\-+*/'?]+{PART}+)*?[?']?)\s+in(?!{PART})")


def conditional(cursor: Cursor) -> Node:
    word = cursor.advance()
    condition = cursor.expression()
    cursor.take("then")
    then = cursor.expression()
    cursor.take("else")
    otherwise = cursor.expression()
    return If(cursor.span(word, otherwise), condition, then, otherwise)


def loop(cursor: Cursor) -> Node:
    """`for`, `some` or `every`: iterations, then a body that sees their names."""
    word = cursor.token.text
    opening, outer = cursor.token, cursor.scope()
    iterations: list[Iteration] = []
    while not iterations or cursor.at(","):
        cursor.advance()
        cursor.deepen()
        iterations.append(_iteration(cursor))
        cursor.bind({iterations[-1].name: _kind_of_element(cursor, iterations[-1])})
    if word == "for":
        cursor.bind({PARTIAL: LIST})
    cursor.take("return" if word == "for" else "satisfies")
    body = cursor.expression()
    cursor.leave(outer)
    span = cursor.span(opening, body)
    if word == "for":
        return For(span, tuple(iterations), body, reads(body, PARTIAL))
    return Quantified(span, word == "every", tuple(iterations), body)


def _kind_of_element(cursor: Cursor, iteration: Iteration) -> Type:
    return NUMBER if iteration.last is not None else element_of(cursor.shape(iteration.source))


def _iteration(cursor: Cursor) -> Iteration:
    name = cursor.token
    if cursor.source.is_open and (found := cursor.written(VARIABLE)):
        text = " ".join(found.group(1).split())
        cursor.move_to(found.end())
    else:
        if name.kind is not Kind.NAME or not WORD.fullmatch(name.text):
            raise cursor.unexpected("a plain name")
        text = cursor.advance().text
        cursor.take("in")
    first = cursor.expression()
    if not cursor.at(".."):
        return Iteration(cursor.span(name, first), text, first)
    cursor.advance()
    last = cursor.expression()
    return Iteration(cursor.span(name, last), text, first, last)


def function(cursor: Cursor) -> Node:
    """`function(a, b: number) body`."""
    word, outer = cursor.advance(), cursor.scope()
    cursor.deepen()
    if not cursor.at("("):
        raise cursor.unexpected("(")
    parameters = _parameters(cursor)
    cursor.bind({parameter.name: parameter.type for parameter in parameters})
    cursor.take(")")
    is_external = cursor.token.kind is Kind.NAME and cursor.token.text == "external"
    body = _external(cursor) if is_external else cursor.expression()
    result = cursor.shape(body)
    cursor.leave(outer)
    return Lambda(cursor.span(word, body), tuple(parameters), body, result)


def _external(cursor: Cursor) -> Node:
    """A body in another language: a model may hold it, and gets null from it."""
    word = cursor.advance()
    span = cursor.span(word, cursor.expression())
    if not cursor.source.is_open:
        raise cursor.source.error(span, ELSEWHERE)
    return Mistake(span, ELSEWHERE)


def _parameters(cursor: Cursor) -> list[Parameter]:
    """The parameters from the opening bracket to the closing one, which is then the token at hand."""
    found: list[Parameter] = []
    cursor.advance()
    while not cursor.at(")"):
        written, token = cursor.written(PARAMETER), cursor.token
        if written is None:
            raise cursor.unexpected("the name of a parameter")
        cursor.move_to(written.end())
        kind = _declared(cursor) if cursor.at(":") else ANY
        found.append(Parameter(token.span, " ".join(written.group(1).split()), kind))
        if not cursor.at(")"):
            cursor.take(",")
    return found


def _declared(cursor: Cursor) -> Type:
    cursor.advance()
    return cursor.type()[0]
