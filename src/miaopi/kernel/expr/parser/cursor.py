"""Where reading stands: one token ahead, the names in scope at this place, and how deep it is."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.lexer import BLANK, Kind, Source, Token, name_token, read_token
from miaopi.kernel.expr.parser.lexicon import PARTS, WORDS_OF_FUNCTIONS, WORDS_OF_PARTS, Lexicon
from miaopi.kernel.expr.parser.shapes import Shapes
from miaopi.kernel.expr.tree import COMPARISONS, Node, Span
from miaopi.kernel.expr.types import Type, read_type
from miaopi.kernel.expr.vocabulary import Vocabulary

ITEM: Final = "item"  # the element that a filter looks at
PARTIAL: Final = "partial"  # what a `for` has given so far
INPUT: Final = "?"  # what unary tests look at
DEEPEST: Final = 100  # levels of one expression inside another, and of the tree

# How strongly an operator binds; what follows a word in brackets of any kind starts again at ANYTHING.
ANYTHING, OR, AND, COMPARISON, SUM, PRODUCT, POWER, SIGN = range(8)
STRENGTHS: Final[Mapping[str, int]] = {
    "or": OR,
    "and": AND,
    **dict.fromkeys((*COMPARISONS, "between", "in", "instance"), COMPARISON),
    **dict.fromkeys("+-", SUM),
    **dict.fromkeys(("*", "/"), PRODUCT),
    "**": POWER,
    **dict.fromkeys(".[(", SIGN),
}


class Cursor:
    """One token ahead. `types` is the scope at this place: `outside` has the names that were given, `inside` those that are
    bound within the text; `locals` lists them in their order, each with what it hides. `fields` are the parts that contexts
    within the text have, beside those of the names that were given.
    """

    def __init__(
        self,
        source: Source,
        lexicon: Lexicon,
        before: Mapping[str, Callable[[Cursor], Node]],
        after: Mapping[str, Callable[[Cursor, Node], Node]],
    ) -> None:
        self.source = source
        self.lexicon = lexicon
        self.outside, self.inside, self.fields = lexicon.vocabulary, Vocabulary(), Vocabulary()
        self.types = ChainMap[str, Type]({}, lexicon.types)  # type: ignore[arg-type]  # only the first one is written to
        self.before, self.after = before, after
        self.shapes = Shapes()
        self.locals: list[tuple[str, Type | None]] = []
        self.bound: dict[str, int] = {}
        self.depth = 0
        self.ends_at_bracket = False  # in `[1..5[` the last bracket closes the range, it opens no filter
        self.token = read_token(source, 0, WORDS_OF_FUNCTIONS, self.outside, self.inside)

    # Moving on

    def advance(self) -> Token:
        """The current token, having moved past it."""
        token = self.token
        self.move_to(token.span.end)
        return token

    def move_to(self, position: int) -> None:
        self.token = read_token(self.source, position, WORDS_OF_FUNCTIONS, self.outside, self.inside)

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
            raise self.source.excess(self.token.span, f"more than {DEEPEST} levels inside one another")

    # Text that is read by its form, before names are

    def written(self, pattern: re.Pattern[str], position: int | None = None) -> re.Match[str] | None:
        """What of the text from the token at hand on has that form."""
        return pattern.match(self.source.text, self.token.span.start if position is None else position)

    def type(self) -> tuple[Type, int]:
        """The type written here, and where it ends. Raises DefinitionError."""
        start = self.token.span.start
        try:
            found, end = read_type(self.source.text, start, self.lexicon.known, spend=self.source.spend)
        except DefinitionError as error:
            raise self.source.error(self.token.span, error.message) from None
        self.move_to(end)
        return found, end

    # Scopes

    def bind(self, names: Mapping[str, Type]) -> None:
        """From here on these names are in scope, too; the token at hand was read without them."""
        for name, kind in names.items():
            self.locals.append((name, self.types.get(name)))
            self.types[name] = kind
            self.bound[name] = self.bound.get(name, 0) + 1
            self.inside.add(name)

    def shape(self, node: Node) -> Type:
        """What is known here of the value."""
        return self.shapes.of(node, self.types)

    def is_local(self, name: str) -> bool:
        """Whether the name is bound within the text."""
        return self.bound.get(name, 0) > 0

    def scope(self) -> Scope:
        return len(self.locals), self.depth

    def leave(self, outer: Scope) -> None:
        """Read the token at hand again, for the names within are gone."""
        count, self.depth = outer
        while len(self.locals) > count:
            name, hidden = self.locals.pop()
            self.bound[name] -= 1
            self.inside.remove(name)
            if hidden is None:
                del self.types[name]
            else:
                self.types[name] = hidden
        self.move_to(self.token.span.start)

    # Operators

    def expression(self, strength: int = ANYTHING) -> Node:
        """Everything that binds more strongly than `strength`."""
        self.deepen()
        token = self.token
        if token.text in self.before and token.kind in (Kind.SYMBOL, Kind.KEYWORD):
            left = self.before[token.text](self)
        elif token.kind in (Kind.KEYWORD, Kind.SYMBOL, Kind.END):
            raise self.unexpected("a value")
        else:
            left = self.before[token.kind.name](self)
        left = self.extended(left, strength)
        self.depth -= 1
        return left

    def extended(self, left: Node, strength: int) -> Node:
        """What is to the left, with all that follows and binds more strongly. Each operator is one level more."""
        count = 0
        while self.strength_at_hand() > strength:
            left = self.after[self.token.text](self, left)
            count += 1
            if count > DEEPEST:
                raise self.source.error(left.span, f"the expression is more than {DEEPEST} levels deep")
        return left

    def enclosed(self) -> Node:
        """An expression within brackets of its own."""
        outer, self.ends_at_bracket = self.ends_at_bracket, False
        found = self.expression()
        self.ends_at_bracket = outer
        return found

    def strength_at_hand(self) -> int:
        """How strongly the token at hand ties to what is on its left; what is no operator does not."""
        if self.token.kind not in (Kind.SYMBOL, Kind.KEYWORD) or (self.ends_at_bracket and self.at("[")):
            return ANYTHING
        return STRENGTHS.get(self.token.text, ANYTHING)

    def items(self, closing: str) -> tuple[Node, ...]:
        """Expressions with commas between them, up to the closing bracket or whatever else ends them."""
        found: list[Node] = []
        while not self.at(closing):
            found.append(self.enclosed())
            if not self.at(","):
                break
            self.advance()
        return tuple(found)

    def part_name(self, position: int, parts: Mapping[str, Type]) -> None:
        """Read the token at hand again as the name of a part, one of these if they are known; it may be a word of the language,
        too.
        """
        start = self.skip_blanks(position)
        found = [
            match
            for fields in (WORDS_OF_PARTS, self.lexicon.fields, self.fields)
            for match in fields.matches(self.source.text, start, self.source.spend)
            if not parts or match[0] in parts or match[0] in PARTS
        ]
        if found:
            name, end = max(found, key=lambda match: match[1])
            self.token = name_token(self.source, name, Span(start, end))
        else:
            self.token = read_token(self.source, position)

    def skip_blanks(self, position: int) -> int:
        while blank := BLANK.match(self.source.text, position):
            position = blank.end()
        return position


Scope = tuple[int, int]
