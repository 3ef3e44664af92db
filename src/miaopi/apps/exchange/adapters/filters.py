"""Row filters: a FEEL text over the fields of a resource becomes a few tests that any source can put to its own rows.

    status = "有效" and valid_from >= @"2026-01-01" and share in (50, 100)

The closed form: tests of a field against written values, joined by `and`. What FEEL has beyond it – functions, `or`, names of
other things – is no filter, so that nothing but names of the configuration and values ever reaches a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import Term
from miaopi.apps.exchange.adapters.values import convert, read_text
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Type, compile
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Between,
    Compare,
    Equals,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Test,
    Within,
)

FILTERED_TYPES: Final = frozenset({"string", "number", "date", "boolean"})
ORDERED_TYPES: Final = frozenset({"number", "date"})  # the order of texts differs from database to database
MIRRORED: Final[Mapping[str, str]] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
LONGEST: Final = 500  # signs
MOST_TERMS: Final = 20
OUT_OF_FORM: Final = "a row filter tests fields against written values, joined by “and”"


def read_filter(text: str, source: Source) -> tuple[Term, ...]:
    """The tests of a filter under the column names of that source; none for an empty text. Raises DefinitionError."""
    return _read(text, tuple(sorted((name, column.name, column.type) for name, column in source.columns.items())))


def is_inside(row: Mapping[str, object], terms: tuple[Term, ...], *, is_text: bool = False) -> bool:
    """Whether a row passes all tests; a value that is empty or not of its type passes none."""
    return all(_passes(row.get(term.column), term, is_text) for term in terms)


@lru_cache(maxsize=256)
def _read(text: str, columns: tuple[tuple[str, str, str], ...]) -> tuple[Term, ...]:
    if not text:
        return ()
    if len(text) > LONGEST:
        raise DefinitionError("where", f"a row filter has at most {LONGEST} signs")
    known = {name: Column(column, kind) for name, column, kind in columns if kind in FILTERED_TYPES}
    tree = compile(text, {name: Type(column.type) for name, column in known.items()}, where="where").tree
    terms = tuple(_terms(tree, known))
    if len(terms) > MOST_TERMS:
        raise DefinitionError("where", f"a row filter has at most {MOST_TERMS} tests")
    return terms


def _terms(node: Node, known: Mapping[str, Column]) -> Iterator[Term]:
    match node:
        case And(operands=operands):
            for operand in operands:
                yield from _terms(operand, known)
        case Name(name=name):
            yield _term(known[name], "=", (True,))
        case Compare(operator=operator, left=Name(name=name), right=right):
            yield _term(known[name], operator, (_value(right),))
        case Compare(operator=operator, left=left, right=Name(name=name)):
            yield _term(known[name], MIRRORED[operator], (_value(left),))
        case Between(operand=Name(name=name), low=low, high=high):
            yield _term(known[name], ">=", (_value(low),))
            yield _term(known[name], "<=", (_value(high),))
        case In(operand=Name(name=name), tests=tests):
            yield from _terms_of_in(known[name], tests)
        case _:
            raise DefinitionError("where", OUT_OF_FORM)


def _terms_of_in(column: Column, tests: tuple[Test, ...]) -> Iterator[Term]:
    match tests:
        case (Within(low=low, high=high, includes_low=includes_low, includes_high=includes_high),):
            yield _term(column, ">=" if includes_low else ">", (_value(low),))
            yield _term(column, "<=" if includes_high else "<", (_value(high),))
        case (Against(operator=operator, operand=operand),):
            yield _term(column, operator, (_value(operand),))
        case _:
            yield _term(column, "=", tuple(_value(test.operand) if isinstance(test, Equals) else _value(test) for test in tests))


def _term(column: Column, operator: str, values: tuple[str | Decimal | date | bool, ...]) -> Term:
    if operator not in {"=", "!="} and column.type not in ORDERED_TYPES:
        raise DefinitionError("where", f"{column.type} has no order that all sources share")
    return Term(column.name, operator, values, column.type)


def _value(node: Node) -> str | Decimal | date | bool:
    match node:
        case Literal(value=bool() | str() | Decimal() as value):
            return value
        case Literal(value=date() as day) if not isinstance(day, datetime):
            return day
        case Negative(operand=Literal(value=Decimal() as number)):
            return -number
    raise DefinitionError("where", OUT_OF_FORM)


def _passes(raw: object, term: Term, is_text: bool) -> bool:
    if raw is None:
        return False
    try:
        value = convert(read_text(raw, term.type) if is_text else raw, term.type)
    except ValueError:
        return False
    match term.operator, value:
        case "=", _:
            return value in term.values
        case "!=", _:
            return value not in term.values
        case operator, Decimal() | date():
            return _compare(operator, value, term.values[0])
    return False


def _compare(operator: str, value: Decimal | date, border: object) -> bool:
    if isinstance(value, Decimal) and isinstance(border, Decimal):
        return _holds(operator, (value > border) - (value < border))
    if isinstance(value, date) and isinstance(border, date):
        return _holds(operator, (value > border) - (value < border))
    return False


def _holds(operator: str, side: int) -> bool:
    return {"<": side < 0, "<=": side <= 0, ">": side > 0, ">=": side >= 0}[operator]
