"""Reads of drafts and confirmed facts."""
