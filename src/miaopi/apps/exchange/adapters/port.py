"""What the room needs of an agency, in the room's words: one question about one person, one record for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from miaopi.kernel.frozen import frozen

Row = Mapping[str, object]  # source column → raw value, the asked columns and the key alone

BAD_ANSWER_BYTES = 64 * 1024  # one person's rows of one resource are a few hundred bytes; more is not an answer

KEY_USED: Final = "key_used"  # this key was given to another record


class Emptiness(StrEnum):
    """How a source says “there is none”; without such a rule an empty answer says nothing (DESIGN.md §7.6, Absent)."""

    EMPTY = "empty"  # an answer without rows
    NOT_FOUND = "not_found"  # 404
    NEVER = "never"  # this source cannot say so


@frozen
class Place:
    """Where rows of one resource stand at one agency.

    `at`: view or table (`schema.name`) for SQL, path for HTTP, name in the manifest for a file drop, subject for NATS, name of
    the resource at a gateway or another platform. `name`: what the agency calls the resource. `most_days`: how many days old a drop
    may be. `options`: what only sources of this kind are told. `echoes`: whether the agency repeats the name that each question has
    (HTTP, SOAP); one that does not is asked once a connection, for else the answer to somebody else could pass for hers.
    """

    resource: str
    agency: str
    name: str
    at: str
    key: str
    absent: Emptiness
    most_days: int = 1
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    echoes: bool = False


@frozen
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
        return {"field": self.column, "operator": self.operator, "values": list(self.written())}

    def written(self) -> tuple[str, ...]:
        """The values as a wire of texts carries them."""
        return tuple(_written(value) for value in self.values)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@frozen
class Partial:
    """Pages of an answer whose next one costs a call of a quota: nothing of them is believed before the last is there. `cursors`: where
    each of them began, the first with nothing, and where the next one begins; `moments`: of when each is."""

    records: tuple[object, ...] = field(repr=False)
    cursors: tuple[str, ...] = field(repr=False)
    moments: tuple[datetime | None, ...] = field(compare=False)


@frozen
class Question:
    """One person's rows. `key` is her identity number and shows in no representation; `columns` are the granted ones; `at` is
    the platform's time of the pull; `where` says which rows are granted: the source shows no other. Those of `columns` that `tests`
    names are no columns of the source: it answers with the truth whether their terms hold, and nothing when a column they read is empty.
    `service` and `grants` say who asks, and by what; `request` is our name for a question that is answered later, `ticket` the
    source's, once it has taken it, and `so_far` the pages that were collected with that."""

    place: Place
    columns: tuple[str, ...]
    purpose: str
    receipt: str
    key: str = field(repr=False)
    at: datetime
    where: tuple[Term, ...] = ()
    tests: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    service: str = ""
    grants: tuple[str, ...] = ()
    request: str = ""
    ticket: str = field(default="", repr=False)
    so_far: Partial | None = field(default=None, repr=False)


@frozen
class Rows:
    """The source answered; at least one row, each with the asked columns and the key of the person asked about. `at`: of which
    moment its rows are, where it says so for all of them."""

    rows: tuple[Row, ...] = field(repr=False)
    at: datetime | None = field(default=None, compare=False)


@frozen
class Nothing:
    """The source answered by its absent-rule: there is none, as of `at`."""

    at: datetime | None = field(default=None, compare=False)


@frozen
class Unsaid:
    """The source answered with an emptiness that its configuration gives no meaning to."""


@frozen
class Awaited:
    """The source has taken the question and answers later: when it thinks so is `expected`, and the ticket is good until `expires`
    (`None`: as it said before). No ticket: it knows of none, or it was not asked now, because it is not due."""

    ticket: str = field(repr=False)
    asked_at: datetime
    expected: datetime
    expires: datetime | None
    was_asked: bool = True


class Hindrance(StrEnum):
    """Why there is no answer although nothing is broken."""

    AGENCY_POLICY = "agency_policy"  # the agency was reached, and its own policy says no
    UPSTREAM_QUOTA = "upstream_quota_spent"  # the calls that another platform allows us for the day are spent
    NUMBER_IN_DOUBT = "number_in_doubt"  # numbers were merged as one party's, and another signs in with one of them
    SCHEMA_CHANGED = "schema_changed"  # the source no longer has what our configuration names: a person must mend one of them


@frozen
class Hindered:
    """No answer, for a reason that is known. `was_asked`: the source was reached and says so itself; `said` is its word for why."""

    why: Hindrance
    said: str = ""
    was_asked: bool = True


Answer = Rows | Nothing | Unsaid | Awaited | Hindered | Partial


class Connector(Protocol):
    """One agency, its address and its secrets. Calls come from several threads at once."""

    def ask(self, question: Question, *, seconds: float) -> Answer:
        """Ask within `seconds`. Raises UpstreamError, free of addresses and values, when the source is down, slow or answers nonsense."""

    def close(self) -> None:
        """Give up kept connections."""


@frozen
class Desk:
    """Where an agency takes records of one act. `at`: function (`schema.name`) for SQL, path for HTTP."""

    act: str
    agency: str
    at: str


@frozen
class Record:
    """What is written for one person under one key: the same key and content is the same record, however often it is handed over."""

    desk: Desk
    key: str
    ground: str
    id_number: str = field(repr=False)
    values: Mapping[str, str | None] = field(repr=False)


@frozen
class Written:
    """The agency has the record: its own reference for it, and when it was made."""

    reference: str
    at: datetime


@frozen
class Refused:
    """The agency will not have the record; asking again changes nothing. `code` is its word for why, never a value."""

    code: str


class Writer(Protocol):
    """One agency's desk for records, with a credential of its own that can read nothing."""

    def write(self, record: Record, *, seconds: float) -> Written | Refused:
        """Hand the record over within `seconds`. Raises UpstreamError when nobody can say whether it was taken."""

    def close(self) -> None:
        """Give up kept connections."""
