"""The door of *consent*."""

from __future__ import annotations

from miaopi.apps.consent.actions import give_consent, withdraw_consent
from miaopi.apps.consent.events import ConsentGiven, ConsentWithdrawn
from miaopi.apps.consent.queries import (
    Consent,
    find_open_consent,
    get_consent,
    list_consents,
    require_consent,
    verify_receipt,
)

__all__ = [
    "Consent", "ConsentGiven", "ConsentWithdrawn", "find_open_consent", "get_consent", "give_consent", "list_consents",
    "require_consent", "verify_receipt", "withdraw_consent",
]
