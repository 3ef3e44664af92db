"""Text to tokens, one at a time, with the names that are in scope at that place.

FEEL's names may hold dots, spaces and Chinese; what is one name depends on which names there are. So the longest name in
scope wins, and the parser hands in the scope of each token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.tree import Span

SENTENCES = ("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between")
KEYWORDS: Final = frozenset(
    {*SENTENCES, "and", "or", "not", "true", "false", "null", "function", "instance", "of"}
)
LONGEST_EXPRESSION: Final = 65_536  # characters
DIGITS: Final = 34  # what decimal128 holds

BLANK: Final = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
WORD: Final = re.compile(r"[^\W\d]\w*")
NUMBER_TEXT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
EXPONENT: Final = re.compile(r"[eE][+-]?[0-9]")
STRING_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
SYMBOL: Final = re.compile(r"\.\.|\*\*|!=|<=|>=|[-+*/=<>()\[\]{},:.@?]")
ATOM: Final = re.compile(r"\w+|[^\w\s]")
PLAIN_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Kind(Enum):
    NUMBER = auto()
    STRING = auto()
    NAME = auto()
    KEYWORD = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the name as declared, the keyword or the symbol; `value` that of a number or string."""

    kind: Kind
    text: str
    span: Span
    value: Decimal | str | None = None


class Source:
    """The text of one expression, and where errors in it are said to be."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where or "expression"
        if len(text) > LONGEST_EXPRESSION:
            raise DefinitionError(self.where, f"an expression has at most {LONGEST_EXPRESSION} characters")

    def place(self, span: Span) -> str:
        """`character 7`, or `line 2, character 3` where the text has several lines; counted from 1."""
        line = self.text.count("\n", 0, span.start) + 1
        character = span.start - self.text.rfind("\n", 0, span.start)
        return f"line {line}, character {character}" if "\n" in self.text else f"character {character}"

    def error(self, span: Span, message: str) -> DefinitionError:
        return DefinitionError(self.where, f"{self.place(span)}: {message}")

    def not_yet(self, span: Span, construct: str) -> DefinitionError:
        return self.error(span, f"{construct} is not read yet; it comes with step 3")


class Vocabulary:
    """Names by their first word, the longest first; functions count as names only in front of a bracket."""

    def __init__(self, names: Iterable[str], functions: Iterable[str]) -> None:
        self._patterns: dict[str, tuple[tuple[int, re.Pattern[str], str], ...]] = {}
        for name in names:
            self._add(name, r"(?!\w)")
        for function in functions:
            if " " in function:
                self._add(function, r"(?=\s*\()")

    def with_local(self, name: str) -> Vocabulary:
        """The same names and one more."""
        wider = Vocabulary((), ())
        wider._patterns = dict(self._patterns)
        wider._add(name, r"(?!\w)")
        return wider

    def _add(self, name: str, ending: str) -> None:
        atoms = ATOM.findall(name)
        pattern = re.compile(r"\s*".join(map(re.escape, atoms)) + ending)
        found = (*self._patterns.get(atoms[0], ()), (len(name), pattern, name))
        self._patterns[atoms[0]] = tuple(sorted(found, key=lambda entry: -entry[0]))

    def match(self, word: str, text: str, position: int) -> tuple[str, int] | None:
        """The longest name that begins with the word at the position, and where it ends."""
        for _, pattern, name in self._patterns.get(word, ()):
            if found := pattern.match(text, position):
                return name, found.end()
        return None


def read_token(source: Source, position: int, vocabulary: Vocabulary) -> Token:
    """The next token at or after the position. Raises DefinitionError."""
    text = source.text
    start = position
    while blank := BLANK.match(text, start):
        start = blank.end()
    if start == len(text):
        return Token(Kind.END, "the end", Span(start, start))
    if found := WORD.match(text, start):
        return _word(source, start, found.group(), vocabulary)
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


def _word(source: Source, start: int, word: str, vocabulary: Vocabulary) -> Token:
    if known := vocabulary.match(word, source.text, start):
        name, end = known
        return Token(Kind.NAME, name, Span(start, end))
    return Token(Kind.KEYWORD if word in KEYWORDS else Kind.NAME, word, Span(start, start + len(word)))


def _number(source: Source, span: Span, digits: str) -> Token:
    if EXPONENT.match(source.text, span.end):
        raise source.not_yet(span, "a number with an exponent")
    if len(digits.replace(".", "").lstrip("0")) > DIGITS:
        raise source.error(span, f"a number has at most {DIGITS} digits")
    return Token(Kind.NUMBER, "a number", span, Decimal(digits))


def _unescape(source: Source, span: Span, raw: str) -> str:
    def replace(found: re.Match[str]) -> str:
        code = found.group(1)
        if code in PLAIN_ESCAPES:
            return PLAIN_ESCAPES[code]
        if len(code) == 1 or int(code[1:], 16) > 0x10FFFF:
            raise source.error(span, f"the escape \\{code} has no meaning")
        return chr(int(code[1:], 16))

    text = ESCAPE.sub(replace, raw)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # \uD83D\uDE00 is one character
    except UnicodeDecodeError:
        raise source.error(span, "half of a surrogate pair is no character") from None
