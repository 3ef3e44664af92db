"""Reads of the log: entries, the tree over them, and who is behind."""
