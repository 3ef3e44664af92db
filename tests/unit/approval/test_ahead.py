"""What comes next on outcomes that end by themselves: a lawful period, a waiting list. All persons are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import list_decisions, request_review, retry_waiting
from miaopi.kernel.errors import InputError
from tests.unit.approval.office import scene_with, shanghai
from tests.unit.filing.scene import BEN, NOW, Scene, rows_of

MESSAGES = """
messages:
  waitlist: {zh: "您的申请（编号{number}）在轮候。", en: "Your application {number} is on the waiting list."}
"""
FACTS = """
talent.open_case:
  type: boolean
  label: {zh: 是否公示期满, en: The notice is over}
  privacy: personal
  source: talent_introduction.open_case
  ground: consent
  volatile: true
"""
RULES = """
reasons:
  NCR-98:
    outcome: %s
    text: {zh: 公示期未满，或名额已用完。, en: The notice still runs or the quota is used up.}
    basis: {instrument: 演示, article: unverified}
    remedy: {zh: 等待；期满自动办理。, en: Wait; it goes on by itself.}
---
conditions:
  - id: C9
    kind: eligibility
    text: {zh: 公示期满, en: The notice is over}
    holds: talent.open_case = true
    basis: {instrument: 演示, article: unverified}
    otherwise: NCR-98
    values:
      until: date("2026-11-30")
"""


@pytest.fixture(params=["wait"])
def scene(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    with scene_with(tmp_path, service=MESSAGES, facts=FACTS, rules=RULES % request.param) as built:
        tell(built, False)
        yield built


def tell(scene: Scene, over: bool) -> None:
    """Whether the agency says that the notice is over."""
    key = scene.rows["population"]["population_basic"][0]["id_number"]
    scene.rows["hr"] = {"talent_introduction": [{"id_number": key, "case_no": "R1", "district": None, "status": "在办", "approved_on": None,
                                                 "valid_to": None, "open_case": over, "open_case_no": None}]}
    scene.publish()


def confirmed(scene: Scene) -> Application:
    case = scene.draft()
    scene.confirm(case)
    return case


def test_a_lawful_period_says_until_when_and_ends_by_itself(scene: Scene) -> None:
    case = confirmed(scene)
    result = scene.result(case)
    assert (result.state, result.outcome, [reason["code"] for reason in result.reasons]) == ("waiting", "wait", ["NCR-98"])
    assert (result.ahead.until, result.ahead.next_try_at) == (date(2026, 11, 30), shanghai("2026-12-01", 0))
    assert (result.ahead.patience_until, result.waiting_for, result.ahead.can_review) == (None, (), False)
    assert json.dumps(result.to_json())
    assert retry_waiting(now=NOW + timedelta(days=3)) == 0
    tell(scene, True)
    assert retry_waiting(now=NOW + timedelta(days=3)) == 0  # nobody is asked before the period is over
    assert retry_waiting(now=shanghai("2026-12-01", 0)) == 1
    result = scene.result(case)
    assert (result.outcome, result.filed_on) == ("approve", "2026-11-23")
    assert {row.as_of for row in list_decisions(number=case.number, reader=scene.anna)} == {date(2026, 11, 23)}


def test_a_period_that_is_not_over_is_looked_at_again_on_the_next_day(scene: Scene) -> None:
    case = confirmed(scene)
    assert retry_waiting(now=shanghai("2026-12-01", 0)) == 0
    assert scene.result(case).ahead.next_try_at == shanghai("2026-12-02", 0)
    assert len(list_decisions(number=case.number, reader=scene.anna)) == 1


def test_a_withdrawn_case_has_nothing_ahead(scene: Scene) -> None:
    case = confirmed(scene)
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    ahead = scene.result(case).ahead
    assert (ahead.until, ahead.next_try_at, ahead.can_review) == (None, None, False)


@pytest.mark.parametrize("scene", ["waitlist"], indirect=True)
def test_a_place_on_the_waiting_list_follows_the_order_of_filing(scene: Scene) -> None:
    first, second = scene.draft(), scene.draft()
    scene.confirm(second, now=NOW)
    scene.confirm(first, now=NOW + timedelta(minutes=1))
    scene.rows = rows_of(BEN)
    tell(scene, False)
    ben = scene.enter(BEN)
    third = scene.draft(by=ben, now=NOW + timedelta(minutes=2))
    scene.confirm(third, by=ben, now=NOW + timedelta(minutes=2))
    assert scene.result(first).outcome == "waitlist"
    assert [scene.result(case, by=by).ahead.position for case, by in ((second, None), (first, None), (third, ben))] == [1, 2, 3]
    withdraw_application(number=second.number, by=scene.anna, now=NOW)
    assert [scene.result(case, by=by).ahead.position for case, by in ((first, None), (third, ben))] == [1, 2]
    with pytest.raises(InputError):
        request_review(number=first.number, by=scene.anna, now=NOW)
