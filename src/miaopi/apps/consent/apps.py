"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "miaopi.apps.consent"
    label = "consent"

    def ready(self) -> None:
        import miaopi.apps.consent.handlers  # noqa: F401  # its handlers register themselves when read
