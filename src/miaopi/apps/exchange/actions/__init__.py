"""What this room does: pull facts, and say which service may have which."""

from __future__ import annotations

from miaopi.apps.exchange.actions.grants import approve_grant, revoke_grant, seed_grants
from miaopi.apps.exchange.actions.pull import Ground, pull

__all__ = ["Ground", "approve_grant", "pull", "revoke_grant", "seed_grants"]
