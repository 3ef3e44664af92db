"""Reads of the catalogue: its services and resources, and the search among services."""
