"""Checks that every connector puts an answer through, so that fake, SQL and HTTP cannot differ in what they let pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Nothing, Question, Row, Rows, Unsaid
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text

MOST_ROWS = 100


def silence(agency: str) -> UpstreamError:
    """The one error of a wire: says who is silent and nothing of where it lives, how it failed or whom it was asked about."""
    return UpstreamError(
        agency,
        Text(zh=f"数据提供部门（{agency}）暂时没有给出可用的答复。", en=f"The agency “{agency}” gives no usable answer at present."),
    )


def checked_rows(question: Question, records: Sequence[object]) -> Answer:
    """Rows of the person asked about, cut to what was asked.

    A record that is no mapping, lacks an asked column or belongs to somebody else spoils the whole answer: what mixed up one
    person may have mixed up another. Columns that nobody asked for are dropped here and never leave the adapter.
    """
    if not records:
        return by_absent_rule(question, Emptiness.EMPTY)
    if len(records) > MOST_ROWS:
        raise silence(question.place.agency)
    return Rows(tuple(_cut(question, record) for record in records))


def by_absent_rule(question: Question, seen: Emptiness) -> Answer:
    """Of granted rows there may be none although the person has one: under a row filter no emptiness is an absence."""
    if question.where:
        return Unsaid()
    return Nothing() if question.place.absent is seen else Unsaid()


def _cut(question: Question, record: object) -> Row:
    place = question.place
    if not isinstance(record, Mapping):
        raise silence(place.agency)
    wanted = {place.key, *question.columns}
    if not wanted <= record.keys() or not _is_same_key(record[place.key], question.key):
        raise silence(place.agency)
    return {column: record[column] for column in question.columns}


def _is_same_key(said: object, asked: str) -> bool:
    return isinstance(said, str) and said.strip().upper() == asked.upper()
