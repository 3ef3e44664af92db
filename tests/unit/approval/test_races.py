"""Two at once: one wins, the other is told so, and nothing stands twice. All persons are made up."""

from __future__ import annotations

import pytest

from miaopi.apps.application.api import withdraw_application
from miaopi.apps.approval.api import decide_case, list_decisions, put_back_case, take_case
from miaopi.apps.approval.models import Referral
from miaopi.apps.licence.models import Licence
from miaopi.kernel.errors import MiaopiError
from tests.unit.approval.office import BASIS, REASON, at_once, officer, referred
from tests.unit.filing.scene import NOW, Scene

ROUNDS = 6


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_officers_who_take_a_case_one_has_it(scene: Scene, turn: int) -> None:
    case, zhou, li = referred(scene), officer(), officer("officer2")
    given = at_once(*(lambda by=by: take_case(number=case.number, by=by, now=NOW) for by in (zhou, li)))
    assert sorted(isinstance(each, MiaopiError) for each in given) == [False, True]
    winner = next(each for each in given if isinstance(each, Referral))
    assert Referral.objects.get().taken_by == winner.taken_by


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_case_is_withdrawn_or_decided_and_never_both(scene: Scene, turn: int) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    given = at_once(
        lambda: decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW),
        lambda: withdraw_application(number=case.number, by=scene.anna, now=NOW),
    )
    assert sorted(isinstance(each, MiaopiError) for each in given) == [False, True]
    decided = not isinstance(given[0], MiaopiError)
    assert scene.result(case).state == ("decided" if decided else "withdrawn")
    assert Licence.objects.count() == len(list_decisions(number=case.number, reader=scene.anna)) - 1 == decided
    assert Referral.objects.get().closed_for == ("decided" if decided else "withdrawn")


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_case_decided_twice_at_once_is_decided_once(scene: Scene, turn: int) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    given = at_once(*(
        lambda outcome=outcome: decide_case(number=case.number, outcome=outcome, reason=REASON, basis=BASIS, by=zhou, now=NOW)
        for outcome in ("approve", "refuse")
    ))
    assert sorted(isinstance(each, MiaopiError) for each in given) == [False, True]
    rows = list_decisions(number=case.number, reader=scene.anna)
    assert len(rows) == 2
    assert scene.result(case).outcome == rows[-1].outcome


def test_a_case_put_back_at_the_same_moment_is_decided_or_free(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    given = at_once(
        lambda: decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW),
        lambda: put_back_case(number=case.number, by=zhou, now=NOW),
    )
    assert any(not isinstance(each, MiaopiError) for each in given)
    row = Referral.objects.get()
    assert (row.closed_at is not None) is not isinstance(given[0], MiaopiError)
