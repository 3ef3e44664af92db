"""The door of *mandate*."""

from __future__ import annotations

from miaopi.apps.mandate.queries import find_powers

__all__ = ["find_powers"]
