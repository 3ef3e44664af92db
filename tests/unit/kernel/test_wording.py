"""How values are written for people."""

from __future__ import annotations

import pytest

from miaopi.kernel.wording import mask


@pytest.mark.parametrize(
    ("number", "shown"),
    [("440303199001011234", "440***********1234"), ("13900002222", "139****2222"), ("E1234567", "E12*4567"), ("1234567", "1234567")],
)
def test_a_masked_number_shows_its_ends_alone(number: str, shown: str) -> None:
    assert mask(number) == shown
