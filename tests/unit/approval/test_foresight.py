"""What a correction would touch is what it then touches: for each way in which a case can stand. All persons are made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import (
    CorrectionState,
    Defect,
    Fate,
    ask_supplement,
    compute_foresight,
    foresee_correction,
    list_progress,
    read_correction,
    take_case,
    uphold_decision,
)
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.exchange.api import draft_correction, report_correction
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, HOUR, REASON, officer, referred
from tests.unit.approval.test_corrections import HUKOU, hear, steward
from tests.unit.filing.scene import NOW, Scene

DAY = timedelta(days=1)
REGION = "hukou_region_code"
HERE, ELSEWHERE = "440305", "450103"


def sent_elsewhere(scene: Scene) -> Application:
    scene.change("population", HUKOU, hukou_region_code=ELSEWHERE)
    case = scene.draft()
    scene.confirm(case)
    scene.change("population", HUKOU, hukou_region_code=HERE)
    return case


def approved(scene: Scene) -> Application:
    case = scene.draft()
    scene.confirm(case)
    scene.change("population", HUKOU, hukou_region_code=ELSEWHERE)
    return case


def with_a_person(scene: Scene) -> Application:
    case = referred(scene)
    scene.change("population", HUKOU, hukou_region_code=ELSEWHERE)
    return case


def waiting(scene: Scene) -> Application:
    scene.set_mode("criminal", "down")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).state == "waiting"
    scene.change("population", HUKOU, hukou_region_code=ELSEWHERE)
    return case


def with_the_applicant(scene: Scene) -> Application:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    defect = Defect(fact="", text=Text(zh="照片不清楚", en="The picture is not clear"), remedy=Text(zh="请重传", en="Send another"))
    ask_supplement(number=case.number, defects=[defect], by=zhou, now=NOW)
    return case


def withdrawn(scene: Scene) -> Application:
    case = referred(scene)
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    return case


def erased(scene: Scene) -> Application:
    case = scene.draft()
    scene.confirm(case)
    DecisionRow.objects.filter(number=case.number).update(kept=None)
    return case


WAYS: list[tuple[Callable[[Scene], Application], Fate, str, CorrectionState]] = [
    (sent_elsewhere, Fate.AGAIN, "changed", CorrectionState.DONE),
    (approved, Fate.PERSON, "referred", CorrectionState.WITH_PERSON),
    (with_a_person, Fate.PERSON, "referred", CorrectionState.WITH_PERSON),
    (waiting, Fate.WAITING, "changed", CorrectionState.DONE),
    (with_the_applicant, Fate.OPEN, "open", CorrectionState.DONE),
    (withdrawn, Fate.ENDED, "withdrawn", CorrectionState.DONE),
    (erased, Fate.ENDED, "erased", CorrectionState.DONE),
]


@pytest.mark.parametrize(("stand", "fate", "became", "state"), WAYS, ids=[way[0].__name__ for way in WAYS])
def test_what_is_foreseen_of_a_decision_is_what_becomes_of_it(
    scene: Scene, stand: Callable[[Scene], Application], fate: Fate, became: str, state: CorrectionState
) -> None:
    stand(scene)
    keeper = steward("population")
    draft = draft_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW + HOUR)
    seen = foresee_correction(draft=draft, by=keeper, now=NOW + HOUR)
    assert (seen.fates, seen.services) == ({fate: seen.decisions}, {"no-criminal-record": seen.decisions})
    made = report_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW + HOUR)
    assert list_progress([made])[made.id].state is CorrectionState.NOTING
    hear(NOW + HOUR)
    found = read_correction(correction=made.id, by=keeper, now=NOW + HOUR)
    assert (found.progress.states, found.progress.state) == ({became: seen.decisions}, state)


def test_a_correction_with_a_person_is_done_when_she_has_decided(scene: Scene) -> None:
    case, keeper, zhou = approved(scene), steward("population"), officer()
    made = report_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW + DAY)
    hear(NOW + DAY)
    take_case(number=case.number, by=zhou, now=NOW + DAY)
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW + DAY + HOUR)
    found = read_correction(correction=made.id, by=keeper, now=NOW + DAY + HOUR)
    assert (found.progress.states, found.progress.state, found.told) == ({"upheld": 1}, CorrectionState.DONE, 1)
    draft = draft_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW + DAY)
    # Now there are three: what she was given first, what the rules said beside it, and the officer's, which counts.
    assert compute_foresight(draft).fates == {Fate.ENDED: 2, Fate.PERSON: 1}


def test_the_mark_is_another_one_as_soon_as_anything_has_changed(scene: Scene) -> None:
    case, keeper = sent_elsewhere(scene), steward("population")
    draft = draft_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW)
    marks = [compute_foresight(draft).mark, compute_foresight(draft).mark]
    assert len(set(marks)) == 1
    scene.confirm(scene.draft())
    marks.append(compute_foresight(draft).mark)
    DecisionRow.objects.filter(number=case.number).update(kept=None)
    marks.append(compute_foresight(draft).mark)
    report_correction(resource=HUKOU, subject=scene.anna.id, fields=(REGION,), by=keeper, now=NOW)
    marks.append(compute_foresight(draft).mark)
    assert len(set(marks)) == 4
