"""The door of notification."""

from __future__ import annotations

from miaopi.apps.notification.actions.deliver import ask_due, deliver_due
from miaopi.apps.notification.actions.read import mark_all_read
from miaopi.apps.notification.queries import count_unread, list_messages, list_messages_about

__all__ = [
    "ask_due", "count_unread", "deliver_due", "list_messages", "list_messages_about", "mark_all_read",
]  # fmt: skip
