"""The door of application."""

from __future__ import annotations

from miaopi.apps.application.actions import advance, change_version, open_application, withdraw_application
from miaopi.apps.application.events import ApplicationWithdrawn
from miaopi.apps.application.models import Application
from miaopi.apps.application.queries import (
    count_ahead,
    find_application,
    get_application,
    is_number,
    list_applications,
    list_states,
    lock_application,
)

__all__ = [
    "Application", "ApplicationWithdrawn", "advance", "change_version", "count_ahead", "find_application", "get_application", "is_number",
    "list_applications", "list_states", "lock_application", "open_application", "withdraw_application",
]
