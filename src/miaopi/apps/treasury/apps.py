"""What Django asks of the room."""

from __future__ import annotations

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "miaopi.apps.treasury"
    label = "treasury"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from miaopi.apps.treasury import handlers  # noqa: F401 - importing it is what makes the handlers known
