"""What happened to parties and their sessions. Identifiers only: never a name, a number or a telephone."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class PartyRegistered(Event):
    """A person was seen for the first time: an authority verified her, or an agency named her by her number."""

    subject: str
    document_type: str


@frozen
class IdentityChanged(Event):
    """The authority says something else of a known person than it did before; `fields` names what."""

    subject: str
    fields: tuple[str, ...]


@frozen
class SignedIn(Event):
    """A session was opened on the strength of `method` at `assurance` (1 to 3)."""

    subject: str
    session: str
    assurance: int
    method: str


@frozen
class SignInFailed(Event):
    """The authority did not know the code; `code` and `origin` are keyed hashes, of no use outside the limit."""

    code: str
    origin: str


@frozen
class SignedOut(Event):
    """A session was closed by its owner, or replaced by the one she opened after it."""

    subject: str
    session: str


@frozen
class StaffAdded(Event):
    """A member of staff got an account in one role, for one office, with queues to take cases from."""

    staff: str
    role: str
    office: str
    queues: tuple[str, ...]


@frozen
class StaffLeft(Event):
    """A member of staff has no account any more; her sessions and tokens ended with it."""

    staff: str


@frozen
class StaffSignedIn(Event):
    """A session of a member of staff was opened on the strength of `method`."""

    staff: str
    role: str
    session: str
    method: str


@frozen
class StaffSignedOut(Event):
    """A session of a member of staff was closed by her, or replaced by the one opened after it."""

    staff: str
    session: str


@frozen
class TokenIssued(Event):
    """A key for programs was issued; `subject` for a person, `staff` for a member of staff, `agency` for the systems of one."""

    token: str
    expires_at: datetime
    subject: str | None = None
    staff: str | None = None
    agency: str | None = None


@frozen
class TokenRevoked(Event):
    """A key for programs is of no use from now on."""

    token: str
    subject: str | None = None
    staff: str | None = None
    agency: str | None = None
