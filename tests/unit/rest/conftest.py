"""REST in front of a city of fakes: one resident signed in, one clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def scene(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A `tests.unit.filing.scene.Scene`, opened, at its own moment; imported here, since Django is not up when this file is read."""
    from django.test import override_settings

    from tests.unit.filing.scene import NOW, Scene

    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    built = Scene(tmp_path)
    with override_settings(**built.settings):
        built.open()
        yield built
