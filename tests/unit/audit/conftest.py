"""Each test declares its own handlers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    from tests.unit.audit.happenings import quiet

    with quiet():
        yield
