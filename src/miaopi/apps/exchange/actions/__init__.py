"""What this room does: settle agreements, pull facts, push records, and say which service may have which."""

from __future__ import annotations

from miaopi.apps.exchange.actions.agreements import (
    approve_agreement,
    refuse_agreement,
    request_agreement,
    resume_agreement,
    revoke_agreement,
    run_agreements,
    suspend_agreement,
)
from miaopi.apps.exchange.actions.grants import approve_grant, revoke_grant, seed_grants
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.actions.pull import Pulled, pull, pull_or_say_why
from miaopi.apps.exchange.actions.push import Pushed, PushRefused, push_record

__all__ = [
    "Duty", "Ground", "Pulled", "PushRefused", "Pushed", "approve_agreement", "approve_grant", "pull", "pull_or_say_why",
    "push_record", "refuse_agreement", "request_agreement", "resume_agreement", "revoke_agreement", "revoke_grant", "run_agreements",
    "seed_grants", "suspend_agreement",
]
