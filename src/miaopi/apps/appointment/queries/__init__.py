"""Reads of appointment: visits, what is still free, and what a clerk sees."""
