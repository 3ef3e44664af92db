"""What happened to a consent."""

from __future__ import annotations

from dataclasses import dataclass

from miaopi.apps.audit.api import Event


@dataclass(frozen=True)
class ConsentGiven(Event):
    """A person allowed what the receipt says. `digest` is the SHA-256 of its canonical bytes, in hex."""

    receipt: str
    application: str
    service: str
    version: str
    subject: str
    digest: str


@dataclass(frozen=True)
class ConsentWithdrawn(Event):
    """The person took it back: nothing more is pulled on this receipt."""

    receipt: str
    application: str
    subject: str
