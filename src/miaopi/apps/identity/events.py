"""What happened to parties and their sessions. Identifiers only: never a name, a number or a telephone."""

from __future__ import annotations

from dataclasses import dataclass

from miaopi.apps.audit.api import Event


@dataclass(frozen=True)
class PartyRegistered(Event):
    """A person whom an authority verified was seen for the first time."""

    subject: str
    document_type: str


@dataclass(frozen=True)
class IdentityChanged(Event):
    """The authority says something else of a known person than it did before; `fields` names what."""

    subject: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SignedIn(Event):
    """A session was opened on the strength of `method` at `assurance` (1 to 3)."""

    subject: str
    session: str
    assurance: int
    method: str


@dataclass(frozen=True)
class SignInFailed(Event):
    """The authority did not know the code; `code` and `origin` are keyed hashes, of no use outside the limit."""

    code: str
    origin: str


@dataclass(frozen=True)
class SignedOut(Event):
    """A session was closed by its owner, or replaced by the one she opened after it."""

    subject: str
    session: str
