"""The city that pays, for the tests of the treasury."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def payroll(database: str, tmp_path: Path) -> Iterator[Any]:
    """A `tests.unit.treasury.scene.Payroll`, opened; imported here, since Django is not up when this file is read."""
    from django.test import override_settings

    from tests.unit.treasury.scene import Payroll

    made = Payroll(tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made
