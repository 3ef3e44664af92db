"""What notification needs of a gateway, in its own words."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from miaopi.kernel.frozen import frozen


@frozen
class Carried:
    """The gateway has the message. `reference` is its own number for it, the same for the same key."""

    reference: str


class Arrival(StrEnum):
    """What the gateway knows of a message that it took."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Gateway(Protocol):
    """Carries a text to a telephone. A key is carried once, however often it is handed over."""

    def send(self, *, to: str, text: str, key: str) -> Carried:
        """Hands the message over; raises UpstreamError when nobody can say whether it was taken."""
        ...

    def ask(self, *, key: str) -> Arrival:
        """What became of it; `WAITING` also for a key it does not know. Raises UpstreamError when it does not answer."""
        ...
