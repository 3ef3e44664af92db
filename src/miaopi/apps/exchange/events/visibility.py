"""What became of looks that are shown later, and of objections to looks."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class DeferralRenewed(Event):
    """A named official lets the looks of a matter be shown later still; the reason stands in the deferral."""

    deferral_of: str
    agreement: str
    until: datetime
    looks: int


@frozen
class LooksReleased(Event):
    """A named official lets the looks of a matter be shown from now on; `ground` is the decision of the court or authority."""

    deferral_of: str
    agreement: str
    ground: str
    looks: int


@frozen
class ObjectionFiled(Event):
    """A person wants the look at position `look` explained by `office`, until `due_at`. Her words are in no entry."""

    objection: str
    subject: str
    look: int
    office: str
    due_at: datetime


@frozen
class ObjectionRead(Event):
    """A member of staff of the office that has to answer read an objection and the look that it is about."""

    is_access: ClassVar[bool] = True

    objection: str
    subject: str
    look: int
    office: str
    fields: tuple[str, ...]


@frozen
class ObjectionAnswered(Event):
    """The office explained the look, or says that it should not have been: then its agreements may be `suspended` with it."""

    objection: str
    subject: str
    look: int
    office: str
    state: str
    suspended: tuple[str, ...]


@frozen
class ObjectionWithdrawn(Event):
    """The person does not want it explained any more."""

    objection: str
    subject: str
    look: int
    office: str


@frozen
class ObjectionOverdue(Event):
    """The office let its time run out: whoever watches over data sharing is told by this. The clock is noted once."""

    objection: str
    office: str
    due_at: datetime


@frozen
class SharingWatched(Event):
    """An auditor opened a `page` on which looks are counted: about nobody by name."""

    page: str
    staff: str


@frozen
class EntryRead(Event):
    """An auditor read the entry at `position`. Whom it is about is named only where she can see that entry herself."""

    is_access: ClassVar[bool] = True

    position: int
    entry_kind: str
    staff: str
    subject: str | None
