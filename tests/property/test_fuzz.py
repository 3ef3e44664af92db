"""A short run of what `prove fuzz` does at length."""

from __future__ import annotations

import pytest

from tests.fuzz.targets import TARGETS

pytest.importorskip("atheris", reason="it is made for Linux on x86-64 alone")


@pytest.mark.parametrize("target", TARGETS)
def test_inputs_by_chance_end_in_a_value_or_a_typed_error(target: str) -> None:
    from tests.fuzz.running import fuzz

    found = fuzz(target, 1_000)
    assert found.executions >= 1_000
    assert found.wrong == ()
