"""One place for one case of a person: whoever comes second is told by the rules, never by an error. All persons are made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import (
    decide_case,
    list_decisions,
    list_queue,
    release_claim,
    request_review,
    take_case,
)
from miaopi.apps.approval.models import Claim
from miaopi.apps.audit.api import list_entries, system
from miaopi.apps.licence.models import Licence
from miaopi.kernel.errors import InputError
from tests.unit.approval.office import BASIS, REASON, at_once, officer, scene_with
from tests.unit.filing.scene import BEN, NOW, Scene, rows_of

SERVICE = """
claims: [{kind: one_at_a_time, fact: talent.open_case}]
"""
FACTS = """
talent.open_case:
  type: boolean
  label: {zh: 是否另有在办, en: Another case is open}
  privacy: personal
  source: talent_introduction.open_case
  ground: consent
"""
RULES = """
reasons:
  NCR-99:
    outcome: redirect
    text: {zh: 您另有一件在办。, en: Another case of yours is open.}
    basis: {instrument: 演示, article: unverified}
    remedy: {zh: 请到那一件继续办理。, en: Go on with that one.}
---
conditions:
  - id: C9
    kind: regime
    text: {zh: 没有另一件在办, en: No other case is open}
    holds: talent.open_case != true
    basis: {instrument: 演示, article: unverified}
    otherwise: NCR-99
"""


@pytest.fixture
def scene(database: str, tmp_path: Path) -> Iterator[Scene]:
    with scene_with(tmp_path, service=SERVICE, facts=FACTS, rules=RULES) as built:
        built.rows["hr"] = {"talent_introduction": []}
        built.publish()
        yield built


def confirmed(scene: Scene) -> Application:
    case = scene.draft()
    scene.confirm(case)
    return case


def test_the_second_case_of_a_person_is_told_which_one_is_open(scene: Scene) -> None:
    first, second = confirmed(scene), confirmed(scene)
    assert scene.result(first).outcome == "approve"
    result = scene.result(second)
    assert (result.outcome, [reason["code"] for reason in result.reasons]) == ("redirect", ["NCR-99"])
    assert result.ahead.open_case == first.number
    lost = next(each for each in result.prefilled if each.fact == "talent.open_case")
    assert (lost.value, lost.source) == (True, "approval.claim")
    assert [(claim.number, claim.kind) for claim in Claim.objects.all()] == [(first.number, "one_at_a_time")]
    assert "approval.ClaimTaken" in {entry.kind for entry in list_entries(number=first.number)}
    assert "approval.ClaimLost" in {entry.kind for entry in list_entries(number=second.number)}


@pytest.mark.parametrize("turn", range(5))
def test_of_two_cases_confirmed_at_once_one_holds_the_place_and_none_fails(scene: Scene, turn: int) -> None:
    cases = [scene.draft() for _ in range(3)]
    tokens = [scene.token(case) for case in cases]
    at_once(*(lambda case=case, token=token: scene.confirm(case, token=token) for case, token in zip(cases, tokens, strict=True)))
    assert sorted(scene.result(case).outcome for case in cases) == ["approve", "redirect", "redirect"]
    assert Claim.objects.count() == 1
    assert Licence.objects.count() == 1


def test_another_persons_place_is_another(scene: Scene) -> None:
    confirmed(scene)
    scene.rows = rows_of(BEN) | {"hr": {"talent_introduction": []}}
    scene.publish()
    scene.anna = scene.enter(BEN)
    assert scene.result(confirmed(scene)).outcome == "approve"


def test_a_withdrawn_case_gives_its_place_back(scene: Scene) -> None:
    scene.set_mode("criminal", "down")
    first = confirmed(scene)
    assert (scene.result(first).outcome, Claim.objects.count()) == ("wait", 1)
    withdraw_application(number=first.number, by=scene.anna, now=NOW)
    assert Claim.objects.count() == 0
    scene.set_mode("criminal", "up")
    assert scene.result(confirmed(scene)).outcome == "approve"
    assert "approval.ClaimReleased" in {entry.kind for entry in list_entries(number=first.number)}


def test_a_case_that_ends_without_an_approval_holds_no_place(scene: Scene) -> None:
    scene.change("population", "household_registration", hukou_region_code="450103")
    assert scene.result(confirmed(scene)).outcome == "redirect"
    assert Claim.objects.count() == 0


def test_a_refusal_by_a_person_gives_the_place_back_and_an_approval_keeps_it(scene: Scene) -> None:
    scene.change("criminal", "criminal_record", condition_met="uncertain")
    case, zhou = confirmed(scene), officer()
    assert Claim.objects.get().number == case.number
    take_case(number=case.number, by=zhou, now=NOW)
    decide_case(number=case.number, outcome="refuse", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    assert Claim.objects.count() == 0
    other = confirmed(scene)
    take_case(number=other.number, by=zhou, now=NOW)
    decide_case(number=other.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    assert Claim.objects.get().number == other.number


def test_a_review_does_not_approve_over_the_place_of_another_case(scene: Scene) -> None:
    first, second, zhou = confirmed(scene), confirmed(scene), officer()
    request_review(number=second.number, by=scene.anna, now=NOW)
    take_case(number=second.number, by=zhou, now=NOW)
    with pytest.raises(InputError, match="holds this place"):
        decide_case(number=second.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    assert scene.result(second).outcome == "redirect"
    assert len(list_decisions(number=second.number, reader=scene.anna)) == 1
    assert len(list_queue(by=zhou, now=NOW)) == 1
    release_claim(number=first.number, by=system("test.lapse"), now=NOW)
    decide_case(number=second.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    assert scene.result(second).outcome == "approve"


def test_a_place_is_released_once_and_by_kind(scene: Scene) -> None:
    case, by = confirmed(scene), system("test.lapse")
    assert release_claim(number=case.number, kind="another_kind", by=by, now=NOW) == 0
    assert release_claim(number=case.number, kind="one_at_a_time", by=by, now=NOW) == 1
    assert release_claim(number=case.number, by=by, now=NOW) == 0
    assert scene.result(confirmed(scene)).outcome == "approve"


def test_a_case_that_waited_keeps_its_place_until_it_is_decided(scene: Scene) -> None:
    from miaopi.apps.approval.api import retry_waiting

    scene.set_mode("criminal", "down")
    case = confirmed(scene)
    assert scene.result(confirmed(scene)).outcome == "redirect"
    scene.set_mode("criminal", "up")
    retry_waiting(now=NOW.replace(second=5))
    assert scene.result(case).outcome == "approve"
    assert Claim.objects.get().number == case.number
