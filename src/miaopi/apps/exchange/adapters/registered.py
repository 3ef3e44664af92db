"""Sources that are rooms of this house: they hand over values of FEEL, and what they hold becomes facts of the same kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown, Value


class OwnAnswer(Protocol):
    """What a room answers about a party: values by field, `None` for “there is none”."""

    def __call__(self, subject: str, fields: tuple[str, ...], now: datetime, /) -> Mapping[str, Value] | None: ...


_answers: dict[str, OwnAnswer] = {}


def register_source(resource: str, answer: OwnAnswer) -> None:
    """Called once a resource, in `ready()` of the room that keeps it. Raises ValueError for a second keeper: one datum, one source."""
    if _answers.get(resource, answer) is not answer:
        raise ValueError(f"{resource} has a source already")
    _answers[resource] = answer


def is_registered(resource: str) -> bool:
    return resource in _answers


def ask_registered(resource: str, subject: str, fields: tuple[str, ...], *, now: datetime) -> dict[str, Fact]:
    """A field that the room left out is unproven; one it gave as `None`, or a party it does not have, is absent."""
    said = _answers[resource](subject, fields, now)
    if said is None:
        return {field: Absent(resource, now) for field in fields}
    return {field: _fact(resource, said, field, now) for field in fields}


def _fact(resource: str, said: Mapping[str, Value], field: str, now: datetime) -> Fact:
    if field not in said:
        return Unknown(Doubt.UNPROVEN, resource)
    value = said[field]
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)  # the one kind of number that FEEL has
    return Absent(resource, now) if value is None else Known(value, resource, now)
