"""Turns answers into facts: typed by the catalogue, never guessed; whatever does not fit is unknown and never a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import Answer, Nothing, Row, Rows, Unsaid
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown, Value

LONGEST_TEXT: Final = 2000
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_facts(source: Source, answer: Answer | None, fields: Iterable[str], types: Mapping[str, str], *, now: datetime) -> dict[str, Fact]:
    """Facts of the asked fields of one source, each with the resource and `now`, the platform's time of the pull."""
    resource = source.place.resource
    match answer:
        case None:
            return {field: Unknown(Doubt.UNAVAILABLE, resource) for field in fields}
        case Unsaid():
            return {field: Unknown(Doubt.UNPROVEN, resource) for field in fields}
        case Nothing():
            return {field: Absent(resource, now) for field in fields}
        case Rows(rows) if len(rows) > 1 and not source.has_many:
            return {field: Unknown(Doubt.CONFLICT, resource) for field in fields}
        case Rows(rows):
            return {field: _read_field(source, rows, field, types[field], now) for field in fields}


def agree(facts: Iterable[Fact]) -> Fact:
    """One fact of several sources: any silence or doubt stays one, and sources that differ are a conflict whoever is right."""
    first, *others = facts
    doubts = [fact for fact in (first, *others) if isinstance(fact, Unknown)]
    if doubts:
        return doubts[0]
    if all(_says(fact) == _says(first) for fact in others):
        return first
    return Unknown(Doubt.CONFLICT, first.source if isinstance(first, Known | Absent) else None)


def convert(value: object, type_name: str) -> Value:
    """A value of FEEL from a value of a wire. Raises ValueError (without the value) for what is not of the type."""
    reader = READERS.get(type_name)
    if reader is None:
        raise ValueError("no such type")
    return reader(value)


def _says(fact: Fact) -> tuple[bool, object]:
    return (True, fact.value) if isinstance(fact, Known) else (False, None)


def _read_field(source: Source, rows: tuple[Row, ...], field: str, type_name: str, now: datetime) -> Fact:
    column = source.columns[field]
    resource = source.place.resource
    values = [row[column.name] for row in rows]
    if not source.has_many and values[0] is None:
        return Absent(resource, now) if column.null_is_absent else Unknown(Doubt.UNPROVEN, resource)
    try:
        converted = [_convert_column(column, value, type_name) for value in values]
    except ValueError:
        return Unknown(Doubt.UNAVAILABLE, resource)  # nonsense is no answer
    return Known(converted if source.has_many else converted[0], resource, now)


def _convert_column(column: Column, value: object, type_name: str) -> Value:
    if value is None and column.null_is_absent:
        return None
    if column.values and value not in column.values:
        raise ValueError("not among the listed values")
    return convert(value, type_name)


def _text(value: object) -> Value:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or not value.isprintable():
        raise ValueError("no text")
    return value


def _truth(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _number(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise ValueError("no number")  # a float has lost digits before we see it
    return Decimal(value)


def _day(value: object) -> Value:
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("no day")
    return value


def _moment(value: object) -> Value:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("no moment with its offset")
    return moment


READERS: Final[Mapping[str, Callable[[object], Value]]] = {
    "string": _text,
    "boolean": _truth,
    "number": _number,
    "date": _day,
    "date and time": _moment,
}
