"""The door of licence."""

from __future__ import annotations

from miaopi.apps.licence.actions import issue_licence, sign_licence
from miaopi.apps.licence.events import LicenceIssued, LicenceSigned
from miaopi.apps.licence.queries import Licence, find_licence, get_licence

__all__ = ["Licence", "LicenceIssued", "LicenceSigned", "find_licence", "get_licence", "issue_licence", "sign_licence"]
