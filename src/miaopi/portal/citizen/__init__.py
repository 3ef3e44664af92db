"""What is a citizen's own: her cases, her visits, her messages."""
