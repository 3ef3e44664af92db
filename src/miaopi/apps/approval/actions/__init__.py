"""Writes of approval: deciding what was confirmed, deciding again what waited, asking for a person."""
