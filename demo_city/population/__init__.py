"""Draws a population from a seed: same seed, number of people and day, same bytes. Knows nothing of the platform."""
