"""The room filing, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "miaopi.apps.filing"
    label = "filing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import miaopi.apps.filing.handlers  # noqa: F401 - importing it is what registers the handlers
