"""Asking sources for a case: how long, in which order, and what happens to old answers. All persons are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from miaopi.apps.audit.api import list_entries
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.api import Ground
from miaopi.apps.filing.actions.gather import gather_facts
from miaopi.apps.filing.api import Draft, Search
from miaopi.apps.filing.models import Filing
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.fact import Known, Unknown
from tests.unit.filing.scene import ANNA, NOW, SERVICE, Scene
from tests.waiting import FOREVER, not_held_up


def asked(number: str) -> list[str]:
    return [str(entry.body["resource"]) for entry in list_entries(number=number) if entry.kind == "exchange.DataPulled"]


def test_a_slow_agency_is_waited_for_no_longer_than_the_deadline(scene: Scene) -> None:
    case = scene.draft()
    scene.pause = FOREVER
    scene.set_mode("population", "slow")
    line = city_directory().line("population")
    assert line is not None
    line.limit = FOREVER  # its own limit must not be what ends the wait
    package = replace(scene.package, deadline=timedelta(seconds=3))
    ground = Ground(Filing.objects.get(number=case.number).receipt, SERVICE, case.number)
    search = Search(package, scene.anna.id, ground, compute_legal_day(NOW))
    with not_held_up():
        found = gather_facts(search=search, draft=Draft(), sensitive=True, by=scene.anna, now=NOW)
    assert isinstance(found.sourced["person.name"], Unknown)
    assert isinstance(found.sourced["account.name"], Known)


def test_the_sensitive_source_is_asked_last_and_once(scene: Scene) -> None:
    case = scene.draft()
    assert "criminal_record" not in asked(case.number)
    scene.confirm(case)
    order = asked(case.number)
    assert order[-1] == "criminal_record"
    assert order.count("criminal_record") == 1


def test_fresh_answers_are_kept_and_volatile_ones_read_again(scene: Scene) -> None:
    case = scene.draft()
    before = asked(case.number)
    scene.confirm(case, now=NOW + timedelta(minutes=10))
    assert asked(case.number)[len(before):] == ["population_basic", "criminal_record"]
    facts = {each.fact: each.at for each in scene.result(case).prefilled}
    assert facts["person.name"] == NOW.isoformat()
    assert facts["person.life_status"] == (NOW + timedelta(minutes=10)).isoformat()


def test_answers_of_yesterday_are_read_again(scene: Scene) -> None:
    case = scene.draft()
    scene.change("population", "household_registration", police_station="演示派出所（新）")
    scene.confirm(case, now=NOW + timedelta(days=1))
    values = {each.fact: each.value for each in scene.result(case).prefilled}
    assert values["hukou.police_station"] == "演示派出所（新）"
    assert values["person.name"] == ANNA.name


@pytest.mark.parametrize("agency", ["population", "criminal"])
def test_a_source_that_came_back_before_she_confirms_is_heard(scene: Scene, agency: str) -> None:
    scene.set_mode(agency, "down")
    case = scene.draft()
    scene.set_mode(agency, "up")
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
