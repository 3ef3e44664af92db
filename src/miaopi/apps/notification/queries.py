"""Reads of the messages."""

from __future__ import annotations

from datetime import datetime

from miaopi.apps.notification.models import Message


def list_messages(*, number: str) -> list[Message]:
    """The messages about one case, oldest first."""
    return list(Message.objects.filter(number=number).order_by("written_at", "id"))


def list_due(*, now: datetime, most: int) -> list[Message]:
    """Messages that wait to be carried, the longest due first."""
    return list(Message.objects.filter(delivered_at=None, due_at__lte=now).order_by("due_at", "id")[:most])
