"""Checks that every connector puts an answer through, so that no two kinds can differ in what they let pass."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from miaopi.apps.exchange.adapters.port import (
    Answer,
    Emptiness,
    Hindered,
    Hindrance,
    Nothing,
    Question,
    Row,
    Rows,
    Unsaid,
)
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text

log = logging.getLogger(__name__)

MOST_ROWS = 100


class Failure(StrEnum):
    """How a question came to nothing."""

    REFUSED = "refused"  # nobody took it, or the line was cut before a word was said: asking again is safe
    TIMEOUT = "timeout"  # no whole answer in time
    GARBAGE = "garbage"  # an answer that is none


class Silence(UpstreamError):
    """An agency that gives no usable answer; `failure` says how, for whoever looks after the line."""

    def __init__(self, agency: str, failure: Failure) -> None:
        super().__init__(
            agency,
            Text(zh=f"数据提供部门（{agency}）暂时没有给出可用的答复。", en=f"The agency “{agency}” gives no usable answer at present."),
        )
        self.failure = failure


def silence(agency: str, failure: Failure = Failure.GARBAGE) -> Silence:
    """The one error of a wire: says who is silent and nothing of where it lives, what it said or whom it was asked about."""
    return Silence(agency, failure)


def checked_rows(question: Question, records: Sequence[object], at: datetime | None = None) -> Answer:
    """Rows of the person asked about, cut to what was asked; `at`: of which moment they are.

    A record that is no mapping or belongs to somebody else spoils the whole answer: what mixed up one person may have mixed up
    another. So does one that lacks an asked column, which is a changed schema. Columns that nobody asked for are dropped here and
    never leave the adapter.
    """
    if not records:
        return by_absent_rule(question, Emptiness.EMPTY, at)
    if len(records) > MOST_ROWS:
        raise silence(question.place.agency)
    rows = [_cut(question, record) for record in records]
    whole = tuple(row for row in rows if row is not None)
    return Rows(whole, at) if len(whole) == len(rows) else tell_change(question)


def tell_change(question: Question, *, said: str = "", was_asked: bool = True) -> Hindered:
    """The source no longer has what our configuration names: told to the log, without a value, for whoever mends it, and to the pull."""
    place, terms = question.place, (term for terms in (question.where, *question.tests.values()) for term in terms)
    shown = (name for name in question.columns if name not in question.tests)
    columns = ", ".join(dict.fromkeys((place.key, *shown, *(term.column for term in terms))))
    log.warning("agency %s: %s no longer has all of %s, as exchange.yaml names them", place.agency, place.at, columns)
    return Hindered(Hindrance.SCHEMA_CHANGED, said, was_asked)


def find_oldest(moments: Iterable[datetime | None]) -> datetime | None:
    """The oldest of the moments that parts of an answer are of; none as soon as one part does not say."""
    found = list(moments)
    known = [moment for moment in found if moment is not None]
    return min(known) if known and len(known) == len(found) else None


def by_absent_rule(question: Question, seen: Emptiness, at: datetime | None = None) -> Answer:
    """Of granted rows there may be none although the person has one: under a row filter no emptiness is an absence."""
    if question.where:
        return Unsaid()
    return Nothing(at) if question.place.absent is seen else Unsaid()


def _cut(question: Question, record: object) -> Row | None:
    """`None` for a record that lacks a column."""
    place = question.place
    if not isinstance(record, dict | Mapping) or (place.key in record and not _is_same_key(record[place.key], question.key)):
        raise silence(place.agency)
    if place.key not in record:
        return None
    try:
        return {column: record[column] for column in question.columns}
    except KeyError:
        return None


def _is_same_key(said: object, asked: str) -> bool:
    return said == asked or (isinstance(said, str) and said.strip().upper() == asked.upper())
