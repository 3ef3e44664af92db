"""Connectors for agencies that speak another dialect than PostgreSQL and JSON: one module a kind."""
