"""Writes of the treasury: entitling, listing and reviewing a month, paying, stopping."""
