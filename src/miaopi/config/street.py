"""The rooms that are built, in the order the data flows; `.importlinter` holds the same order."""

from __future__ import annotations

from typing import Final

ROOMS: Final[tuple[str, ...]] = (
    "audit",
    "identity",
    "consent",
    "catalogue",
    "exchange",
    "mandate",
    "application",
    "filing",
    "approval",
    "appointment",
    "licence",
    "treasury",
    "notification",
)
