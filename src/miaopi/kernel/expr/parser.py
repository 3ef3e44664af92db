"""Tokens to tree: recursive descent for what has a word of its own, binding strength for operators.

It says of everything FEEL has and this cut does not read what it is, where it stands and that it comes with step 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.functions import FUNCTIONS, NOT_YET
from miaopi.kernel.expr.lexer import WORD, Kind, Source, Token, Vocabulary, read_token
from miaopi.kernel.expr.temporal import read_duration, read_temporal
from miaopi.kernel.expr.tree import (
    COMPARISONS,
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Equals,
    Filter,
    For,
    If,
    In,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    Span,
    Within,
    children,
    height,
)
from miaopi.kernel.expr.values import Fault

ITEM: Final = "item"  # the element that a filter looks at
DEEPEST: Final = 100  # levels of one expression inside another, and of the tree

# How strongly an operator binds; what follows a word in brackets of any kind starts again at ANYTHING.
ANYTHING, OR, AND, COMPARISON, SUM, PRODUCT, SIGN = range(7)
STRENGTHS: Final[Mapping[str, int]] = {
    "or": OR,
    "and": AND,
    **dict.fromkeys((*COMPARISONS, "between", "in", "instance"), COMPARISON),
    **dict.fromkeys("+-", SUM),
    **dict.fromkeys(("*", "/", "**"), PRODUCT),
    **dict.fromkeys(".[(", SIGN),
}
CONSTANTS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None}


def parse(source: Source, names: Iterable[str]) -> Node:
    """The tree of the text. Raises DefinitionError."""
    root = _Parser(source, names).whole()
    if height(root) > DEEPEST:
        raise source.error(root.span, f"the expression is more than {DEEPEST} levels deep")
    return root


@lru_cache(maxsize=64)
def _vocabulary(names: frozenset[str]) -> Vocabulary:
    """Built once for a package, whose expressions share their names: with 82 it took twice as long as reading one."""
    return Vocabulary(names, (*FUNCTIONS, *NOT_YET))


def _reads_item(test: Node) -> bool:
    waiting = [test]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and node.name == ITEM and node.is_local:
            return True
        waiting.extend(children(node))
    return False


class _Parser:
    """One token ahead. `vocabulary` is the scope at this place."""

    def __init__(self, source: Source, names: Iterable[str]) -> None:
        self.source = source
        self.vocabulary = _vocabulary(frozenset(names))
        self.locals: tuple[str, ...] = ()
        self.depth = 0
        self.ends_at_bracket = False  # in `[1..5[` the last bracket closes the range, it opens no filter
        self.token = read_token(source, 0, self.vocabulary)

    def whole(self) -> Node:
        root = self.expression()
        if self.token.kind is not Kind.END:
            raise self.unexpected("an operator or the end")
        return root

    # Moving on

    def advance(self) -> Token:
        """The current token, having moved past it."""
        token = self.token
        self.token = read_token(self.source, token.span.end, self.vocabulary)
        return token

    def at(self, *texts: str) -> bool:
        return self.token.kind in (Kind.SYMBOL, Kind.KEYWORD) and self.token.text in texts

    def take(self, *texts: str) -> Token:
        if not self.at(*texts):
            raise self.unexpected(" or ".join(texts))
        return self.advance()

    def unexpected(self, wanted: str) -> DefinitionError:
        return self.source.error(self.token.span, f"{wanted} is expected here, not {self.token.text}")

    def span(self, first: Node | Token, last: Node | Token) -> Span:
        return Span(first.span.start, last.span.end)

    def deepen(self) -> None:
        """One level further in; an engine may walk the tree by recursion, so there is an end to it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.source.error(self.token.span, f"more than {DEEPEST} levels inside one another")

    # Operators

    def expression(self, strength: int = ANYTHING) -> Node:
        """Everything that binds more strongly than `strength`."""
        self.deepen()
        left = self.operand()
        while self.strength_at_hand() > strength:
            left = self.extend(left)
        self.depth -= 1
        return left

    def strength_at_hand(self) -> int:
        """How strongly the token at hand ties to what is on its left; what is no operator does not."""
        if self.token.kind not in (Kind.SYMBOL, Kind.KEYWORD) or (self.ends_at_bracket and self.at("[")):
            return ANYTHING
        return STRENGTHS.get(self.token.text, ANYTHING)

    def extend(self, left: Node) -> Node:
        """The operator at hand, with what is to the left of it."""
        operator = self.token.text
        if operator in ("and", "or"):
            return self.chain(left, operator)
        if operator in COMPARISONS:
            self.advance()
            right = self.expression(COMPARISON)
            return Compare(self.span(left, right), operator, left, right)
        if operator in ("+", "-", "*", "/"):
            self.advance()
            right = self.expression(STRENGTHS[operator])
            return Arithmetic(self.span(left, right), operator, left, right)
        return self.AFTER[operator](self, left)

    def chain(self, left: Node, word: str) -> Node:
        operands = [left]
        while self.at(word):
            self.advance()
            operands.append(self.expression(STRENGTHS[word]))
        kind = And if word == "and" else Or
        return kind(self.span(left, operands[-1]), tuple(operands))

    def between(self, left: Node) -> Node:
        self.advance()
        low = self.expression(COMPARISON)
        self.take("and")
        high = self.expression(COMPARISON)
        return Between(self.span(left, high), left, low, high)

    def part(self, left: Node) -> Node:
        self.advance()
        if self.token.kind is not Kind.NAME or not WORD.fullmatch(self.token.text):
            raise self.unexpected("the name of a part")
        name = self.advance()
        if name.text == "timezone" or (name.text == "time" and self.token.text == "offset"):
            raise self.source.not_yet(name.span, "the zone of a moment")
        return Property(self.span(left, name), left, name.text)

    def not_yet(self, construct: str) -> DefinitionError:
        return self.source.not_yet(self.token.span, construct)

    def filtered(self, left: Node) -> Node:
        self.advance()
        outer = self.locals
        self.locals = (*outer, ITEM)
        test = self.expression()
        self.locals = outer
        return Filter(self.span(left, self.take("]")), left, test, _reads_item(test))

    def call_of_value(self, left: Node) -> Node:
        raise self.not_yet("a call of something other than a function's name")

    def power(self, left: Node) -> Node:
        raise self.not_yet("the power operator **")

    def instance_of(self, left: Node) -> Node:
        raise self.not_yet("instance of")

    # in

    def membership(self, left: Node) -> Node:
        self.advance()
        if not self.at("("):
            test = self.test()
            return In(self.span(left, test), left, (test,))
        opening = self.advance()
        first = self.test()
        if isinstance(first, Equals) and self.at(".."):
            test = self.range_from(opening, first.operand)
            return In(self.span(left, test), left, (test,))
        tests = [first]
        while self.at(","):
            self.advance()
            tests.append(self.test())
        return In(self.span(left, self.take(")")), left, tuple(tests))

    def test(self) -> Equals | Against | Within:
        if self.at(*COMPARISONS):
            operator = self.advance()
            operand = self.expression(COMPARISON)
            return Against(self.span(operator, operand), operator.text, operand)
        if self.at("]"):
            opening = self.advance()
            return self.range_from(opening, self.expression(COMPARISON))
        if self.at("["):
            opening = self.advance()
            items = self.items("]")
            if len(items) == 1 and self.at(".."):
                return self.range_from(opening, items[0])
            closing = self.take("]")
            return Equals(self.span(opening, closing), ListOf(self.span(opening, closing), items))
        if self.at("("):
            opening = self.advance()
            operand = self.expression()
            if self.at(".."):
                return self.range_from(opening, operand)
            self.take(")")
            return Equals(operand.span, operand)
        operand = self.expression(COMPARISON)
        return Equals(operand.span, operand)

    def range_from(self, opening: Token, low: Node) -> Within:
        self.take("..")
        self.ends_at_bracket = True
        high = self.expression(COMPARISON)
        self.ends_at_bracket = False
        closing = self.take("]", ")", "[")
        return Within(self.span(opening, closing), low, high, opening.text == "[", closing.text == "]")

    def items(self, closing: str) -> tuple[Node, ...]:
        """Expressions with commas between them, up to the closing bracket or whatever else ends them."""
        found: list[Node] = []
        while not self.at(closing):
            found.append(self.expression())
            if not self.at(","):
                break
            self.advance()
        return tuple(found)

    # Operands

    def operand(self) -> Node:
        token = self.token
        if token.kind in (Kind.NUMBER, Kind.STRING):
            self.advance()
            return Literal(token.span, token.value)
        if token.kind is Kind.NAME:
            return self.name()
        if token.text in CONSTANTS and token.kind is Kind.KEYWORD:
            self.advance()
            return Literal(token.span, CONSTANTS[token.text])
        starts = self.BEFORE.get(token.text)
        if starts is None or token.kind is Kind.END:
            raise self.unexpected("a value")
        return starts(self)

    def name(self) -> Node:
        token = self.advance()
        if not self.at("("):
            return Name(token.span, token.text, token.text in self.locals)
        if token.text in NOT_YET:
            raise self.source.not_yet(token.span, f"the function {token.text}")
        self.advance()
        arguments = self.items(")")
        if self.at(":"):
            raise self.not_yet("an argument given by name")
        span = self.span(token, self.take(")"))
        if token.text == "duration":
            return self.duration(span, arguments)
        if token.text not in FUNCTIONS:
            raise self.source.error(token.span, f"there is no function {token.text}")
        return Call(span, token.text, arguments)

    def duration(self, span: Span, arguments: tuple[Node, ...]) -> Node:
        match arguments:
            case (Literal(value=str(text)),):
                return self.literal(span, text, read_duration)
            case _:
                raise self.source.not_yet(span, "a duration from anything but one written text")

    def at_literal(self) -> Node:
        sign = self.advance()
        if self.token.kind is not Kind.STRING:
            raise self.unexpected("a string")
        text = self.advance()
        return self.literal(self.span(sign, text), str(text.value), read_temporal)

    def literal(self, span: Span, text: str, read: Callable[[str], object]) -> Node:
        try:
            return Literal(span, read(text))
        except Fault as fault:
            raise self.source.error(span, str(fault)) from None

    def negative(self) -> Node:
        sign = self.advance()
        operand = self.expression(PRODUCT)
        return Negative(self.span(sign, operand), operand)

    def negation(self) -> Node:
        word = self.advance()
        self.take("(")
        operand = self.expression()
        return Not(self.span(word, self.take(")")), operand)

    def parenthesis(self) -> Node:
        self.advance()
        inner = self.expression()
        if self.at(".."):
            raise self.not_yet("a range outside of in")
        self.take(")")
        return inner

    def list_of(self) -> Node:
        opening = self.advance()
        items = self.items("]")
        if self.at(".."):
            raise self.not_yet("a range outside of in")
        return ListOf(self.span(opening, self.take("]")), items)

    def lone_range(self) -> Node:
        raise self.not_yet("a range outside of in")

    def context(self) -> Node:
        raise self.not_yet("a context {…}")

    def function(self) -> Node:
        raise self.not_yet("a function of one's own")

    def question_mark(self) -> Node:
        raise self.not_yet("the question mark")

    # Words that open a sentence

    def conditional(self) -> Node:
        word = self.advance()
        condition = self.expression()
        self.take("then")
        then = self.expression()
        self.take("else")
        otherwise = self.expression()
        return If(self.span(word, otherwise), condition, then, otherwise)

    def loop(self) -> Node:
        """`for`, `some` or `every`: iterations, then a body that sees their names."""
        word = self.token.text
        opening, outer = self.token, (self.vocabulary, self.locals, self.depth)
        iterations: list[Iteration] = []
        while not iterations or self.at(","):
            self.advance()
            self.deepen()
            iterations.append(self.iteration())
            self.vocabulary = self.vocabulary.with_local(iterations[-1].name)
            self.locals = (*self.locals, iterations[-1].name)
        self.take("return" if word == "for" else "satisfies")
        body = self.expression()
        self.leave(outer)
        span = self.span(opening, body)
        if word == "for":
            return For(span, tuple(iterations), body)
        return Quantified(span, word == "every", tuple(iterations), body)

    def leave(self, outer: tuple[Vocabulary, tuple[str, ...], int]) -> None:
        """Read the token at hand again, for the names of the loop are gone."""
        self.vocabulary, self.locals, self.depth = outer
        self.token = read_token(self.source, self.token.span.start, self.vocabulary)

    def iteration(self) -> Iteration:
        if self.token.kind is not Kind.NAME or not WORD.fullmatch(self.token.text):
            raise self.unexpected("a plain name")
        name = self.advance()
        self.take("in")
        first = self.expression()
        if not self.at(".."):
            return Iteration(self.span(name, first), name.text, first)
        self.advance()
        last = self.expression()
        return Iteration(self.span(name, last), name.text, first, last)

    AFTER: Final[Mapping[str, Callable[[_Parser, Node], Node]]] = {
        "between": between,
        "in": membership,
        "instance": instance_of,
        ".": part,
        "[": filtered,
        "(": call_of_value,
        "**": power,
    }
    BEFORE: Final[Mapping[str, Callable[[_Parser], Node]]] = {
        "-": negative,
        "not": negation,
        "(": parenthesis,
        "[": list_of,
        "]": lone_range,
        "{": context,
        "function": function,
        "?": question_mark,
        "@": at_literal,
        "if": conditional,
        "for": loop,
        "some": loop,
        "every": loop,
    }
