"""Imported by the fork server before its first child, so that Django is up in each of them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()
import tests.unit.audit.storm  # noqa: E402, F401 - and with it what the children need
