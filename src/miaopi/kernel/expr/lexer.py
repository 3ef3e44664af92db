"""Text to tokens, one at a time, with the names that are in scope at that place.

FEEL's names may hold dots, spaces and Chinese; what is one name depends on which names there are. So the longest name in
scope wins, and the parser hands in the scope of each token.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal, DecimalException
from enum import Enum, auto
from functools import cached_property
from typing import Final, NamedTuple

from miaopi.kernel.errors import BudgetError, DefinitionError
from miaopi.kernel.expr.tree import Span
from miaopi.kernel.expr.values import DECIMAL128
from miaopi.kernel.expr.vocabulary import LETTER, LONGEST_NAME, PART, Vocabulary, longest

SENTENCES = ("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between")
KEYWORDS: Final = frozenset(
    {*SENTENCES, "and", "or", "not", "true", "false", "null", "function", "instance", "of"}
)
ENDS_OF_NAMES: Final = KEYWORDS - {"of"}  # which follows `instance` alone
LONGEST_EXPRESSION: Final = 65_536  # characters
MOST_STEPS: Final = 400_000  # of looking for names in one text
DIGITS: Final = 34  # what decimal128 holds

BLANK: Final = re.compile(r"[\s\u180e\u200b\ufeff]+|//[^\n]*|/\*.*?\*/", re.DOTALL)
WORD: Final = re.compile(LETTER + PART + "*")
NUMBER_TEXT: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9}(?![\w.]))?")
STRING_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
LINE_END: Final = re.compile("\n")
SYMBOL: Final = re.compile(r"\.\.|\*\*|!=|<=|>=|[-+*/=<>()\[\]{},:.@?]")
NEXT_WORD: Final = re.compile(rf"\s+({PART}+)")
PLAIN_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Kind(Enum):
    NUMBER = auto()
    STRING = auto()
    NAME = auto()
    KEYWORD = auto()
    SYMBOL = auto()
    END = auto()


class Token(NamedTuple):
    """`text` is the name as declared, the keyword or the symbol; `value` that of a number or string."""

    kind: Kind
    text: str
    span: Span
    value: Decimal | str | None = None


class Source:
    """The text of one expression, and where errors in it are said to be. An open one may hold names nobody declared."""

    def __init__(self, text: str, where: str, *, is_open: bool = False) -> None:
        self.text = text
        self.where = where or "expression"
        self.is_open = is_open
        self.steps = 0
        if len(text) > LONGEST_EXPRESSION:
            raise BudgetError(self.where, f"an expression has at most {LONGEST_EXPRESSION} characters")

    def spend(self, steps: int) -> None:
        """Raises BudgetError for a text that takes too long to be read."""
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise BudgetError(self.where, f"reading the expression takes more than {MOST_STEPS} steps")

    def place(self, span: Span) -> str:
        """`character 7`, or `line 2, character 3` where the text has several lines; counted from 1."""
        if not self._ends_of_lines:
            return f"character {span.start + 1}"
        line = bisect_left(self._ends_of_lines, span.start)
        character = span.start - (self._ends_of_lines[line - 1] if line else -1)
        return f"line {line + 1}, character {character}"

    @cached_property
    def _ends_of_lines(self) -> list[int]:
        return [found.start() for found in LINE_END.finditer(self.text)]

    def error(self, span: Span, message: str) -> DefinitionError:
        return DefinitionError(self.where, f"{self.place(span)}: {message}")

    def excess(self, span: Span, message: str) -> BudgetError:
        return BudgetError(self.where, f"{self.place(span)}: {message}")


def read_token(source: Source, position: int, *vocabularies: Vocabulary) -> Token:
    """The next token at or after the position. Raises DefinitionError."""
    text = source.text
    start = position
    while blank := BLANK.match(text, start):
        start = blank.end()
    if start == len(text):
        return Token(Kind.END, "the end", Span(start, start))
    if found := WORD.match(text, start):
        return _word(source, start, found.group(), vocabularies)
    if found := NUMBER_TEXT.match(text, start):
        return _number(source, Span(start, found.end()), found.group())
    if found := STRING_TEXT.match(text, start):
        span = Span(start, found.end())
        return Token(Kind.STRING, "a string", span, _unescape(source, span, found.group(1)))
    if found := SYMBOL.match(text, start):
        return Token(Kind.SYMBOL, found.group(), Span(start, found.end()))
    if text[start] == '"':
        raise source.error(Span(start, len(text)), "the string has no closing quotation mark")
    raise source.error(Span(start, start + 1), f"the sign {text[start]} has no meaning here")


def _word(source: Source, start: int, word: str, vocabularies: tuple[Vocabulary, ...]) -> Token:
    known = longest(source.text, start, source.spend, *vocabularies)
    if known is None and word in KEYWORDS:
        return Token(Kind.KEYWORD, word, Span(start, start + len(word)))
    name, end = known or (word, start + len(word))
    return name_token(source, name, Span(start, end))


def name_token(source: Source, name: str, span: Span) -> Token:
    """The name, with the words that follow it: two words one after the other can only be one name, even if nobody declared
    it. A decision has no such names.
    """
    end = span.end
    while (
        source.is_open
        and (found := NEXT_WORD.match(source.text, end))
        and found.group(1) not in ENDS_OF_NAMES
    ):
        name, end = f"{name} {found.group(1)}", found.end()
        if len(name) > LONGEST_NAME:
            break
    if len(name) > LONGEST_NAME:
        raise source.excess(span, f"a name has at most {LONGEST_NAME} characters")
    return Token(Kind.NAME, name, Span(span.start, end))


def _number(source: Source, span: Span, digits: str) -> Token:
    whole = digits.lower().partition("e")[0].replace(".", "").lstrip("0")
    if len(whole) > DIGITS and not source.is_open:
        raise source.error(span, f"a number has at most {DIGITS} digits")
    try:
        return Token(Kind.NUMBER, "a number", span, DECIMAL128.create_decimal(digits))
    except DecimalException:
        raise source.error(span, "the number is too great") from None


def _unescape(source: Source, span: Span, raw: str) -> str:
    def replace(found: re.Match[str]) -> str:
        code = found.group(1)
        if code in PLAIN_ESCAPES:
            return PLAIN_ESCAPES[code]
        if len(code) == 1 and source.is_open:
            return found.group()
        if len(code) == 1 or int(code[1:], 16) > 0x10FFFF:
            raise source.error(span, f"the escape \\{code} has no meaning")
        return chr(int(code[1:], 16))

    text = ESCAPE.sub(replace, raw)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # \uD83D\uDE00 is one character
    except UnicodeDecodeError:
        raise source.error(span, "half of a surrogate pair is no character") from None
