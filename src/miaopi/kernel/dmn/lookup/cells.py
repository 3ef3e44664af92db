"""Plain cells: those whose tests compare the value of the column with what is written, and with nothing else.

They are what most cells of most tables are (DMN 1.5 §8.3.3): `-`, `"a", "b"`, `>= 18`, `[1..5)`, `not(3)`, `null`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr import Program, Run
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.temporal import FarDate
from miaopi.kernel.expr.tree import Against, Call, Equals, Literal, Negative, Node, Test, UnaryTests, Within
from miaopi.kernel.expr.types import BOOLEAN, DATE, NULL, NUMBER, STRING, Type
from miaopi.kernel.expr.values import kind_of
from miaopi.kernel.frozen import frozen

# Kinds whose values Python orders, finds equal and tells apart as FEEL does; booleans have no order.
PLAIN: Final[Mapping[Type, type]] = {NUMBER: Decimal, STRING: str, BOOLEAN: bool, DATE: date}
CONSTRUCTORS: Final = frozenset({"date"})  # functions of the language, as long as nothing else in scope is called so

# What is recognised without the parser: most cells of long tables, which would take it half a second.
LONGEST: Final = 1_000  # characters; longer ones are read, for there is a measure for texts
VALUE: Final = r'-?[0-9]{1,15}(?:\.[0-9]{1,15})?|"[^"\\\ud800-\udfff]*"'
TEST: Final = re.compile(rf"([\[(\]])\s*({VALUE})\s*\.\.\s*({VALUE})\s*([\])\[])|(<=|<|>=|>)?\s*({VALUE})")
WRITTEN: Final = re.compile(rf"(?:{TEST.pattern})(?:\s*,\s*(?:{TEST.pattern}))*")


@frozen
class Span:
    """The values from `low` to `high`; None is no end on that side."""

    low: object
    high: object
    includes_low: bool = True
    includes_high: bool = True


@frozen
class Plain:
    """A plain cell over values of one kind: those within one of the spans, or with `is_negated` within none of them.

    `takes_null` says what the cell makes of null, which no span holds. Without a kind it is the dash, or asks for null alone.
    """

    kind: Type | None
    spans: tuple[Span, ...]
    is_negated: bool
    takes_null: bool


EVERYTHING: Final = Plain(None, (), is_negated=True, takes_null=True)


def read_written(text: str) -> Plain | None:
    """The same of a text, without reading it as an expression: of dashes and of numbers and texts with their comparisons. None
    for any other, which may be plain all the same.
    """
    text = text.strip()
    if text in ("", "-"):
        return EVERYTHING
    if len(text) > LONGEST or not WRITTEN.fullmatch(text):
        return None
    spans: list[Span] = []
    for found in TEST.finditer(text):
        opening, low, high, closing, operator, single = found.groups()
        if operator or single:
            spans.append(_span_of(operator or "=", _value(single)))
        else:
            spans.append(Span(_value(low), _value(high), opening == "[", closing == "]"))
    kinds = {kind_of(end) for span in spans for end in (span.low, span.high) if end is not None}
    return Plain(kinds.pop(), tuple(spans), is_negated=False, takes_null=False) if len(kinds) == 1 else None


def _span_of(operator: str, end: object) -> Span:
    if operator == "=":
        return Span(end, end)
    return Span(None, end, True, operator == "<=") if operator[0] == "<" else Span(end, None, operator == ">=", True)


def _value(written: str) -> object:
    return written[1:-1] if written.startswith('"') else Decimal(written)


def read_plain(program: Program) -> Plain | None:
    """What the cell asks; none where it asks for more than a comparison with what is written."""
    tree = program.tree
    return _all_of(tree.tests, tree.is_negated, program) if isinstance(tree, UnaryTests) else EVERYTHING


def _all_of(tests: tuple[Test, ...], is_negated: bool, program: Program) -> Plain | None:
    kinds: set[Type] = set()
    spans: list[Span] = []
    of_null: list[bool | None] = []  # what each test says of null, in Kleene's logic
    for test in tests:
        read = _span(test, program)
        if read is None:
            return None
        found, kind, on_null = read
        if kind is not None:
            kinds.add(kind)
        spans += found
        of_null.append(on_null)
    if len(kinds) > 1:
        return None
    any_null = True if True in of_null else None if None in of_null else False
    takes_null = any_null is False if is_negated else any_null is True
    return Plain(next(iter(kinds), None), tuple(spans), is_negated, takes_null)


def _span(test: Test, program: Program) -> tuple[list[Span], Type | None, bool | None] | None:
    """The spans that the test lets through, the kind of their ends, and what it says of null."""
    match test:
        case Equals(operand=operand):
            return _against("=", operand, program)
        case Against(operator=operator, operand=operand):
            return _against(operator, operand, program)
        case Within(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            ends = list(_constants((low, high), program))
            kinds = {kind_of(end) for end in ends}
            if len(ends) < 2 or len(kinds) > 1 or not kinds <= PLAIN.keys() - {BOOLEAN}:
                return None
            return [Span(ends[0], ends[1], includes_low, includes_high)], kinds.pop(), None
        case _:
            return None


def _against(
    operator: str, operand: Node, program: Program
) -> tuple[list[Span], Type | None, bool | None] | None:
    for end in _constants((operand,), program):
        kind = kind_of(end)
        if kind == NULL and operator in ("=", "!="):
            return ([], None, True) if operator == "=" else ([Span(None, None)], None, False)
        if kind not in PLAIN or (kind == BOOLEAN and operator not in ("=", "!=")):
            return None
        match operator:
            case "=":
                return [Span(end, end)], kind, False
            case "!=":
                return [Span(None, end, True, False), Span(end, None, False, True)], kind, True
            case "<" | "<=":
                return [Span(None, end, True, operator == "<=")], kind, None
            case _:
                return [Span(end, None, operator == ">=", True)], kind, None
    return None


def _constants(nodes: tuple[Node, ...], program: Program) -> Iterator[object]:
    """The values of those nodes that are written out; nothing for another. No code is made for what is asked once."""
    for node in nodes:
        run = Run()
        if isinstance(node, Literal):
            value = node.value
        elif _is_written(node):
            value = interpret(node, {}, Source(program.text, program.where, is_open=True), run)
        else:
            continue
        if not run.faults and not isinstance(value, FarDate):
            yield value


def _is_written(node: Node) -> bool:
    match node:
        case Negative(operand=Literal()):
            return True
        case Call(function=function, arguments=(Literal(),), names=()):
            return function in CONSTRUCTORS
        case _:
            return False
