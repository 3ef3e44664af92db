"""The door of *consent*."""

from __future__ import annotations

from miaopi.apps.consent.actions import give_consent, use_up_consents, withdraw_consent
from miaopi.apps.consent.events import ConsentWithdrawn
from miaopi.apps.consent.queries import (
    Consent,
    Scope,
    find_open_consent,
    get_consent,
    list_consents,
    read_scope,
    verify_receipt,
)

__all__ = [
    "Consent", "ConsentWithdrawn", "Scope", "find_open_consent", "get_consent", "give_consent", "list_consents", "read_scope",
    "use_up_consents", "verify_receipt", "withdraw_consent",
]
