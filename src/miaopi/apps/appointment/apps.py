"""What Django asks of the room."""

from __future__ import annotations

from django.apps import AppConfig


class AppointmentConfig(AppConfig):
    name = "miaopi.apps.appointment"
    label = "appointment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from miaopi.apps.appointment import handlers  # noqa: F401 - importing it is what makes the handlers known
