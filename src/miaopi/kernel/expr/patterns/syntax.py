"""A pattern as a tree: the regular expressions of XML Schema with XPath's anchors, groups, lazy quantifiers and
back-references (XQuery and XPath Functions and Operators 3.1, §5.6.1), read by recursive descent.
"""

from __future__ import annotations

import re
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns.characters import (
    ANY,
    ANY_BUT_LINE_ENDS,
    MULTIPLE,
    Characters,
    Kind,
    property_named,
)
from miaopi.kernel.frozen import frozen

FLAGS: Final = frozenset("smixq")
SINGLE: Final = {"n": "\n", "r": "\r", "t": "\t", **{sign: sign for sign in r"\|.-^?*+{}()[]$"}}
SPECIAL: Final = frozenset(r".\?*+{}()[]|^$")
QUANTITY: Final = re.compile(r"\{([0-9]{1,6})(?:(,)([0-9]{1,6})?)?\}")
PROPERTY: Final = re.compile(r"\{([A-Za-z0-9-]{1,64})\}")
LONGEST_PATTERN: Final = 4_096  # characters
DEEPEST_GROUP: Final = 64
WHITE: Final = frozenset(" \t\n\r")


@frozen
class Anchor:
    """`^` or `$`; of lines where `of_line`."""

    is_start: bool
    of_line: bool


@frozen
class Back:
    """What the group of that number has found, once more."""

    group: int


@frozen
class Sequence:
    items: tuple[Part, ...]


@frozen
class Choice:
    options: tuple[Part, ...]


@frozen
class Group:
    """A part whose find is kept under that number; under none where it is None."""

    number: int | None
    inner: Part


@frozen
class Repeat:
    """`most` is None for any number."""

    inner: Part
    least: int
    most: int | None
    is_lazy: bool


Part = Characters | Anchor | Back | Sequence | Choice | Group | Repeat


@frozen
class Pattern:
    root: Part
    groups: int
    has_back_references: bool
    ignores_case: bool


def read_pattern(text: str, flags: str) -> Pattern:
    """Raises Fault for what is no pattern and for flags other than s, m, i, x and q."""
    if not FLAGS.issuperset(flags):
        raise Fault("the flags of a pattern are s, m, i, x and q")
    if len(text) > LONGEST_PATTERN:
        raise Fault(f"the pattern has more than {LONGEST_PATTERN} characters")
    if "q" in flags:
        spans = (Characters(((one, one),), ignores_case="i" in flags) for one in text)
        return Pattern(Sequence(tuple(spans)), 0, has_back_references=False, ignores_case="i" in flags)
    reader = _Reader(_without_white(text) if "x" in flags else text, flags)
    root = reader.choice(0)
    if reader.place < len(reader.text):
        raise Fault("the pattern closes a group that it has not opened")
    return Pattern(root, reader.groups, reader.has_back_references, reader.ignores_case)


def _without_white(text: str) -> str:
    """The pattern without the white space outside of its classes."""
    kept: list[str] = []
    depth, escaped = 0, False
    for sign in text:
        if sign in WHITE and depth == 0:
            continue
        kept.append(sign)
        if not escaped:
            depth += (sign == "[") - (sign == "]")
        escaped = sign == "\\" and not escaped
    return "".join(kept)


class _Reader:
    """One reading; `place` is where it stands."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.place = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.has_back_references = False
        self.ignores_case = "i" in flags
        self.of_line = "m" in flags
        self.dot = ANY if "s" in flags else ANY_BUT_LINE_ENDS

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def next(self) -> str:
        found = self.peek()
        if found == "":
            raise Fault("the pattern ends too early")
        self.place += 1
        return found

    def skip(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.place)
        self.place += len(sign) * found
        return found

    def choice(self, depth: int) -> Part:
        if depth > DEEPEST_GROUP:
            raise Fault(f"the pattern has more than {DEEPEST_GROUP} groups inside one another")
        options = [self.sequence(depth)]
        while self.skip("|"):
            options.append(self.sequence(depth))
        return Choice(tuple(options)) if len(options) > 1 else options[0]

    def sequence(self, depth: int) -> Part:
        items: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.quantified(self.atom(depth)))
        return Sequence(tuple(items))

    def quantified(self, inner: Part) -> Part:
        if self.skip("?"):
            least, most = 0, 1
        elif self.skip("*"):
            least, most = 0, None
        elif self.skip("+"):
            least, most = 1, None
        elif self.peek() == "{":
            least, most = self.quantity()
        else:
            return inner
        return Repeat(inner, least, most, is_lazy=self.skip("?"))

    def quantity(self) -> tuple[int, int | None]:
        found = QUANTITY.match(self.text, self.place)
        if found is None:
            raise Fault("a quantity in a pattern is written {2}, {2,} or {2,5}")
        self.place = found.end()
        low, comma, high = found.groups()
        least, most = int(low), int(high) if high else None if comma else int(low)
        if most is not None and most < least:
            raise Fault("the greatest quantity in a pattern is not below the least")
        return least, most

    def atom(self, depth: int) -> Part:
        sign = self.next()
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return self.characters(depth)
        if sign == "\\":
            return self.escape()
        if sign == ".":
            return self.dot
        if sign in "^$":
            return Anchor(sign == "^", self.of_line)
        if sign in SPECIAL:
            raise Fault(f"{sign} in a pattern is written \\{sign}")
        return self.one(sign)

    def one(self, sign: str) -> Characters:
        return Characters(((sign, sign),), ignores_case=self.ignores_case)

    def group(self, depth: int) -> Part:
        number = None
        if not self.skip("?:"):
            self.groups += 1
            number = self.groups
        inner = self.choice(depth + 1)
        if not self.skip(")"):
            raise Fault("the pattern leaves a group open")
        if number is not None:
            self.closed.add(number)
        return Group(number, inner)

    def escape(self) -> Part:
        if (sign := self.peek()) in "123456789" and sign:
            return self.back()
        found = self.escaped()
        return self.one(found) if isinstance(found, str) else Characters(kinds=(found,))

    def back(self) -> Back:
        """The longest number of a group that there is."""
        number = int(self.next())
        while self.peek().isascii() and self.peek().isdigit() and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.next())
        if number not in self.closed:
            raise Fault("a pattern refers back to a group that is not closed there")
        self.has_back_references = True
        return Back(number)

    def escaped(self) -> str | Kind:
        """One character, or a kind of characters."""
        sign = self.next()
        if sign in SINGLE:
            return SINGLE[sign]
        if sign in MULTIPLE:
            return MULTIPLE[sign]
        found = PROPERTY.match(self.text, self.place) if sign in "pP" else None
        if found is None:
            raise Fault(f"\\{sign} means nothing in a pattern")
        self.place = found.end()
        return property_named(found[1], is_negated=sign == "P")

    def characters(self, depth: int) -> Characters:
        if depth > DEEPEST_GROUP:
            raise Fault(f"the pattern has more than {DEEPEST_GROUP} classes inside one another")
        is_negated = self.skip("^")
        spans: list[tuple[str, str]] = []
        kinds: list[Kind] = []
        minus: Characters | None = None
        while not self.skip("]"):
            if (spans or kinds) and self.skip("-["):
                minus = self.characters(depth + 1)
                if not self.skip("]"):
                    raise Fault("a class of a pattern ends after what is taken from it")
                break
            low = self.class_sign()
            if not isinstance(low, str):
                kinds.append(low)
            elif self.peek() == "-" and self.text[self.place + 1 : self.place + 2] not in ("]", "["):
                self.place += 1
                spans.append(_span(low, self.class_sign()))
            else:
                spans.append((low, low))
        if not spans and not kinds:
            raise Fault("a class of a pattern has one character at least")
        return Characters(tuple(spans), tuple(kinds), is_negated, minus, self.ignores_case)

    def class_sign(self) -> str | Kind:
        sign = self.next()
        if sign == "\\":
            return self.escaped()
        if sign in "[]":
            raise Fault(f"{sign} in a class of a pattern is written \\{sign}")
        return sign


def _span(low: str, high: str | Kind) -> tuple[str, str]:
    if not isinstance(high, str) or high < low:
        raise Fault("a span of a pattern goes from a character to a later one")
    return low, high
