"""The door of licence."""

from __future__ import annotations

from miaopi.apps.licence.events import LicenceIssued
from miaopi.apps.licence.queries.licences import Licence, find_licence, get_licence

__all__ = ["Licence", "LicenceIssued", "find_licence", "get_licence"]
