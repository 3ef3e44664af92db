"""The room application, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApplicationConfig(AppConfig):
    name = "miaopi.apps.application"
    label = "application"
    default_auto_field = "django.db.models.BigAutoField"
