"""Which day counts: the one on which she confirms, for rules and ages, whoever decides and however late. All persons are made up."""

from __future__ import annotations

from datetime import date, timedelta

from miaopi.apps.approval.api import Defect, ask_supplement, decide_case, list_decisions, read_case, take_case
from miaopi.apps.filing.api import enter
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, REASON, officer
from tests.unit.filing.scene import NOW, Scene

BIRTHDAY = NOW + timedelta(days=1)  # she turns 14, the age from which the rules decide
DEFECT = Defect("purpose", Text(zh="用途不清楚。", en="The purpose is unclear."), Text(zh="请重新选择用途。", en="Choose it again."))


def born_fourteen_years_before(scene: Scene) -> None:
    scene.change("population", "population_basic", birth_date="2012-11-24")


def test_a_draft_edited_on_the_birthday_is_decided_by_the_age_of_that_day(scene: Scene) -> None:
    born_fourteen_years_before(scene)
    case = scene.draft()
    enter(number=case.number, values={"purpose": "notary"}, by=scene.anna, now=NOW)
    enter(number=case.number, values={"purpose": "employment"}, by=scene.anna, now=BIRTHDAY)
    scene.confirm(case, now=BIRTHDAY)
    result = scene.result(case)
    assert (result.outcome, result.filed_on) == ("approve", "2026-11-24")


def test_confirmed_on_the_day_before_it_stays_a_filing_of_that_day_whoever_decides_later(scene: Scene) -> None:
    born_fourteen_years_before(scene)
    case, zhou = scene.draft(), officer()
    scene.confirm(case)
    assert [reason["code"] for reason in scene.result(case).reasons] == ["NCR-01"]
    take_case(number=case.number, by=zhou, now=BIRTHDAY)
    view = read_case(number=case.number, by=zhou, now=BIRTHDAY)
    assert view.filed_on == "2026-11-23"
    assert [each["id"] for each in view.conditions if each["value"] is False]
    decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=BIRTHDAY)
    assert {row.as_of for row in list_decisions(number=case.number, reader=scene.anna)} == {date(2026, 11, 23)}


def test_a_supplement_confirmed_on_the_birthday_is_a_new_filing(scene: Scene) -> None:
    born_fourteen_years_before(scene)
    case, zhou = scene.draft(), officer()
    scene.confirm(case)
    take_case(number=case.number, by=zhou, now=NOW)
    ask_supplement(number=case.number, defects=(DEFECT,), by=zhou, now=NOW)
    scene.confirm(case, entered={"purpose": "notary"}, now=BIRTHDAY)
    result = scene.result(case)
    assert (result.outcome, result.filed_on, result.decided_by) == ("approve", "2026-11-24", "")
