"""What is known of a person, and how surely: the fact algebra of DESIGN.md law 6.

Unknown is not no, and absent is not unknown. Only *known* and *absent* can make a condition true or false.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from miaopi.kernel.frozen import frozen

FactName = str
Value = object  # a FEEL value: None, bool, str, Decimal, date, datetime, list, dict (kernel.expr says which)


class Doubt(StrEnum):
    """Why nobody could say (reference `flagship/_common.md`, Facts)."""

    UNAVAILABLE = "unavailable"  # no answer
    STALE = "stale"  # older than allowed
    CONFLICT = "conflict"  # two sources differ
    UNPROVEN = "unproven"  # nobody may or can say


@frozen
class Known:
    """A value with the resource that said so and the moment it was obtained (`None` where a facts file gave it)."""

    value: Value
    source: str | None = None
    obtained_at: datetime | None = None


@frozen
class Absent:
    """The source answered: there is none."""

    source: str | None = None
    obtained_at: datetime | None = None


@frozen
class Unknown:
    """Nobody could say. `since` is when the source fell silent; `exhausted`: the patience of the service is over."""

    doubt: Doubt
    source: str | None = None
    since: datetime | None = None
    exhausted: bool = False


@frozen
class Disputed:
    """The person contests this value; its source checks it. For a rule it is unknown."""

    contested: Known


Fact = Known | Absent | Unknown | Disputed
