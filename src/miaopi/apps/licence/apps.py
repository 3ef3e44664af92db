"""What Django asks of the room."""

from __future__ import annotations

from django.apps import AppConfig


class LicenceConfig(AppConfig):
    name = "miaopi.apps.licence"
    label = "licence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from miaopi.apps.licence import handlers  # noqa: F401 - importing it is what makes the handlers known
