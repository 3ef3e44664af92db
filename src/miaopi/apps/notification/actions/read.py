"""That a message was read, where its person is signed in."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.notification.queries import NO_MESSAGE, Message, compute_message, own_messages
from miaopi.kernel.errors import NotFound


def mark_read(*, message: str, by: Actor, now: datetime) -> Message:
    """Note that the reader saw one of her messages; what was read stays so. NotFound for another's."""
    with act(by=by, now=now):
        row = own_messages(by).filter(id=message).first()
        if row is None:
            raise NotFound(NO_MESSAGE)
        if row.read_at is None:
            row.read_at = now
            row.save(update_fields=("read_at",))
    return compute_message(row)


def mark_all_read(*, by: Actor, now: datetime) -> int:
    """All messages she has not read yet; how many they were."""
    with act(by=by, now=now):
        return own_messages(by).filter(read_at=None, written_at__lte=now).update(read_at=now)
