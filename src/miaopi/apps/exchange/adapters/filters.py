"""Row filters and predicates: a FEEL text over the fields of a resource becomes a few tests that a source can put to its own rows.

    status = "有效" and valid_from >= @"2026-01-01" and share in (50, 100) and age on(birth_date, today) >= 70

The closed form: tests of a field against written values, joined by `and`; an age on the day of the question is one of a day of
birth. What FEEL has beyond it – other functions, `or`, names of other things – is no filter, so that nothing but names of the
configuration and values ever reaches a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import Term
from miaopi.apps.exchange.adapters.values import convert, read_text
from miaopi.kernel.calendar import is_leap_year, last_day_of_month
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Type, compile
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Between,
    Call,
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
TODAY: Final = "today"  # the day of the question
OLDEST: Final = 150
LONGEST: Final = 500  # signs
MOST_TERMS: Final = 20
OUT_OF_FORM: Final = "a row filter tests fields against written values, joined by “and”"


def read_filter(text: str, source: Source, today: date) -> tuple[Term, ...]:
    """The tests of a filter under the column names of that source; none for an empty text. Raises DefinitionError.

    The key is no field of a filter: a filter is public, and would name a person by her number.
    """
    own = {name: column for name, column in source.columns.items() if not column.test and column.name != source.place.key}
    columns = ((name, column.name, column.type) for name, column in own.items())
    return _read(text, tuple(sorted(columns)), today if TODAY in text else date.max)


def list_tested(text: str, source: Source, today: date) -> frozenset[str]:
    """The fields that a filter tests: whoever is told which rows pass is told of them too. Raises DefinitionError."""
    tested = {term.column for term in read_filter(text, source, today)}
    return frozenset(name for name, column in source.columns.items() if column.name in tested and not column.test)


def read_tests(source: Source, fields: Iterable[str], today: date) -> dict[str, tuple[Term, ...]]:
    """The tests of those of `fields` that are predicates, by column name. Raises DefinitionError."""
    return {
        column.name: read_filter(column.test, source, today) for column in (source.columns[name] for name in fields) if column.test
    }


def with_truths(row: Mapping[str, object], tests: Mapping[str, tuple[Term, ...]], *, is_text: bool = False) -> Mapping[str, object]:
    """The row with the truth of each test; `None` where that hangs on a column that is empty."""
    truths = {name: _truth(row, terms, is_text) for name, terms in tests.items()}
    return {**row, **{name: str(truth).lower() if is_text and truth is not None else truth for name, truth in truths.items()}}


def _truth(row: Mapping[str, object], terms: tuple[Term, ...], is_text: bool) -> bool | None:
    """Kleene's: one false test decides, else one empty column leaves it open."""
    filled = [term for term in terms if row.get(term.column) is not None]
    if not all(_passes(row[term.column], term, is_text) for term in filled):
        return False
    return True if len(filled) == len(terms) else None


def is_inside(row: Mapping[str, object], terms: tuple[Term, ...], *, is_text: bool = False) -> bool:
    """Whether a row passes all tests; a value that is empty or not of its type passes none."""
    return all(_passes(row.get(term.column), term, is_text) for term in terms)


@lru_cache(maxsize=256)
def _read(text: str, columns: tuple[tuple[str, str, str], ...], today: date) -> tuple[Term, ...]:
    if not text:
        return ()
    if len(text) > LONGEST:
        raise DefinitionError("where", f"a row filter has at most {LONGEST} signs")
    known = {name: Column(column, kind) for name, column, kind in columns if kind in FILTERED_TYPES}
    names = {name: Type(column.type) for name, column in known.items()}
    tree = compile(text, {TODAY: Type("date"), **names}, where="where").tree
    terms = tuple(_terms(tree, known, today))
    if len(terms) > MOST_TERMS:
        raise DefinitionError("where", f"a row filter has at most {MOST_TERMS} tests")
    return terms


def _terms(node: Node, known: Mapping[str, Column], today: date) -> Iterator[Term]:
    match node:
        case And(operands=operands):
            for operand in operands:
                yield from _terms(operand, known, today)
        case Name(name=name) if name in known:
            yield _term(known[name], "=", (True,))
        case Compare(operator=operator, left=Call(function="age on", arguments=(Name(name=name), Name(name="today"))), right=right):
            yield from _terms_of_age(known[name], operator, _value(right), today)
        case Compare(operator=operator, left=Name(name=name), right=right) if name in known:
            yield _term(known[name], operator, (_value(right),))
        case Compare(operator=operator, left=left, right=Name(name=name)) if name in known:
            yield _term(known[name], MIRRORED[operator], (_value(left),))
        case Between(operand=Name(name=name), low=low, high=high) if name in known:
            yield _term(known[name], ">=", (_value(low),))
            yield _term(known[name], "<=", (_value(high),))
        case In(operand=Name(name=name), tests=tests) if name in known:
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


def _terms_of_age(column: Column, operator: str, years: object, today: date) -> Iterator[Term]:
    """`age on(birth, today) >= 70` as the latest day of birth of somebody who is 70 today."""
    if not isinstance(years, Decimal) or years != years.to_integral_value() or not 0 <= years <= OLDEST:
        raise DefinitionError("where", f"an age is a whole number of years, at most {OLDEST}")
    if operator in {"=", ">=", ">"}:
        yield Term(column.name, "<=", (_latest_birth(int(years) + (operator == ">"), today),), column.type)
    if operator in {"=", "<=", "<"}:
        yield Term(column.name, ">", (_latest_birth(int(years) + (operator != "<"), today),), column.type)
    if operator == "!=":
        raise DefinitionError("where", OUT_OF_FORM)


def _latest_birth(years: int, today: date) -> date:
    """The youngest who has completed so many years; who was born on 29 February has a birthday on the 28th of a common year."""
    year = today.year - years
    if (today.month, today.day) == (2, 28) and is_leap_year(year) and not is_leap_year(today.year):
        return date(year, 2, 29)
    return date(year, today.month, min(today.day, last_day_of_month(year, today.month)))


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
