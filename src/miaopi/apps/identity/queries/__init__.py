"""Reads of the room: parties and sessions, the number that checks itself, seals, rights."""
