"""The room as Django knows it, and as *audit* knows it: the one that can name persons without naming them."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "miaopi.apps.identity"
    label = "identity"

    def ready(self) -> None:
        from miaopi.apps.audit.api import name_persons_by
        from miaopi.apps.identity.queries.sealing import pseudonym

        name_persons_by(pseudonym)
