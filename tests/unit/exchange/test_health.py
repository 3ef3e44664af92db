"""How agencies answer is one truth for all processes: told when it changes and never by a pull in which nothing did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.exchange.adapters.directory import Directory
from miaopi.apps.exchange.adapters.lines import OPENS_AFTER, RESTS
from miaopi.apps.exchange.adapters.status import SourceStatus
from miaopi.apps.exchange.api import forget_health, list_sources
from miaopi.apps.exchange.models import LineHealth
from miaopi.apps.exchange.queries.sources import find_rest
from tests.unit.exchange.scene import KEEPER, NOW, Scene
from tests.unit.exchange.test_lines import QUESTION

NAME = {"population_basic": ("name",)}
RECORD = {"criminal_record": ("condition_met",)}


@pytest.fixture
def scene(tmp_path: Path, database: str) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path, settings={}), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


@contextmanager
def statements() -> Iterator[list[str]]:
    told: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield told


def status(agency: str, now: Any = NOW) -> SourceStatus:
    return next(each for each in list_sources(now=now) if each.agency == agency)


def as_another_process() -> None:
    """What this process told was told by one that has ended; of agencies that it did not ask it knows nothing itself."""
    LineHealth.objects.update(process="another")


def elsewhere(scene: Scene) -> Directory:
    """The directory of a process that starts now."""
    return Directory(scene.folder / "exchange.yaml", scene.addresses, find_rest=find_rest)


def test_a_healthy_pull_tells_nothing_after_the_first(scene: Scene) -> None:
    scene.pull(NAME)
    assert [row.agency for row in LineHealth.objects.all()] == ["population"]
    with statements() as told:
        for _ in range(5):
            scene.pull(NAME)
    assert told != [] and [sql for sql in told if "linehealth" in sql] == []


def test_a_process_that_starts_while_an_agency_is_left_alone_does_not_ask_it(scene: Scene) -> None:
    scene.modes["criminal"] = "down"
    for _ in range(OPENS_AFTER):
        scene.pull(RECORD)
    scene.modes["criminal"] = "up"
    scene.publish()
    line = elsewhere(scene).line("criminal")
    assert line is not None and line.ask(replace(QUESTION, at=NOW), seconds=1) is None
    assert line.is_resting() and line.recall().failures == {}, "it was not asked"
    over = elsewhere(scene).line("criminal")
    assert over is not None
    over.ask(replace(QUESTION, at=NOW + timedelta(seconds=RESTS + 1)), seconds=1)
    assert not over.is_resting()


def test_what_one_process_found_every_other_one_shows(scene: Scene) -> None:
    scene.modes["criminal"] = "down"
    for _ in range(OPENS_AFTER):
        scene.pull(RECORD)
    LineHealth.objects.filter(agency="criminal").update(process="another", agency="second")
    found = status("second")
    assert (found.state, found.answered_at, found.failures) == ("resting", None, {"garbage": OPENS_AFTER})
    assert status("second", NOW + timedelta(seconds=RESTS + 1)).state == "silent"
    scene.pull({"address": ("street",)}, now=NOW + timedelta(minutes=1))
    found = status("second", NOW + timedelta(minutes=1))
    assert (found.state, found.answered_at, found.failures) == ("up", NOW + timedelta(minutes=1), {"garbage": OPENS_AFTER})
    assert found.p95_ms is not None


def test_what_ended_processes_told_is_forgotten_after_a_day(scene: Scene) -> None:
    scene.pull(NAME)
    as_another_process()
    assert forget_health(by=KEEPER, now=NOW + timedelta(hours=23)) == 0
    assert forget_health(by=KEEPER, now=NOW + timedelta(hours=25)) == 1


def test_a_process_whose_clock_is_ahead_speaks_for_nobody(scene: Scene) -> None:
    scene.modes["criminal"] = "down"
    for _ in range(OPENS_AFTER):
        scene.pull(RECORD, now=NOW + timedelta(days=40))
    LineHealth.objects.filter(agency="criminal").update(process="another", agency="second")
    assert status("second").state == "unasked"
    line = elsewhere(scene).line("second")
    assert line is not None
    line.ask(replace(QUESTION, at=NOW), seconds=1)
    assert not line.is_resting(), "it was asked"
    scene.pull({"address": ("street",)})
    assert status("second").state == "up"
    assert forget_health(by=KEEPER, now=NOW) >= 1
    assert not LineHealth.objects.filter(process="another").exists()
