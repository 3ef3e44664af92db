"""What happens to a message: its id and its case, never its words or its number."""

from __future__ import annotations

from miaopi.apps.audit.api import Event
from miaopi.kernel.frozen import frozen


@frozen
class MessageWritten(Event):
    """A message waits to be carried. `kind` is the outcome or the occasion that it tells."""

    message: str
    number: str
    kind: str
    subject: str


@frozen
class MessageAccepted(Event):
    """The gateway took the message under its key; `attempts` counts our tries, `reference` is the gateway's own."""

    message: str
    number: str
    attempts: int
    reference: str
    subject: str


@frozen
class MessageDelivered(Event):
    """The telephone has it, says the gateway; `attempts` counts how often we handed it over."""

    message: str
    number: str
    attempts: int
    reference: str
    subject: str


@frozen
class MessageUndelivered(Event):
    """The gateway gave up, or has not said for long that the telephone has it. It is not sent again; it can be read in the house."""

    message: str
    number: str
    reference: str
    subject: str
