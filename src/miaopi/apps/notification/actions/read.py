"""That messages were read, where their person is signed in."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.notification.queries import own_messages


def mark_all_read(*, by: Actor, now: datetime) -> int:
    """All messages she has not read yet; how many they were. What was read stays so."""
    with act(by=by, now=now):
        return own_messages(by).filter(read_at=None, written_at__lte=now).update(read_at=now)
