"""Limits

Rules are written by many hands. What cannot mean anything is refused before it is published, and nothing a rule can say
makes the house slow or brings it down.
"""
