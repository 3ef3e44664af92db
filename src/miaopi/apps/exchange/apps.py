"""The room as Django knows it; the verified identity of a person is a source like any other."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "miaopi.apps.exchange"
    label = "exchange"

    def ready(self) -> None:
        import miaopi.apps.exchange.handlers  # noqa: F401 - importing it is what registers the handlers
        from miaopi.apps.exchange.adapters.identity import answer_unified_identity
        from miaopi.apps.exchange.api import register_source

        register_source("unified_identity", answer_unified_identity)
