"""What the room needs of an agency, in the room's words: one question about one person, one record for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

Row = Mapping[str, object]  # source column → raw value, the asked columns and the key alone

BAD_ANSWER_BYTES = 64 * 1024  # one person's rows of one resource are a few hundred bytes; more is not an answer

KEY_USED: Final = "key_used"  # this key was given to another record


class Emptiness(StrEnum):
    """How a source says “there is none”; without such a rule an empty answer says nothing (DESIGN.md §7.6, Absent)."""

    EMPTY = "empty"  # an answer without rows
    NOT_FOUND = "not_found"  # 404
    NEVER = "never"  # this source cannot say so


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows of one resource stand at one agency.

    `at`: view or table (`schema.name`) for SQL, path for HTTP, name in the manifest for a file drop. `name`: what the agency
    calls the resource. `most_days`: how many days old a drop may be.
    """

    resource: str
    agency: str
    name: str
    at: str
    key: str
    absent: Emptiness
    most_days: int = 1


@dataclass(frozen=True, slots=True)
class Term:
    """One test that a row must pass to be shown: `=` holds for one of the values, `!=` for none of them, an order for its one value.

    `type` is the FEEL type of the column. A column that is empty passes no test.
    """

    column: str
    operator: str
    values: tuple[str | Decimal | date | bool, ...]
    type: str

    def to_json(self) -> dict[str, object]:
        """As it stands in a question by HTTP: values are text, whatever their type."""
        return {"field": self.column, "operator": self.operator, "values": [_written(value) for value in self.values]}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Question:
    """One person's rows. `key` is her identity number and shows in no representation; `columns` are the granted ones; `at` is
    the platform's time of the pull; `where` says which rows are granted: the source shows no other. Those of `columns` that `tests`
    names are no columns of the source: it answers with the truth whether their terms hold, and nothing when a column they read is empty."""

    place: Place
    columns: tuple[str, ...]
    purpose: str
    receipt: str
    key: str = field(repr=False)
    at: datetime
    where: tuple[Term, ...] = ()
    tests: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """The source answered; at least one row, each with the asked columns and the key of the person asked about."""

    rows: tuple[Row, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nothing:
    """The source answered by its absent-rule: there is none."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """The source answered with an emptiness that its configuration gives no meaning to."""


Answer = Rows | Nothing | Unsaid


class Connector(Protocol):
    """One agency, its address and its secrets. Calls come from several threads at once."""

    def ask(self, question: Question, *, seconds: float) -> Answer:
        """Ask within `seconds`. Raises UpstreamError, free of addresses and values, when the source is down, slow or answers nonsense."""

    def close(self) -> None:
        """Give up kept connections."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an agency takes records of one act. `at`: function (`schema.name`) for SQL, path for HTTP."""

    act: str
    agency: str
    at: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is written for one person under one key: the same key and content is the same record, however often it is handed over."""

    desk: Desk
    key: str
    ground: str
    id_number: str = field(repr=False)
    values: Mapping[str, str | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The agency has the record: its own reference for it, and when it was made."""

    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The agency will not have the record; asking again changes nothing. `code` is its word for why, never a value."""

    code: str


class Writer(Protocol):
    """One agency's desk for records, with a credential of its own that can read nothing."""

    def write(self, record: Record, *, seconds: float) -> Written | Refused:
        """Hand the record over within `seconds`. Raises UpstreamError when nobody can say whether it was taken."""

    def close(self) -> None:
        """Give up kept connections."""
