"""Inputs by chance, led by what they reach in the code: whatever comes in ends in a value or a typed error."""
