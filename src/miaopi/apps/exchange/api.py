"""The door of *exchange*."""

from __future__ import annotations

from miaopi.apps.exchange.actions import (
    Duty,
    Ground,
    Pushed,
    PushRefused,
    approve_grant,
    pull,
    push_record,
    revoke_grant,
    seed_grants,
)
from miaopi.apps.exchange.adapters.registered import register_source
from miaopi.apps.exchange.adapters.status import list_sources
from miaopi.apps.exchange.events import (
    DataPulled,
    GrantApproved,
    GrantRevoked,
    GrantsSeeded,
    PullRefused,
    RecordPushed,
    RecordRefused,
    SourceAnsweredAgain,
    SourceFellSilent,
)
from miaopi.apps.exchange.queries import Grant, list_denied, list_grants, list_outages

__all__ = [
    "DataPulled", "Duty", "Grant", "GrantApproved", "GrantRevoked", "GrantsSeeded", "Ground", "PullRefused", "PushRefused", "Pushed",
    "RecordPushed", "RecordRefused", "SourceAnsweredAgain", "SourceFellSilent", "approve_grant", "list_denied",
    "list_grants", "list_outages", "list_sources", "pull", "push_record", "register_source", "revoke_grant", "seed_grants",
]
