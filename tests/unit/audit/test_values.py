"""What the room hands out cannot be changed or added to by whoever gets it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from miaopi.apps.audit.api import Actor, Finding, LoggedEntry, Proof
from miaopi.apps.audit.queries.readers import Batch
from tests.unit.audit.happenings import ANNA, NOW

ENTRY = LoggedEntry(0, NOW, "audit.Nothing", {}, {})
VALUES: list[Any] = [
    ANNA,
    Finding("entry 1", "altered"),
    ENTRY,
    Proof("{}", b"", b"", 0, None, (), None, ()),  # type: ignore[arg-type]  # no checkpoint is needed to hold it
    Batch(-1, 0, (), 0, False),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_stays_as_it_was_made(value: Any) -> None:
    name = next(iter(value.__slots__))
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")
    assert not hasattr(value, "__dict__")


def test_equal_actors_are_one() -> None:
    assert Actor(ANNA.kind, ANNA.id) == ANNA
    assert len({ANNA, Actor(ANNA.kind, ANNA.id)}) == 1
