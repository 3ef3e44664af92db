"""The door of filing."""

from __future__ import annotations

from miaopi.apps.filing.actions.confirm import Confirmation, confirm
from miaopi.apps.filing.actions.drafts import dispute, enter, prefill
from miaopi.apps.filing.actions.gather import Search, gather_again
from miaopi.apps.filing.events import ConfirmedFacts, FilingConfirmed
from miaopi.apps.filing.queries.draft import DEFAULT, Draft, get_written, is_hers, is_silent
from miaopi.apps.filing.queries.filings import OpenDraft, get_draft
from miaopi.apps.filing.queries.form import compute_consent_end, list_consent_facts, list_consent_scope

__all__ = [
    "Confirmation", "ConfirmedFacts", "DEFAULT", "Draft", "FilingConfirmed", "OpenDraft", "Search", "compute_consent_end", "confirm",
    "dispute", "enter", "gather_again", "get_draft", "get_written", "is_hers", "is_silent", "list_consent_facts", "list_consent_scope",
    "prefill",
]  # fmt: skip
