"""The room as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "miaopi.apps.catalogue"
    label = "catalogue"
