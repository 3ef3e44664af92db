"""The door of notification."""

from __future__ import annotations

from miaopi.apps.notification.actions import deliver_due
from miaopi.apps.notification.events import MessageDelivered, MessageWritten
from miaopi.apps.notification.models import Message
from miaopi.apps.notification.queries import list_messages

__all__ = ["Message", "MessageDelivered", "MessageWritten", "deliver_due", "list_messages"]
