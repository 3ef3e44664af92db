"""Reads of decisions, waiting cases and results."""
