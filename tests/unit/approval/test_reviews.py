"""A person looks at what a rule set decided. All persons are made up."""

from __future__ import annotations

import json

import pytest

from miaopi.apps.application.api import Application
from miaopi.apps.approval.api import (
    Defect,
    ask_supplement,
    decide_case,
    list_decisions,
    list_queue,
    read_case,
    request_review,
    take_case,
    uphold_decision,
)
from miaopi.apps.audit.api import Actor, list_entries, run_after_handlers, sequence
from miaopi.apps.licence.models import Licence
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, HOUR, REASON, officer, referred, shanghai
from tests.unit.filing.scene import ANNA, BEN, NOW, Scene


def redirected(scene: Scene) -> Application:
    """A case that the rules sent elsewhere: her hukou is said to be in another city."""
    scene.change("population", "household_registration", hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).ahead.can_review
    return case


def reviewing(scene: Scene, case: Application) -> Actor:
    """An officer who holds the review of the case."""
    request_review(number=case.number, by=scene.anna, now=NOW)
    zhou = officer()
    take_case(number=case.number, by=zhou, now=NOW)
    return zhou


def test_a_review_comes_to_the_queue_with_a_clock_and_the_decision_stands_meanwhile(scene: Scene) -> None:
    case = redirected(scene)
    request_review(number=case.number, by=scene.anna, now=NOW)
    (row,) = list_queue(by=officer(), now=NOW)
    assert (row.number, row.kind) == (case.number, "review")
    result = scene.result(case)
    assert (result.state, result.outcome) == ("decided", "redirect")
    assert (result.ahead.can_review, result.ahead.review_requested_at, result.ahead.review_result) == (False, NOW, "")
    assert result.ahead.due_at == row.due_at == shanghai("2026-11-26")
    request_review(number=case.number, by=scene.anna, now=NOW)
    assert len(list_queue(by=officer(), now=NOW)) == 1


def test_a_review_that_upholds_adds_her_reason_and_leaves_the_decision(scene: Scene) -> None:
    case = redirected(scene)
    zhou = reviewing(scene, case)
    assert set(read_case(number=case.number, by=zhou, now=NOW).may) == {"decide", "uphold", "put_back"}
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW + HOUR)
    result = scene.result(case)
    assert (result.state, result.outcome, result.decided_by) == ("decided", "redirect", "officer1")
    assert [reason["code"] for reason in result.reasons] == ["NCR-02", "PERSON-DECIDED"]
    assert (result.ahead.review_result, result.ahead.reviewed_at, result.ahead.can_review) == ("upheld", NOW + HOUR, False)
    first, second = list_decisions(number=case.number, reader=scene.anna)
    assert json.loads(bytes(first.statement))["values"] == json.loads(bytes(second.statement))["values"]
    assert [entry.kind for entry in list_entries(number=case.number)].count("approval.Decided") == 1
    sequence()
    run_after_handlers(now=NOW)
    assert list_decisions(number=case.number, reader=scene.anna)[1].signature is not None


def test_a_review_that_decides_anew_takes_the_place_of_the_decision_and_keeps_it_on_record(scene: Scene) -> None:
    case = redirected(scene)
    zhou = reviewing(scene, case)
    values = {name: {"string": "演示"}.get(kind, "2026-11-23") for name, kind in read_case(
        number=case.number, by=zhou, now=NOW).open_values.items()}
    decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, values=values, by=zhou, now=NOW)
    result = scene.result(case)
    assert (result.state, result.outcome, result.ahead.review_result) == ("decided", "approve", "replaced")
    assert [row.outcome for row in list_decisions(number=case.number, reader=scene.anna)] == ["redirect", "approve"]
    first = list_decisions(number=case.number, reader=scene.anna)[0]
    decided = [entry.body for entry in list_entries(number=case.number) if entry.kind == "approval.Decided"]
    assert [body["replaces"] for body in decided] == [None, first.id]
    assert Licence.objects.filter(number=case.number).count() == 1


def test_a_review_gives_nobody_the_paper_of_another(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
    request_review(number=case.number, by=scene.anna, now=NOW)
    zhou = officer()
    take_case(number=case.number, by=zhou, now=NOW)
    values = {"id_number": BEN.id_number}
    with pytest.raises(InputError, match="the rules compute this value"):
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, values=values, by=zhou, now=NOW)
    assert scene.result(case).values["id_number"] == ANNA.id_number


def test_a_persons_word_is_not_reviewed_by_the_same_house_again(scene: Scene) -> None:
    case = redirected(scene)
    zhou = reviewing(scene, case)
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW)
    with pytest.raises(InputError, match="by a person already"):
        request_review(number=case.number, by=scene.anna, now=NOW)


def test_a_review_never_leaves_her_worse_off(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "approve"
    zhou = reviewing(scene, case)
    for outcome in ("refuse", "redirect"):
        with pytest.raises(InputError, match="worse off"):
            decide_case(number=case.number, outcome=outcome, reason=REASON, basis=BASIS, by=zhou, now=NOW)
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW)
    result = scene.result(case)
    assert (result.outcome, result.values["name"]) == ("approve", ANNA.name)
    assert Licence.objects.filter(number=case.number).count() == 1


def test_a_decided_case_is_not_supplemented(scene: Scene) -> None:
    case = redirected(scene)
    zhou = reviewing(scene, case)
    defect = Defect("purpose", Text(zh="不清楚", en="Unclear"), Text(zh="请重选", en="Choose again"))
    with pytest.raises(InputError, match="upheld or decided anew"):
        ask_supplement(number=case.number, defects=(defect,), by=zhou, now=NOW)


def test_who_shall_supplement_may_ask_for_a_person_instead(scene: Scene) -> None:
    from dataclasses import replace

    scene.anna = scene.enter(replace(ANNA, assurance_level=1))
    case = scene.draft()
    scene.confirm(case)
    assert (scene.result(case).outcome, scene.result(case).ahead.can_review) == ("supplement", True)
    zhou = reviewing(scene, case)
    assert scene.result(case).state == "referred"
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW)
    result = scene.result(case)
    assert (result.state, result.outcome) == ("supplement", "supplement")
    assert [each.code for each in result.ahead.cures][:1] == ["IDN-04"]


def test_asking_for_a_person_when_a_person_has_it_changes_nothing(scene: Scene) -> None:
    case = referred(scene)
    request_review(number=case.number, by=scene.anna, now=NOW)
    (row,) = list_queue(by=officer(), now=NOW)
    assert row.kind == "referral"
