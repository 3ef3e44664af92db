"""Writes of the catalogue: what a city's file says, what a national table says, and versions of services."""
