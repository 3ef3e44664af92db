"""The one log: what happened, in which order, and how anyone can check it (ADR 0005)."""
