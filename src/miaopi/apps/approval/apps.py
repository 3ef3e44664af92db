"""The room approval, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalConfig(AppConfig):
    name = "miaopi.apps.approval"
    label = "approval"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import miaopi.apps.approval.handlers  # noqa: F401 - importing it is what registers the handlers
