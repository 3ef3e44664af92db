"""Residents drawn for tests that only read them: drawn once for whoever asks for the same."""

from __future__ import annotations

from functools import lru_cache

from demo_city.population.generate import generate
from demo_city.population.people import Population
from tests.unit.demo_city.conftest import DAY


@lru_cache(maxsize=4)
def city(seed: int = 1, people: int = 10_000) -> Population:
    return generate(seed=seed, people=people, day=DAY)
