"""What the room needs of a source, in the room's words: one question about one person, answered with rows or with silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Row = Mapping[str, object]  # source column → raw value, the asked columns and the key alone

BAD_ANSWER_BYTES = 64 * 1024  # one person's rows of one resource are a few hundred bytes; more is not an answer


class Emptiness(StrEnum):
    """How a source says “there is none”; without such a rule an empty answer says nothing (DESIGN.md §7.6, Absent)."""

    EMPTY = "empty"  # an answer without rows
    NOT_FOUND = "not_found"  # 404
    NEVER = "never"  # this source cannot say so


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows of one resource stand at one agency.

    `at`: view or table (`schema.name`) for SQL, path for HTTP. `name`: what the agency calls the resource.
    """

    resource: str
    agency: str
    name: str
    at: str
    key: str
    absent: Emptiness


@dataclass(frozen=True, slots=True)
class Question:
    """One person's rows. `key` is her identity number and shows in no representation; `columns` are the granted ones."""

    place: Place
    columns: tuple[str, ...]
    purpose: str
    receipt: str
    key: str = field(repr=False)


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
