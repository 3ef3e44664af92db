"""Rooms and surfaces are tested on real tables; the kernel, the definitions and the instance need none."""

from __future__ import annotations

import pytest

TABLELESS = {"kernel", "definitions", "instance", "config", "demo_city", "gateway"}


@pytest.fixture(autouse=True)
def tables(request: pytest.FixtureRequest) -> None:
    if not TABLELESS & set(request.path.parts):
        request.getfixturevalue("database")
