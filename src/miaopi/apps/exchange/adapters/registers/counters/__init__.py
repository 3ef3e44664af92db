"""Counting and comparing rows where they stand: one module a kind of agency."""
