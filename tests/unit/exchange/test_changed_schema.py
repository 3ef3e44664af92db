"""A source that no longer has what our configuration names: nobody is absent, a person must mend it, and all else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import override_settings

from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.exchange.adapters.lines import OPENS_AFTER
from miaopi.apps.exchange.api import list_outages, list_quality, list_sources, pull_or_say_why
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Doubt, Known, Unknown
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import NOW, ROW, Scene
from tests.waiting import LONG

pytestmark = pytest.mark.usefixtures("database")

NAME, STREET = {"population_basic": ("name",)}, {"address": ("street",)}
SOURCE = ("population_basic", "population")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def rename(scene: Scene) -> None:
    scene.rows["population"]["population_basic"] = [{"id_number": ROW["id_number"], "full_name": ROW["name"]}]


def test_a_changed_schema_is_an_outage_with_a_code_and_never_an_absence(scene: Scene) -> None:
    assert isinstance(scene.pull(NAME)["population_basic.name"], Known)
    rename(scene)
    first, second = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    for now in (first, second):
        scene.publish()
        said = pull_or_say_why(
            subject=scene.subject, asks=NAME, ground=scene.ground(), deadline=timedelta(seconds=LONG), by=scene.by, now=now
        )
        assert said.facts == {"population_basic.name": Unknown(Doubt.UNAVAILABLE, "population_basic", first)}
        assert said.refused == {"population_basic.name": "schema_changed"}
    assert [(each["code"], each["reason"], each["provider"]) for each in entries("PullRefused")] == [
        ("schema_changed", "source", "population")
    ] * 2
    assert list_outages() == {SOURCE: first}
    scene.rows["population"]["population_basic"] = [ROW]
    assert isinstance(scene.pull(NAME, now=second)["population_basic.name"], Known)
    assert list_outages() == {}
    assert len(entries("SourceFellSilent")) == len(entries("SourceAnsweredAgain")) == 1


def test_what_else_the_agency_keeps_is_asked_for_as_before(scene: Scene) -> None:
    rename(scene)
    for _ in range(OPENS_AFTER + 1):
        scene.pull(NAME)
    assert isinstance(scene.pull(STREET)["address.street"], Known), "a view of another's making does not close the line"
    found = {(each.resource, each.agency): each for each in list_sources(now=NOW)}
    changed, other = found[SOURCE], found["address", "population"]
    assert (changed.state, changed.silent_since, other.state, other.silent_since) == ("changed", NOW, "up", None)
    assert changed.failures == {"schema_changed": OPENS_AFTER + 1}


def test_it_counts_against_the_availability_of_the_source(scene: Scene) -> None:
    scene.pull(NAME)
    rename(scene)
    scene.pull(NAME)
    sequence()
    run_after_handlers(now=NOW)
    found = {(each.resource, each.agency): each for each in list_quality(since=compute_legal_day(NOW))}
    assert found[SOURCE].availability.to_json() == {"part": 1, "whole": 2, "share": 0.5}
