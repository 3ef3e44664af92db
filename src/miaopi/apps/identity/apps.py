"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "miaopi.apps.identity"
    label = "identity"
