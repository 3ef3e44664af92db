"""The door of *exchange*."""

from __future__ import annotations

from miaopi.apps.exchange.actions import (
    Duty,
    Ground,
    Pulled,
    Pushed,
    PushRefused,
    approve_agreement,
    approve_grant,
    pull,
    pull_or_say_why,
    push_record,
    refuse_agreement,
    request_agreement,
    resume_agreement,
    revoke_agreement,
    revoke_grant,
    run_agreements,
    seed_grants,
    suspend_agreement,
)
from miaopi.apps.exchange.adapters.registered import register_source
from miaopi.apps.exchange.adapters.status import list_sources
from miaopi.apps.exchange.events import (
    AgreementExpired,
    AgreementGranted,
    AgreementOverdue,
    AgreementRefused,
    AgreementRequested,
    AgreementResumed,
    AgreementRevoked,
    AgreementSuspended,
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
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.agreements import (
    Agreement,
    Clock,
    Terms,
    get_agreement,
    list_agreements,
)
from miaopi.apps.exchange.queries.grants import Grant, list_grants
from miaopi.apps.exchange.queries.refusals import REFUSALS, PullRefusedError, RefusalCode
from miaopi.apps.exchange.queries.sources import list_outages

__all__ = [
    "Agreement", "AgreementExpired", "AgreementGranted", "AgreementOverdue", "AgreementRefused", "AgreementRequested", "AgreementResumed",
    "AgreementRevoked", "AgreementState", "AgreementSuspended", "Clock", "DataPulled", "Duty", "Grant", "GrantApproved", "GrantRevoked",
    "GrantsSeeded", "Ground", "PullRefused", "PullRefusedError", "Pulled", "PushRefused", "Pushed", "REFUSALS", "RecordPushed",
    "RecordRefused", "RefusalCode", "SourceAnsweredAgain", "SourceFellSilent", "Terms", "approve_agreement", "approve_grant",
    "get_agreement", "list_agreements", "list_grants", "list_outages", "list_sources", "pull", "pull_or_say_why", "push_record",
    "refuse_agreement", "register_source", "request_agreement", "resume_agreement", "revoke_agreement", "revoke_grant", "run_agreements",
    "seed_grants", "suspend_agreement",
]
