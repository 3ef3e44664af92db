"""The door of *mandate*."""

from __future__ import annotations

from miaopi.apps.mandate.queries import Power, find_mandate, find_powers

__all__ = ["Power", "find_mandate", "find_powers"]
