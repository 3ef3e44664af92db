"""Licences: what one has, one as paper and as a pass, and what anybody's is worth to a stranger."""
