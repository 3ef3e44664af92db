"""Writes of the room: signing in and out, staff accounts, tokens."""
