"""办件: the one case and its one status."""
