"""Turns answers into facts: typed as configured, never guessed; whatever does not fit is unknown and never a value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import Answer, Nothing, Row, Rows, Unsaid
from miaopi.apps.exchange.adapters.values import convert
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown, Value


def read_facts(source: Source, answer: Answer | None, fields: Iterable[str], *, now: datetime) -> dict[str, Fact]:
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
            return {field: _read_field(source, rows, field, now) for field in fields}


def agree(facts: Iterable[Fact]) -> Fact:
    """One fact of several sources: any silence or doubt stays one, and sources that differ are a conflict whoever is right."""
    first, *others = facts
    doubts = [fact for fact in (first, *others) if isinstance(fact, Unknown)]
    if doubts:
        return doubts[0]
    if all(_says(fact) == _says(first) for fact in others):
        return first
    return Unknown(Doubt.CONFLICT, first.source if isinstance(first, Known | Absent) else None)


def _says(fact: Fact) -> tuple[bool, object]:
    return (True, fact.value) if isinstance(fact, Known) else (False, None)


def _read_field(source: Source, rows: tuple[Row, ...], field: str, now: datetime) -> Fact:
    column = source.columns[field]
    resource = source.place.resource
    values = [row[column.name] for row in rows]
    if not source.has_many and values[0] is None:
        return Absent(resource, now) if column.null_is_absent else Unknown(Doubt.UNPROVEN, resource)
    try:
        converted = [_convert_column(column, value) for value in values]
    except ValueError:
        return Unknown(Doubt.UNAVAILABLE, resource)  # nonsense is no answer
    return Known(converted if source.has_many else converted[0], resource, now)


def _convert_column(column: Column, value: object) -> Value:
    if value is None and column.null_is_absent:
        return None
    if column.values and value not in column.values:
        raise ValueError("not among the listed values")
    return convert(value, column.type)
