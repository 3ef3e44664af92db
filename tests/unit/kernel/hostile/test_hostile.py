"""Whatever somebody hostile writes ends soon, takes little room, and says where it stands and what it goes beyond."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.kernel.hostile import models, texts
from tests.unit.kernel.hostile.measured import MEGABYTES, SECONDS, Measure, Taken, measuring


@pytest.fixture(scope="module", name="measure_text")
def _measure_text() -> Iterator[Measure]:
    with measuring("texts") as measure:
        yield measure


@pytest.fixture(scope="module", name="measure_model")
def _measure_model() -> Iterator[Measure]:
    with measuring("models") as measure:
        yield measure


def ends(taken: Taken, where: str, expected: str) -> None:
    """Whether it took no more than it may, and ended as expected: `fault` and `value` are ends, too."""
    end, _, said = expected.partition(": ")
    assert taken.seconds < SECONDS, taken
    assert taken.megabytes < MEGABYTES, taken
    assert (taken.end if taken.end != "value" else taken.said.partition(": ")[0]) == end, taken
    assert said in taken.said
    assert taken.said.startswith(where) or taken.end in ("value", "NotFound")


@pytest.mark.parametrize("name", texts.TEXTS)
def test_a_hostile_text_in_a_decision_ends_with_its_place(measure_text: Measure, name: str) -> None:
    ends(measure_text(f"decided: {name}"), texts.WHERE, texts.TEXTS[name].decided)


@pytest.mark.parametrize("name", texts.TEXTS)
def test_a_hostile_text_in_a_model_ends_with_its_place(measure_text: Measure, name: str) -> None:
    case = texts.TEXTS[name]
    ends(measure_text(f"open: {name}"), texts.WHERE, case.open or case.decided)


@pytest.mark.parametrize("name", models.MODELS)
def test_a_hostile_model_ends_with_its_place(measure_model: Measure, name: str) -> None:
    ends(measure_model(name), models.WHERE, models.MODELS[name][1])
