"""What was said to be wrong, and what was corrected."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class DisputeFiled(Event):
    """A person says that a field of her record at `agency` is wrong; its steward answers by `due_at` (政务数据共享条例; article 须核验)."""

    dispute: str
    resource: str
    agency: str
    field: str
    due_at: datetime
    subject: str
    application: str = ""


@frozen
class DisputeRead(Event):
    """The steward of the agency looked at what the person disputes: what the register said, and what she says."""

    is_access: ClassVar[bool] = True

    dispute: str
    resource: str
    agency: str
    fields: tuple[str, ...]
    staff: str
    subject: str


@frozen
class DisputeAnswered(Event):
    """The steward found: corrected, partly, or unfounded. The words for the person stand in the dispute."""

    dispute: str
    resource: str
    agency: str
    field: str
    finding: str
    subject: str
    application: str = ""


@frozen
class DisputeTransferred(Event):
    """The steward passed it on to the agency that really holds the record (转办): there it waits as `became`, by the time it had."""

    dispute: str
    resource: str
    agency: str
    to: str
    became: str
    field: str
    due_at: datetime
    subject: str
    application: str = ""


@frozen
class DisputeOverdue(Event):
    """The agency let the time of a dispute run out: whoever watches over data sharing is told by this."""

    dispute: str
    agency: str
    due_at: datetime


@frozen
class RecordCorrected(Event):
    """The agency corrected these fields of its own record; from now on it answers rightly. `dispute`: whose answer this is, or empty."""

    correction: str
    resource: str
    agency: str
    fields: tuple[str, ...]
    subject: str
    dispute: str = ""
