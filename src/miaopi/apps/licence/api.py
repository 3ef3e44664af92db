"""The door of licence."""

from __future__ import annotations

from miaopi.apps.licence.actions.sign import publish_next_key, renew_signing_keys
from miaopi.apps.licence.events import LicenceIssued, LicenceRevoked, LicenceUpdated
from miaopi.apps.licence.queries.keys import compute_trust
from miaopi.apps.licence.queries.licences import (
    Licence,
    State,
    find_licence,
    get_licence,
    get_own_licence,
    list_licences,
)

__all__ = [
    "Licence", "LicenceIssued", "LicenceRevoked", "LicenceUpdated", "State", "compute_trust", "find_licence", "get_licence",
    "get_own_licence", "list_licences", "publish_next_key", "renew_signing_keys",
]  # fmt: skip
