"""What happened to a consent."""

from __future__ import annotations

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class ConsentGiven(Event):
    """A person allowed what the receipt says. `digest` is the SHA-256 of its canonical bytes, in hex."""

    receipt: str
    application: str
    service: str
    version: str
    subject: str
    digest: str


@frozen
class ConsentWithdrawn(Event):
    """The person took it back: nothing more is pulled on this receipt."""

    receipt: str
    application: str
    subject: str


@frozen
class ConsentUsedUp(Event):
    """What it was given for has been reached, or given up: nothing more is pulled on this receipt."""

    receipt: str
    application: str
    subject: str
