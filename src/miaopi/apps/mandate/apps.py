"""The room as Django knows it, and as *exchange* knows it: the source of the resource `mandate`."""

from __future__ import annotations

from django.apps import AppConfig


class MandateConfig(AppConfig):
    name = "miaopi.apps.mandate"
    label = "mandate"

    def ready(self) -> None:
        from miaopi.apps.exchange.api import register_source
        from miaopi.apps.mandate.queries import find_mandate

        register_source("mandate", find_mandate)
