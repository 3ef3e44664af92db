"""Quality: counted behind the log from looks that happened anyway, a statement a batch. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.audit.events import read_event
from miaopi.apps.exchange.api import DataPulled, Quality, list_quality
from miaopi.kernel.calendar import compute_legal_day
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import NOW, ROW, Scene

TODAY = compute_legal_day(NOW)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def counted() -> dict[tuple[str, str], Quality]:
    sequence()
    run_after_handlers(now=NOW)
    return {(each.resource, each.agency): each for each in list_quality(since=TODAY)}


def test_what_a_source_said_is_counted_by_field_and_day(scene: Scene) -> None:
    scene.pull({"population_basic": ("name", "birth_date")})
    scene.pull({"population_basic": ("name",)})
    found = counted()["population_basic", "population"]
    assert (found.asked, found.known, found.silent, found.invalid) == (3, 3, 0, 0)
    assert (found.completeness.value, found.validity.value, found.freshness.value, found.disputes_upheld.value) == (1, 1, 1, None)
    assert list_quality(since=TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("change", "asked", "expected"),
    [
        ({"birth_date": "not a day"}, ("name", "birth_date"), {"known": 1, "invalid": 1}),
        ({"birth_date": None}, ("name", "birth_date"), {"known": 1, "unproven": 1}),
        ({"id_number": "somebody else"}, ("name",), {"absent": 1}),
    ],
)
def test_each_field_is_counted_as_what_it_was(
    scene: Scene, change: dict[str, Any], asked: tuple[str, ...], expected: dict[str, int]
) -> None:
    scene.rows["population"]["population_basic"] = [{**ROW, **change}]
    scene.pull({"population_basic": asked})
    found = counted()["population_basic", "population"]
    said = {name: getattr(found, name) for name in ("known", "absent", "unproven", "silent", "conflict", "invalid")}
    assert {name: count for name, count in said.items() if count} == expected


def test_silence_counts_against_availability_and_not_against_completeness(scene: Scene) -> None:
    scene.pull({"population_basic": ("name",)})
    scene.modes["population"] = "down"
    scene.pull({"population_basic": ("name",)})
    found = counted()["population_basic", "population"]
    assert (found.silent, found.availability.to_json()) == (1, {"part": 1, "whole": 2, "share": 0.5})
    assert found.completeness.to_json() == {"part": 1, "whole": 1, "share": 1.0}


def test_rows_that_are_too_old_count_against_freshness_and_not_against_completeness(scene: Scene) -> None:
    path = scene.folder / "exchange.yaml"
    first, rest = path.read_text(encoding="utf-8").split("absent: empty\n", 1)
    path.write_text(f"{first}absent: empty\n        fresh: P1D\n        as_of: birth_date\n{rest}", encoding="utf-8")
    scene.pull({"population_basic": ("name", "birth_date")})
    found = counted()["population_basic", "population"]
    assert (found.stale, found.unproven, found.freshness.value) == (2, 0, 0)
    assert found.completeness.to_json() == {"part": 0, "whole": 0, "share": None}


def test_sources_that_differ_are_both_inconsistent(scene: Scene) -> None:
    scene.rows["second"]["address"][0]["road"] = "深南大道2号"
    scene.pull({"address": ("street",)})
    found = counted()
    assert [found["address", agency].consistency.value for agency in ("population", "second")] == [0, 0]
    assert "深南大道" not in str(entries("DataPulled"))


def test_an_entry_of_before_is_counted_too(scene: Scene) -> None:
    scene.pull({"population_basic": ("name",)})
    (body,) = entries("DataPulled")
    old = read_event("exchange.DataPulled", {name: value for name, value in body.items() if name not in {"findings", "transaction"}})
    assert isinstance(old, DataPulled) and old.findings == ()


def test_a_batch_of_looks_is_counted_in_one_statement_and_a_pull_counts_nothing(scene: Scene) -> None:
    for _ in range(5):
        with CaptureQueriesContext(connection) as pulled:
            scene.pull({"population_basic": ("name", "birth_date"), "criminal_record": ("condition_met",)})
        assert not any("qualityday" in (query["sql"] or "") for query in pulled)
    sequence()
    with CaptureQueriesContext(connection) as told:
        run_after_handlers(now=NOW)
    assert sum("qualityday" in (query["sql"] or "") for query in told) == 1
    assert list_quality(since=TODAY)[1].asked == 10
