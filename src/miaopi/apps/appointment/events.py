"""What happened to a visit: numbers, offices and times, never a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class VisitInvited(Event):
    """After an approval somebody must come once, by `valid_to` at the latest, for the act `act`."""

    number: str
    service: str
    act: str
    valid_to: str
    subject: str


@frozen
class SlotBooked(Event):
    """A seat is hers: `appointment` names it, `at` is when it begins (ISO 8601)."""

    number: str
    appointment: str
    office: str
    at: str
    subject: str


@frozen
class SlotMoved(Event):
    """She took another seat instead of `earlier`, in one step."""

    number: str
    appointment: str
    office: str
    at: str
    earlier: str
    subject: str


@frozen
class SlotCancelled(Event):
    """She gave her seat back; the visit itself still stands."""

    number: str
    appointment: str
    subject: str


@frozen
class VisitRead(Event):
    """A clerk looked at who comes and what is to be seen; the reason is the visit and its act."""

    is_access: ClassVar[bool] = True

    number: str
    service: str
    act: str
    office: str
    staff: str
    subject: str


@frozen
class PaperSeen(Event):
    """A clerk saw an original; `paper` counts from 1 in the order of the package."""

    number: str
    paper: int
    office: str
    staff: str
    subject: str


@frozen
class VisitCompleted(Event):
    """Everything was seen within the validity; the act may be carried out. `done_on` is an ISO day."""

    number: str
    service: str
    version: str
    act: str
    office: str
    staff: str
    done_on: str
    subject: str


@frozen
class VisitReminded(Event):
    """The validity ends soon and nobody came or booked."""

    number: str
    service: str
    version: str
    until: str
    subject: str


@frozen
class VisitLapsed(Event):
    """The validity ended and nobody came: the approval has no effect any more, and nothing was registered."""

    number: str
    service: str
    version: str
    act: str
    until: str
    done_on: str
    subject: str


@frozen
class VisitClosed(Event):
    """A person decided otherwise: there is nothing to come for any more."""

    number: str
    subject: str


@dataclass(frozen=True)
class VisitEnded:
    """The hand of `VisitCompleted` and `VisitLapsed`, for this transaction alone: whose it is and what was decided.

    `values` are those of the decision, as JSON holds them, and `as_of` is its legal day.
    """

    number: str
    service: str
    version: str
    party: str
    as_of: date
    ended_on: date
    values: Mapping[str, object] = field(repr=False)
