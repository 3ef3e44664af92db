"""What is counted of an agency's rows, and who counts: of a count only numbers leave, of a likeness only the keys of the pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.definitions.registers import Suspicion
from miaopi.kernel.frozen import frozen

MOST_SECONDS: Final = 30  # a steward waits, and no citizen
MOST_PAIRS: Final = 500
MOST_PARTIES: Final = 2**31 - 1  # what a figure can be; who tells of more has not counted
CERTAIN: Final = 100
OLD_NUMBER_SCORE: Final = 90  # fifteen digits that became eighteen signs: rarely, two persons had the same fifteen


@frozen
class Tally:
    """Of so many parties with a row: of how many the source knows the value, says that there is none, or says nothing that counts."""

    parties: int
    known: int
    absent: int
    unknown: int
    conflict: int


def make_tally(column: Column, *, parties: int, conflict: int, known: int, empty: int) -> Tally:
    """Of `parties`, of which those in `conflict` have several rows: `known` and `empty` are of the others. What is empty is said to be
    absent, or nothing is said, as the source was described."""
    absent = empty if column.null_is_absent else 0
    return Tally(parties, known, absent, parties - conflict - known - absent, conflict)


def list_counted(source: Source) -> Mapping[str, Column]:
    """The fields that are counted: those of which the source tells a value, and not the truth of a test alone."""
    return {name: column for name, column in source.columns.items() if not column.test}


def find_party_column(source: Source) -> str:
    """The column of a party. Where a person has a list of rows, they are told apart by a field of their own, and each is a party."""
    apart = source.columns.get(source.told_apart_by or "")
    return source.place.key if apart is None else apart.name


@frozen
class Pair:
    """Two keys that may be one party's."""

    first: str = field(repr=False)
    second: str = field(repr=False)
    score: int


class Counter(Protocol):
    """Counts the rows of one agency."""

    def count(self, source: Source, *, now: datetime) -> Mapping[str, Tally]:
        """A tally for each field that is a column. Raises UpstreamError."""


@runtime_checkable
class Comparer(Protocol):
    """Compares the rows of one agency."""

    def find_pairs(self, source: Source, suspicion: Suspicion, *, now: datetime) -> Sequence[Pair]:
        """At most `MOST_PAIRS`, the likeliest first. Raises UpstreamError."""
