"""The scene of a graduate, for the tests of appointment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def scene(database: str, tmp_path: Path) -> Iterator[Any]:
    """A `tests.unit.appointment.scene.Graduates`, opened; imported here, since Django is not up when this file is read."""
    from django.test import override_settings

    from tests.unit.appointment.scene import Graduates

    built = Graduates(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built
