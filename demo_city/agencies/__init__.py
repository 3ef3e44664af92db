"""Agencies of the synthetic city (演示): processes that know their own database and nothing of the platform."""
