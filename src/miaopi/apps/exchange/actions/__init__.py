"""What this room does: pull facts, push records, and say which service may have which."""

from __future__ import annotations

from miaopi.apps.exchange.actions.grants import approve_grant, revoke_grant, seed_grants
from miaopi.apps.exchange.actions.grounds import Duty, Ground
from miaopi.apps.exchange.actions.pull import pull
from miaopi.apps.exchange.actions.push import Pushed, PushRefused, push_record

__all__ = ["Duty", "Ground", "PushRefused", "Pushed", "approve_grant", "pull", "push_record", "revoke_grant", "seed_grants"]
