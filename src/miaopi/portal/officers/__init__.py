"""The desk of an officer: queues in the order in which they are due, and one case from taking to deciding it."""
