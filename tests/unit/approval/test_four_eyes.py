"""Where the package wants two officers, one proposes and another confirms. All persons are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import (
    Defect,
    OfficerDecision,
    ask_supplement,
    confirm_case,
    decide_case,
    list_decisions,
    list_queue,
    read_case,
    return_case,
    take_case,
)
from miaopi.apps.approval.models import Proposal
from miaopi.apps.audit.api import Actor
from miaopi.apps.licence.models import Licence
from miaopi.kernel.errors import InputError, MiaopiError, NotFound
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, HOUR, REASON, at_once, officer, referred, scene_with
from tests.unit.filing.scene import ANNA, NOW, Scene

FOUR_EYES = """
referral: {queue: {zh: 记录核查, en: Record checks}, workdays: 2, four_eyes: true}
"""
QUEUE = "record-checks"


@pytest.fixture
def scene(database: str, tmp_path: Path) -> Iterator[Scene]:
    with scene_with(tmp_path, service=FOUR_EYES) as built:
        yield built


@pytest.fixture
def three(scene: Scene) -> tuple[Application, Actor, Actor]:
    """A case in a queue of four eyes, held by the first of two officers."""
    case, zhou, li = referred(scene), officer(queues=(QUEUE,)), officer("officer2", queues=(QUEUE,))
    take_case(number=case.number, by=zhou, now=NOW)
    return case, zhou, li


def propose(case: Application, by: Actor) -> OfficerDecision:
    return decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=by, now=NOW)


def test_what_one_decides_another_confirms(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, li = three
    assert propose(case, zhou).decision == ""
    assert scene.result(case).state == "referred"
    assert Licence.objects.count() == 0
    (row,) = list_queue(by=li, now=NOW)
    assert (row.kind, row.queue.key, row.taken_by) == ("second", QUEUE, "")
    view = read_case(number=case.number, by=li, now=NOW)
    assert view.may == ("confirm", "return")
    assert view.proposal is not None
    assert (view.proposal.by, view.proposal.outcome, view.proposal.reason) == ("officer1", "approve", REASON)
    confirm_case(number=case.number, by=li, now=NOW + HOUR)
    result = scene.result(case)
    assert (result.outcome, result.decided_by, result.confirmed_by) == ("approve", "officer1", "officer2")
    stated = json.loads(bytes(list_decisions(number=case.number, reader=scene.anna)[-1].statement))
    assert (stated["decided_by"], stated["confirmed_by"]) == ("officer1", "officer2")
    assert Licence.objects.count() == 1
    with pytest.raises(NotFound):
        confirm_case(number=case.number, by=li, now=NOW + HOUR)


def test_nobody_confirms_her_own_decision(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, _ = three
    propose(case, zhou)
    for call in (
        lambda: confirm_case(number=case.number, by=zhou, now=NOW),
        lambda: return_case(number=case.number, note="再看", by=zhou, now=NOW),
        lambda: take_case(number=case.number, by=zhou, now=NOW),
        lambda: propose(case, zhou),
    ):
        with pytest.raises(InputError):
            call()
    assert read_case(number=case.number, by=zhou, now=NOW).may == ()
    assert scene.result(case).state == "referred"


def test_a_second_officer_takes_part_without_deciding_over_the_first(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, li = three
    propose(case, zhou)
    take_case(number=case.number, by=li, now=NOW)
    with pytest.raises(InputError, match="waits for your confirmation"):
        propose(case, li)
    defect = Defect("purpose", Text(zh="不清楚", en="Unclear"), Text(zh="请重选", en="Choose again"))
    with pytest.raises(InputError):
        ask_supplement(number=case.number, defects=(defect,), by=li, now=NOW)
    confirm_case(number=case.number, by=li, now=NOW)
    assert scene.result(case).outcome == "approve"


def test_a_returned_case_is_open_again_and_keeps_the_note(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, li = three
    propose(case, zhou)
    with pytest.raises(InputError, match="say why"):
        return_case(number=case.number, note=" ", by=li, now=NOW)
    with pytest.raises(InputError, match="say why"):
        return_case(number=case.number, note="再看\x00", by=li, now=NOW)
    return_case(number=case.number, note="请核对同名人员", by=li, now=NOW)
    (row,) = list_queue(by=zhou, now=NOW)
    assert (row.kind, row.taken_by) == ("referral", "")
    assert Proposal.objects.get().answer == "returned"
    assert "同名" not in json.dumps(scene.result(case).to_json(), ensure_ascii=False)
    take_case(number=case.number, by=li, now=NOW)
    propose(case, li)
    confirm_case(number=case.number, by=zhou, now=NOW)
    assert scene.result(case).decided_by == "officer2"


def test_confirming_where_nothing_waits_is_an_input_error(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, _, li = three
    with pytest.raises(InputError, match="no decision waits"):
        confirm_case(number=case.number, by=li, now=NOW)


def test_a_withdrawn_case_is_not_confirmed(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, li = three
    propose(case, zhou)
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    with pytest.raises(NotFound):
        confirm_case(number=case.number, by=li, now=NOW)
    assert Proposal.objects.get().answer == "withdrawn"


def test_the_reason_of_a_proposal_is_kept_sealed(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, _ = three
    propose(case, zhou)
    assert REASON.zh.encode() not in bytes(Proposal.objects.get().content)


@pytest.mark.parametrize("turn", range(4))
def test_two_who_confirm_at_once_decide_once(scene: Scene, three: tuple[Application, Actor, Actor], turn: int) -> None:
    case, zhou, li = three
    wang = officer("officer3", queues=(QUEUE,))
    propose(case, zhou)
    given = at_once(*(lambda by=by: confirm_case(number=case.number, by=by, now=NOW) for by in (li, wang)))
    assert sorted(isinstance(each, MiaopiError) for each in given) == [False, True]
    assert len(list_decisions(number=case.number, reader=scene.anna)) == 2
    assert Licence.objects.count() == 1


def test_her_own_case_is_not_confirmed_by_the_second_either(scene: Scene, three: tuple[Application, Actor, Actor]) -> None:
    case, zhou, _ = three
    propose(case, zhou)
    herself = officer("officer4", queues=(QUEUE,), id_number=replace(ANNA).id_number)
    with pytest.raises(NotFound):
        confirm_case(number=case.number, by=herself, now=NOW)
