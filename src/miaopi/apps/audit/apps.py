"""What Django asks of the room."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "miaopi.apps.audit"
    label = "audit"
