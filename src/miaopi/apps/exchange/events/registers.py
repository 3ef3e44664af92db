"""What happened to base registers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class BaseAnswered(Event):
    """Fields of a base register were answered out of the looks beside it, which are entries of their own.

    `answers` are `field: rule resource.field`, the source that gave it; none where the sources left it open. `definition` is the
    digest of the registers as they were written. It is shown no earlier than the looks that it tells of.
    """

    subject: str
    register: str
    answers: tuple[str, ...]
    definition: str
    service: str
    application: str
    receipt: str
    duty: str = ""
    visibility: str = "immediate"
    shown_from: datetime | None = None
    deferral: str = ""


@frozen
class CoverageMeasured(Event):
    """Agencies counted what they know; `sources` are those that did, `uncounted` those that cannot or did not answer."""

    register: str
    sources: tuple[str, ...]
    uncounted: tuple[str, ...]


@frozen
class DuplicatesFound(Event):
    """An agency compared its own rows; `found` pairs came back, `new` of them were not known."""

    register: str
    suspicion: str
    found: int
    new: int


@frozen
class DuplicateRead(Event):
    """A steward looked at the rows of a pair: one entry about each of the two."""

    is_access: ClassVar[bool] = True

    subject: str
    candidate: str
    register: str
    resource: str
    agency: str
    fields: tuple[str, ...]
    duty: str


@frozen
class DuplicateMerged(Event):
    """A person decided that two numbers are one party's: from the next pull on the register answers for both."""

    candidate: str
    register: str
    subject: str
    other: str


@frozen
class DuplicateSetApart(Event):
    """A person decided that two numbers are two parties'."""

    candidate: str
    register: str
    subject: str
    other: str


@frozen
class DuplicateReopened(Event):
    """What was decided of two numbers is taken back: from the next pull on each stands for itself again."""

    candidate: str
    register: str
    subject: str
    other: str


@frozen
class LineageRead(Event):
    """Somebody looked from where the facts of a decided case came: `fields` are names of facts, never their values."""

    is_access: ClassVar[bool] = True

    subject: str
    number: str
    fields: tuple[str, ...]
