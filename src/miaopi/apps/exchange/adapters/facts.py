"""Turns answers into facts: typed as configured, never guessed; whatever does not fit is unknown and never a value."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.port import (
    Answer,
    Awaited,
    Hindered,
    Hindrance,
    Nothing,
    Partial,
    Row,
    Rows,
    Unsaid,
)
from miaopi.apps.exchange.adapters.values import convert, read_text, with_offset
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown, Value

log = logging.getLogger(__name__)

ASKEW: Final = timedelta(minutes=5)  # by which the clock of an agency may be ahead of ours
HINDERED: Final = {Hindrance.AGENCY_POLICY: Doubt.UNPROVEN, Hindrance.NUMBER_IN_DOUBT: Doubt.CONFLICT}  # else who asks tomorrow may have it
ROWS: Final = ""  # the name of the one fact that all rows of a person are, where a source has many


def read_facts(source: Source, answer: Answer | None, fields: Iterable[str], *, now: datetime) -> dict[str, Fact]:
    """Facts of the asked fields of one source, each with the resource and `now`, the platform's time of the pull.

    Of a source with many rows there is one fact, under `ROWS`: a list of contexts, each with exactly the asked fields.
    """
    resource, asked = source.place.resource, tuple(fields)
    named = (ROWS,) if source.has_many else asked
    if source.fresh is not None and isinstance(answer, Rows | Nothing) and not _is_fresh(source, answer, source.fresh, now):
        return {name: Unknown(Doubt.STALE, resource) for name in named}
    match answer:
        case None | Partial():  # half of an answer is none
            return {name: Unknown(Doubt.UNAVAILABLE, resource) for name in named}
        case Awaited(asked_at=asked_at):
            return {name: Unknown(Doubt.UNAVAILABLE, resource, asked_at) for name in named}
        case Hindered(why):
            return {name: Unknown(HINDERED.get(why, Doubt.UNAVAILABLE), resource) for name in named}
        case Unsaid():
            return {name: Unknown(Doubt.UNPROVEN, resource) for name in named}
        case Nothing():
            return {name: Absent(resource, now) for name in named}
        case Rows(rows) if source.has_many:
            return {ROWS: _read_rows(source, rows, asked, now)}
        case Rows(rows) if len(rows) > 1:
            return {name: Unknown(Doubt.CONFLICT, resource) for name in named}
        case Rows(rows):
            return {name: _read_field(source, rows[0], name, now) for name in named}


def _is_fresh(source: Source, answer: Rows | Nothing, fresh: timedelta, now: datetime) -> bool:
    """Whether all that was answered is young enough; what does not say of when it is may be of any time, and so may what says tomorrow."""
    if source.as_of is None or isinstance(answer, Nothing):
        return _is_young(answer.at, fresh, now)
    return all(_is_young(_read_moment(row[source.as_of]), fresh, now) for row in answer.rows)


def _is_young(moment: datetime | None, fresh: timedelta, now: datetime) -> bool:
    return moment is not None and now - fresh <= moment <= now + ASKEW


def _read_moment(value: object) -> datetime | None:
    """A moment, or the beginning of a day in the city's time."""
    for kind in ("date and time", "date"):
        try:
            found = convert(value, kind)
        except ValueError:
            continue
        return found if isinstance(found, datetime) else datetime.combine(found, time(), LEGAL_ZONE)  # type: ignore[arg-type]  # a day
    return None


def agree(facts: Iterable[Fact]) -> Fact:
    """One fact of several sources: any silence or doubt stays one, and sources that differ are a conflict whoever is right."""
    first, *others = facts
    if not others:
        return first
    doubts = [fact for fact in (first, *others) if isinstance(fact, Unknown)]
    if doubts:
        return doubts[0]
    if all(_says(fact) == _says(first) for fact in others):
        return first
    return Unknown(Doubt.CONFLICT, first.source if isinstance(first, Known | Absent) else None)


def _says(fact: Fact) -> tuple[bool, object]:
    return (True, fact.value) if isinstance(fact, Known) else (False, None)


def _read_field(source: Source, row: Row, field: str, now: datetime) -> Fact:
    column, resource = source.columns[field], source.place.resource
    value = row[column.name]
    if value is None:
        return Absent(resource, now) if column.null_is_absent else Unknown(Doubt.UNPROVEN, resource)
    try:
        return Known(read_value(source, column, value), resource, now)
    except ValueError:
        log.warning("agency %s: %s.%s is no %s, or none of those it may be", source.place.agency, resource, field, column.type)
        return Unknown(Doubt.UNAVAILABLE, resource)  # nonsense is no answer


def _read_rows(source: Source, rows: tuple[Row, ...], fields: tuple[str, ...], now: datetime) -> Fact:
    """The rows as one fact: a context cannot hold a doubt, so one doubtful value makes the whole list doubtful."""
    resource = source.place.resource
    facts = [{field: _read_field(source, row, field, now) for field in fields} for row in rows]
    doubts = [fact for row in facts for fact in row.values() if isinstance(fact, Unknown)]
    if doubts:
        return doubts[0]
    contexts = [{field: fact.value if isinstance(fact, Known) else None for field, fact in row.items()} for row in facts]
    if source.told_apart_by in fields:
        marks = [mark for context in contexts if (mark := context[source.told_apart_by]) is not None]
        if len(set(marks)) < len(marks):
            return Unknown(Doubt.CONFLICT, resource)
    return Known(contexts, resource, now)


def read_value(source: Source, column: Column, value: object) -> Value:
    """Raises ValueError for what is not of its type, or none of those it may be."""
    if column.values and value not in column.values:
        raise ValueError("not among the listed values")
    if source.is_text:
        value = read_text(value, column.type)
    if source.offset is not None and column.type == "date and time":
        value = with_offset(value, source.offset)
    return convert(value, column.type)
