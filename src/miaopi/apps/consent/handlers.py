"""Who gave a consent gets a signed receipt of it."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import after, system
from miaopi.apps.consent.actions import sign_receipt
from miaopi.apps.consent.events import ConsentGiven


@after(ConsentGiven)
def sign_when_given(event: ConsentGiven, *, seq: int, now: datetime) -> None:
    sign_receipt(receipt=event.receipt, digest=event.digest, by=system("consent.sign_when_given"), now=now)
