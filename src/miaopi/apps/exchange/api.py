"""The door of *exchange*."""

from __future__ import annotations

from miaopi.apps.exchange.actions import Ground, approve_grant, pull, revoke_grant, seed_grants
from miaopi.apps.exchange.adapters.registered import register_source
from miaopi.apps.exchange.adapters.status import list_sources
from miaopi.apps.exchange.events import (
    DataPulled,
    GrantApproved,
    GrantRevoked,
    GrantsSeeded,
    PullRefused,
    SourceAnsweredAgain,
    SourceFellSilent,
)
from miaopi.apps.exchange.queries import Grant, list_denied, list_grants, list_outages

__all__ = [
    "DataPulled", "Grant", "GrantApproved", "GrantRevoked", "GrantsSeeded", "Ground", "PullRefused",
    "SourceAnsweredAgain", "SourceFellSilent", "approve_grant", "list_denied",
    "list_grants", "list_outages", "list_sources", "pull", "register_source", "revoke_grant", "seed_grants",
]
