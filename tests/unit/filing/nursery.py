"""Imported by the fork server before its first child, so that Django is up in each of them."""

from tests.unit.filing.child import start_django

start_django()
