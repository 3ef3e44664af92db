"""A record that was wrong: its dispute, its correction, and every decision that used it. All persons are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from miaopi.apps.application.api import Application, withdraw_application
from miaopi.apps.approval.api import (
    decide_case,
    list_decisions,
    list_impact,
    list_queue,
    read_case,
    read_impact,
    run_redecisions,
    take_case,
    uphold_decision,
)
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.audit.api import Actor, list_accesses, list_entries, run_after_handlers, sequence, system
from miaopi.apps.exchange.api import answer_dispute, list_disputes, report_correction
from miaopi.apps.filing.api import dispute
from miaopi.apps.identity.api import Role, add_staff, get_member, pseudonym
from miaopi.apps.licence.models import Licence
from miaopi.apps.notification.api import list_messages
from miaopi.kernel.errors import InputError, RightsError
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, HOUR, REASON, officer, referred
from tests.unit.filing.scene import KEEPER, NOW, Scene
from tests.waiting import LONG

DAY = timedelta(days=1)
HUKOU = "household_registration"


def steward(agency: str) -> Actor:
    """The data steward of an agency."""
    name = Text(zh=f"演示{agency}", en=f"Demo {agency}")
    return add_staff(staff_id=f"steward-{agency}", name=name, role=Role.STEWARD, office=agency, queues=(), by=KEEPER, now=NOW).actor


def correct(scene: Scene, agency: str, resource: str, *fields: str, now: datetime, **values: object) -> None:
    """The agency corrects its own register and says so; whoever used the record hears, and the worker decides again."""
    scene.change(agency, resource, **values)
    by = steward(agency)
    report_correction(resource=resource, subject=scene.anna.id, fields=fields, by=by, now=now)
    hear(now)


def hear(now: datetime) -> int:
    sequence()
    run_after_handlers(now=now)
    done = run_redecisions(now=now)
    sequence()
    run_after_handlers(now=now)
    return done


def impact(scene: Scene, resource: str) -> list[tuple[str, str, str]]:
    found = list_impact(resource=resource, subject=pseudonym(scene.anna.id))
    return [(each.outcome, each.state, each.became) for each in found]


def outcomes(scene: Scene, case: Application) -> list[str]:
    return [row.outcome for row in list_decisions(number=case.number, reader=scene.anna)]


def texts(scene: Scene) -> list[str]:
    return [message.text.zh for message in list_messages(reader=scene.anna)]


def test_a_decision_names_the_records_it_used_and_is_found_by_them_alone(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    for resource in ("population_basic", HUKOU, "criminal_record"):
        (found,) = list_impact(resource=resource, subject=pseudonym(scene.anna.id))
        assert (found.number, found.outcome, found.is_standing, found.state) == (case.number, "approve", True, "")
    assert list_impact(resource="income", subject=pseudonym(scene.anna.id)) == []
    assert list_impact(resource=HUKOU, subject=pseudonym("somebody-else")) == []


def test_who_lists_what_a_record_was_used_for_leaves_an_entry_that_its_subject_sees(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    (found,) = read_impact(resource=HUKOU, subject=pseudonym(scene.anna.id), by=system("test"), now=NOW)
    assert found.number == case.number
    sequence()
    assert list_accesses(pseudonym(scene.anna.id))[0].kind == "approval.ImpactRead"


def test_a_corrected_record_turns_a_redirect_into_an_approval_that_takes_effect_by_itself(scene: Scene) -> None:
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "redirect"
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="440305", now=NOW + DAY)
    result = scene.result(case)
    assert (result.state, result.outcome, result.filed_on) == ("decided", "approve", "2026-11-23")
    assert outcomes(scene, case) == ["redirect", "approve"]
    assert impact(scene, HUKOU) == [("redirect", "changed", "approve"), ("approve", "", "")]
    first, second = list_decisions(number=case.number, reader=scene.anna)
    assert second.signature is not None and first.kept is not None and first.as_of == second.as_of
    assert Licence.objects.filter(number=case.number, state="active").count() == 1
    decided = [entry for entry in list_entries(number=case.number) if entry.kind == "approval.Decided"]
    assert [entry.body["replaces"] for entry in decided] == [None, first.id]
    assert decided[1].actor["kind"] == "rule_set"
    told = [text for text in texts(scene) if "更正" in text]
    assert len(told) == 1 and case.number in told[0] and "户" in told[0]
    assert len(texts(scene)) == 2  # the first outcome, and this: the new one is not told a second time


def test_asking_again_stands_on_the_duty_to_correct_and_is_a_look_like_any_other(scene: Scene) -> None:
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="440305", now=NOW + DAY)
    looks = [entry for entry in list_entries(number=case.number) if entry.kind == "exchange.DataPulled" and entry.body["duty"]]
    assert looks and {entry.body["duty"] for entry in looks} == {"个人信息保护法 第四十六条"}
    assert {entry.body["receipt"] for entry in looks} == {""}
    assert "name" not in {name for entry in looks for name in entry.body["fields"]}  # known, and not corrected: not asked


def test_a_correction_that_changes_nothing_is_written_down_and_not_told(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="440304", now=NOW + DAY)
    assert impact(scene, HUKOU) == [("approve", "unchanged", "approve"), ("approve", "", "")]
    first, second = list_decisions(number=case.number, reader=scene.anna)
    assert (first.standing, second.standing, second.signature is not None) == (True, False, True)
    assert scene.result(case).decision == first.id
    assert [entry.body["result"] for entry in list_entries(number=case.number) if entry.kind == "approval.Redecided"] == ["unchanged"]
    assert len(texts(scene)) == 1
    assert Licence.objects.filter(number=case.number).count() == 1


def test_what_would_cost_her_a_licence_goes_to_a_person_and_stands_until_then(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="450103", now=NOW + DAY)
    result = scene.result(case, now=NOW + DAY)
    assert (result.state, result.outcome, result.ahead.can_review) == ("decided", "approve", True)
    assert result.ahead.is_corrected
    assert result.ahead.due_at is not None
    assert impact(scene, HUKOU)[0] == ("approve", "referred", "redirect")
    assert Licence.objects.get(number=case.number).state == "active"
    (row,) = list_queue(by=officer(), now=NOW + DAY)
    assert (row.number, row.kind) == (case.number, "correction")
    assert [text for text in texts(scene) if "仍然有效" in text]


def hukou_fact(scene: Scene) -> str:
    return next(name for name, spec in scene.package.definition.facts.items() if spec.source == f"{HUKOU}.hukou_region_code")


def hukou_of(scene: Scene, case: Application, by: Actor) -> object:
    """What an officer reads of where her hukou is."""
    seen = {fact.fact: fact.value for fact in read_case(number=case.number, by=by, now=NOW + DAY).facts}
    return seen[hukou_fact(scene)]


def with_a_person(scene: Scene) -> tuple[Application, Actor]:
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="450103", now=NOW + DAY)
    zhou = officer()
    take_case(number=case.number, by=zhou, now=NOW + DAY)
    return case, zhou


def test_a_person_sees_the_corrected_record_and_may_let_the_decision_stand(scene: Scene) -> None:
    case, zhou = with_a_person(scene)
    assert hukou_of(scene, case, zhou) == "450103"
    view = read_case(number=case.number, by=zhou, now=NOW + DAY)
    assert set(view.may) == {"decide", "uphold", "put_back"}
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW + DAY + HOUR)
    assert scene.result(case).outcome == "approve"
    assert impact(scene, HUKOU)[0] == ("approve", "upheld", "approve")
    assert Licence.objects.get(number=case.number).state == "active"
    hear(NOW + DAY + HOUR)
    assert not [text for text in texts(scene) if "申请复核" in text]
    assert [text for text in texts(scene) if "核对" in text and "维持" in text]


def test_a_person_may_take_back_what_rested_on_a_wrong_record(scene: Scene) -> None:
    case, zhou = with_a_person(scene)
    decide_case(number=case.number, outcome="refuse", reason=REASON, basis=BASIS, by=zhou, now=NOW + DAY + HOUR)
    assert scene.result(case).outcome == "refuse"
    assert impact(scene, HUKOU)[0] == ("approve", "replaced", "refuse")
    assert Licence.objects.get(number=case.number).state == "revoked"
    assert outcomes(scene, case) == ["approve", "redirect", "refuse"]


def test_a_second_correction_gives_the_person_who_has_the_case_the_newest_facts(scene: Scene) -> None:
    case, zhou = with_a_person(scene)
    scene.change("population", HUKOU, hukou_region_code="440303")
    report_correction(resource=HUKOU, subject=scene.anna.id, fields=("hukou_region_code",), by=get_member("steward-population").actor,
                      now=NOW + DAY)  # fmt: skip
    hear(NOW + DAY + HOUR)
    assert hukou_of(scene, case, zhou) == "440303"
    (row,) = list_queue(by=zhou, now=NOW + DAY)
    assert (row.kind, row.is_mine) == ("correction", True)
    uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW + DAY + HOUR)
    assert scene.result(case).outcome == "approve"
    assert outcomes(scene, case) == ["approve", "redirect", "approve", "approve"]


def test_a_dispute_in_a_case_that_a_steward_upholds_lets_the_rules_decide_the_case(scene: Scene) -> None:
    """The whole way: she contests a value, a person would decide; the agency corrects its record, and nobody needs to."""
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    dispute(number=case.number, fact=hukou_fact(scene), claim="户口在本市", by=scene.anna, now=NOW)
    (filed,) = list_disputes(agency="population")
    assert (filed.resource, filed.field, filed.number, filed.due_at.date().isoformat()) == (
        HUKOU, "hukou_region_code", case.number, "2026-11-30"
    )
    scene.confirm(case)
    assert scene.result(case).state == "referred"
    scene.change("population", HUKOU, hukou_region_code="440305")
    answer_dispute(dispute=filed.id, finding="corrected", answer="已更正。", by=steward("population"), now=NOW + DAY)
    hear(NOW + DAY)
    result = scene.result(case)
    assert (result.state, result.outcome) == ("decided", "approve")
    assert list_queue(by=officer(), now=NOW + DAY) == []
    assert impact(scene, HUKOU)[0] == ("refer", "changed", "approve")
    assert sum("已更正。" in text for text in texts(scene)) == 1


@pytest.mark.parametrize(("region", "state", "became"), [("440304", "unchanged", "refer"), ("450103", "referred", "redirect")])
def test_a_case_with_a_person_gets_the_corrected_facts_and_stays_with_her(scene: Scene, region: str, state: str, became: str) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code=region, now=NOW + HOUR)
    assert scene.result(case).state == "referred"
    assert impact(scene, HUKOU)[0] == ("refer", state, became)
    (row,) = list_queue(by=zhou, now=NOW + HOUR)
    assert (row.kind, row.is_mine) == ("referral", True)
    assert hukou_of(scene, case, zhou) == region
    assert not [text for text in texts(scene) if "更正" in text]


def test_a_case_that_waits_goes_on_with_the_corrected_record(scene: Scene) -> None:
    scene.set_mode("criminal", "down")
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).state == "waiting"
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="450103", now=NOW + HOUR)
    assert scene.result(case).outcome == "redirect"
    assert impact(scene, HUKOU)[0] == ("wait", "changed", "redirect")


def test_a_silent_source_is_asked_again_later_and_nothing_is_decided_meanwhile(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    scene.set_mode("population", "down")
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="440304", now=NOW + HOUR)
    assert impact(scene, HUKOU) == [("approve", "due", "")]
    scene.set_mode("population", "up")
    assert run_redecisions(now=NOW + HOUR) == 0  # not due yet
    assert run_redecisions(now=NOW + HOUR + timedelta(minutes=1)) == 1
    assert impact(scene, HUKOU)[0][1] == "unchanged"


def test_a_field_that_was_not_corrected_decides_nothing_again(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", "population_basic", "former_name", former_name="演示", now=NOW + HOUR)
    assert impact(scene, "population_basic")[0][1] in {"untouched", "unchanged"}
    assert scene.result(case).outcome == "approve"


def test_an_erased_decision_is_listed_as_erased_and_not_made_again(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    DecisionRow.objects.filter(number=case.number).update(kept=None)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="450103", now=NOW + DAY)
    (found,) = list_impact(resource=HUKOU, subject=pseudonym(scene.anna.id))
    assert (found.is_erased, found.state, found.answer) == (True, "erased", "")
    assert outcomes(scene, case) == ["approve"]


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_a_case_that_ends_while_its_source_is_asked_gets_no_decision_and_no_person(scene: Scene, end: str) -> None:
    case = referred(scene)
    scene.set_mode("population", "slow")
    report_correction(resource=HUKOU, subject=scene.anna.id, fields=("hukou_region_code",), by=steward("population"), now=NOW + HOUR)
    sequence()
    run_after_handlers(now=NOW + HOUR)
    arrived, done = scene.arrival("population"), list[int]()

    def work() -> None:
        try:
            done.append(run_redecisions(now=NOW + 3 * DAY))  # past the patience of the service: silent or not, it would be decided
        finally:
            connection.close()

    worker = Thread(target=work)
    worker.start()
    assert arrived.wait(LONG)
    if end == "withdrawn":
        withdraw_application(number=case.number, by=scene.anna, now=NOW + 3 * DAY)
    else:
        DecisionRow.objects.filter(number=case.number).update(kept=None)
    worker.join()
    assert (done, outcomes(scene, case)) == ([0], ["refer"])
    assert len(list_queue(by=officer(), now=NOW + 3 * DAY)) == (end == "erased")
    assert run_redecisions(now=NOW + 3 * DAY) == 1
    assert impact(scene, HUKOU) == [("refer", end, "")]


def test_one_correction_decides_a_case_once_however_often_it_is_heard(scene: Scene) -> None:
    scene.change("population", HUKOU, hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    correct(scene, "population", HUKOU, "hukou_region_code", hukou_region_code="440305", now=NOW + DAY)
    assert [hear(NOW + 2 * DAY) for _ in range(2)] == [0, 0]
    assert outcomes(scene, case) == ["redirect", "approve"]
    assert Licence.objects.filter(number=case.number).count() == 1


def test_only_a_steward_of_the_keeper_reports_a_correction(scene: Scene) -> None:
    with pytest.raises(RightsError):
        report_correction(resource=HUKOU, subject=scene.anna.id, fields=("status",), by=steward("criminal"), now=NOW)
    with pytest.raises(RightsError):
        report_correction(resource=HUKOU, subject=scene.anna.id, fields=("status",), by=scene.anna, now=NOW)
    with pytest.raises(InputError, match="no field nothing"):
        report_correction(resource=HUKOU, subject=scene.anna.id, fields=("nothing",), by=steward("population"), now=NOW)
