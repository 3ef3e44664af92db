"""Reads of this room: who may have what, how the sources stand, what was pushed."""
