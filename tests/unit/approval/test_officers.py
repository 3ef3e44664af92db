"""Cases with officers: queues, taking, reading, deciding. All persons are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from miaopi.apps.application.api import withdraw_application
from miaopi.apps.approval.api import (
    Defect,
    ask_supplement,
    decide_case,
    list_decisions,
    list_queue,
    put_back_case,
    read_case,
    read_log,
    take_case,
    uphold_decision,
)
from miaopi.apps.approval.models import DecisionRow, Referral
from miaopi.apps.audit.api import list_accesses, list_entries, run_after_handlers, sequence, staff
from miaopi.apps.identity.api import Role, pseudonym
from miaopi.apps.licence.models import Licence
from miaopi.kernel.decision import Basis
from miaopi.kernel.errors import DefinitionError, InputError, NotFound, RightsError
from miaopi.kernel.wording import Text
from tests.unit.approval.office import BASIS, HOUR, QUEUE, REASON, officer, referred, shanghai
from tests.unit.filing.scene import ANNA, BEN, NOW, Scene, rows_of

DEFECT = Defect("purpose", Text(zh="用途不清楚。", en="The purpose is unclear."), Text(zh="请重新选择用途。", en="Choose it again."))


def test_what_the_rules_refer_comes_to_its_queue_with_a_due_time_of_working_days(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    (row,) = list_queue(by=zhou, now=NOW)
    assert (row.number, row.kind, row.queue.key) == (case.number, "referral", QUEUE)
    assert [code for code, _ in row.reasons] == ["NCR-04"]
    assert row.due_at == shanghai("2026-11-26")  # filed on a Monday, three working days
    assert not row.is_overdue
    assert list_queue(by=zhou, now=shanghai("2026-11-26") + timedelta(seconds=1))[0].is_overdue
    ahead = scene.result(case).ahead
    assert (ahead.due_at, ahead.is_taken, ahead.queue.zh if ahead.queue else "") == (row.due_at, False, "公安")


def test_the_clock_counts_no_weekend(scene: Scene) -> None:
    friday = NOW + timedelta(days=4)
    referred(scene, now=friday)
    assert list_queue(by=officer(), now=friday)[0].due_at == shanghai("2026-12-02")


@pytest.mark.parametrize(
    ("filed", "due"),
    [("2027-02-04", "2027-02-16"), ("2027-02-17", "2027-02-20")],  # before the days off; before the Saturday that is worked for them
)
def test_the_clock_counts_no_holiday_and_the_weekend_that_is_worked_for_it(scene: Scene, filed: str, due: str) -> None:
    day = shanghai(filed, 10)
    referred(scene, now=day)
    assert list_queue(by=officer(), now=day)[0].due_at == shanghai(due)


def test_without_a_table_for_the_year_a_case_is_not_referred_by_a_guess(scene: Scene) -> None:
    scene.change("criminal", "criminal_record", condition_met="uncertain")
    december = NOW.replace(year=2028, month=12, day=31)
    case = scene.draft(now=december)
    with pytest.raises(DefinitionError, match="2029"):
        scene.confirm(case, now=december)
    assert scene.result(case).state == "draft"


def test_a_queue_is_in_the_order_of_due_times_and_lists_what_is_overdue(scene: Scene) -> None:
    late, early = referred(scene, now=NOW + timedelta(days=2)), referred(scene)
    zhou = officer()
    assert [row.number for row in list_queue(by=zhou, now=NOW + timedelta(days=2))] == [early.number, late.number]
    assert [row.number for row in list_queue(by=zhou, now=shanghai("2026-11-27"), overdue=True)] == [early.number]


def test_a_queue_shows_nobodys_name(scene: Scene) -> None:
    referred(scene)
    said = json.dumps([row.to_json() for row in list_queue(by=officer(), now=NOW)], ensure_ascii=False)
    assert ANNA.name not in said
    assert ANNA.id_number not in said
    sequence()
    assert [entry.kind for entry in list_accesses(pseudonym(scene.anna.id)) if entry.kind.startswith("approval")] == []


def test_a_look_at_a_case_is_an_entry_that_its_subject_can_see(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    view = read_case(number=case.number, by=zhou, now=NOW)
    assert view.applicant == ANNA.name
    assert ANNA.id_number not in json.dumps(view.to_json(), ensure_ascii=False)
    assert view.facts[0].fact == "criminal.condition_met"
    assert view.facts[0].in_question
    assert [(each["id"], each["value"]) for each in view.conditions if each["value"] is not True]
    assert view.may == ("take",)
    assert json.dumps(view.to_json())
    sequence()
    entry = list_accesses(pseudonym(scene.anna.id))[0]
    assert entry.kind == "approval.CaseRead"
    assert entry.actor == {"kind": "staff", "id": "officer1", "role": "officer"}
    assert (entry.body["number"], entry.body["kind"]) == (case.number, "referral")
    assert {"name", "criminal.condition_met"} <= set(entry.body["fields"])


def test_a_fact_that_no_rule_reads_is_not_shown_to_an_officer(scene: Scene) -> None:
    view = read_case(number=referred(scene).number, by=officer(), now=NOW)
    assert ANNA.mobile not in json.dumps(view.to_json(), ensure_ascii=False)


def test_a_case_of_another_queue_answers_like_none(scene: Scene) -> None:
    case, li = referred(scene), officer("officer9", queues=("civil-affairs",))
    assert list_queue(by=li, now=NOW) == []
    for call in (read_case, take_case, put_back_case):
        with pytest.raises(NotFound, match="no case of this number"):
            call(number=case.number, by=li, now=NOW)


def test_her_own_case_answers_an_officer_like_none(scene: Scene) -> None:
    case, herself = referred(scene), officer("officer2", id_number=ANNA.id_number)
    assert list_queue(by=herself, now=NOW) == []
    for call in (read_case, take_case):
        with pytest.raises(NotFound, match="no case of this number"):
            call(number=case.number, by=herself, now=NOW)
    with pytest.raises(NotFound):
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=herself, now=NOW)


def test_only_officers_come_near_a_case(scene: Scene) -> None:
    case, clerk = referred(scene), officer("clerk1", role=Role.CLERK)
    for actor in (clerk, scene.anna, staff("nobody", "clerk")):
        for call in (read_case, take_case):
            with pytest.raises(RightsError):
                call(number=case.number, by=actor, now=NOW)
        with pytest.raises(RightsError):
            list_queue(by=actor, now=NOW)
    with pytest.raises(NotFound):
        list_queue(by=staff("ghost", "officer"), now=NOW)


def test_a_case_is_taken_by_one_put_back_and_taken_by_another(scene: Scene) -> None:
    case, zhou, li = referred(scene), officer(), officer("officer2")
    take_case(number=case.number, by=zhou, now=NOW)
    take_case(number=case.number, by=zhou, now=NOW)
    with pytest.raises(InputError, match="somebody else holds"):
        take_case(number=case.number, by=li, now=NOW)
    with pytest.raises(InputError, match="do not hold"):
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=li, now=NOW)
    with pytest.raises(InputError, match="do not hold"):
        put_back_case(number=case.number, by=li, now=NOW)
    assert scene.result(case).ahead.is_taken
    put_back_case(number=case.number, by=zhou, now=NOW)
    assert not scene.result(case).ahead.is_taken
    assert take_case(number=case.number, by=li, now=NOW).taken_by == "officer2"


def test_an_officer_who_disappears_gives_the_case_back_by_that(scene: Scene) -> None:
    case, zhou, li = referred(scene), officer(), officer("officer2")
    take_case(number=case.number, by=zhou, now=NOW)
    read_case(number=case.number, by=zhou, now=NOW + HOUR)  # a look renews the lease
    with pytest.raises(InputError):
        take_case(number=case.number, by=li, now=NOW + 2.5 * HOUR)
    assert list_queue(by=li, now=NOW + 3 * HOUR)[0].taken_by == ""
    with pytest.raises(InputError, match="held it too long"):
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW + 3 * HOUR)
    take_case(number=case.number, by=li, now=NOW + 3 * HOUR)
    taken = [entry.body for entry in list_entries(number=case.number) if entry.kind == "approval.CaseTaken"]
    assert [(body["staff"], body["lapsed"]) for body in taken] == [("officer1", None), ("officer2", "officer1")]


def test_an_approval_by_a_person_goes_the_same_way_downstream(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    made = decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW + HOUR)
    assert (made.outcome, made.proposal) == ("approve", "")
    result = scene.result(case)
    assert (result.state, result.outcome, result.decided_by) == ("decided", "approve", "officer1")
    assert [(reason["code"], reason["text"]) for reason in result.reasons] == [("PERSON-DECIDED", REASON.to_json())]
    assert result.reasons[0]["basis"] == [BASIS.to_json()]
    assert result.values["name"] == ANNA.name
    assert Licence.objects.filter(number=case.number).count() == 1
    assert list_queue(by=zhou, now=NOW + HOUR) == []
    entry = next(entry for entry in list_entries(number=case.number) if entry.kind == "approval.Decided" and entry.body["decided_by"])
    assert (entry.actor["kind"], entry.body["outcome"], entry.body["decision"]) == ("staff", "approve", made.decision)


def test_a_persons_decision_is_stated_and_signed_with_the_name_of_who_decided(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    decide_case(number=case.number, outcome="refuse", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    sequence()
    run_after_handlers(now=NOW)
    first, second = list_decisions(number=case.number, reader=scene.anna)
    stated = json.loads(bytes(second.statement))
    assert (stated["format"], stated["decided_by"], stated["after"]) == ("miaopi.receipt-by-person/1", "officer1", first.receipt_digest)
    assert stated["decision"]["outcome"] == "refuse"
    assert second.signature is not None
    assert (first.outcome, first.decided_by, second.as_of) == ("refer", "", first.as_of)
    assert ANNA.name not in bytes(second.statement).decode()


def test_a_refusal_by_a_person_names_reason_law_and_the_ways_beyond(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    decide_case(number=case.number, outcome="refuse", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    result = scene.result(case)
    assert (result.outcome, result.ahead.can_review) == ("refuse", False)
    assert "复议" in result.reasons[0]["remedy"]["zh"]
    assert [(each.kind, each.until.isoformat()) for each in result.ahead.remedies] == [
        ("reconsideration", "2027-01-22"), ("litigation", "2027-05-23")
    ]
    assert Licence.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"outcome": "wait"}, "outcome"), ({"outcome": "uphold"}, "outcome"), ({"reason": Text(zh="", en="x")}, "reason"),
        ({"reason": Text(zh="好\x00", en="x")}, "reason"), ({"reason": Text(zh="长" * 501, en="x")}, "reason"),
        ({"basis": Basis("", "第一条")}, "basis"), ({"basis": Basis("某办法", " ")}, "basis"),
        ({"basis": Basis("某\u202e办法", "第一条")}, "basis"), ({"values": {"nonsense": "1"}}, "nonsense"),
        ({"values": {"name": "别人"}}, "name"), ({"outcome": "redirect", "values": {"next": "no-such-service"}}, "next"),
        ({"outcome": "redirect", "values": {"name": "x"}}, "next"),
    ],
)
def test_a_decision_that_may_not_stand_names_what_is_wrong_and_changes_nothing(scene: Scene, wrong: dict[str, object], field: str) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    fitting = {"outcome": "approve", "reason": REASON, "basis": BASIS}
    with pytest.raises(InputError) as caught:
        decide_case(number=case.number, **{**fitting, **wrong}, by=zhou, now=NOW)
    assert caught.value.field == field
    assert scene.result(case).state == "referred"
    assert DecisionRow.objects.count() == 1


def test_a_redirect_says_where_to_go(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    decide_case(
        number=case.number, outcome="redirect", reason=REASON, basis=BASIS, values={"next": "no-criminal-record"}, by=zhou, now=NOW
    )
    ahead = scene.result(case).ahead
    assert (ahead.next_service, ahead.next_name.zh if ahead.next_name else "") == ("no-criminal-record", "无犯罪记录证明")


def test_values_that_the_rules_cannot_say_are_the_officers_to_say(scene: Scene) -> None:
    scene.change("population", "population_basic", name="演示·别人")  # the two registers differ on her name
    scene.rows["population"]["population_basic"].append({**scene.rows["population"]["population_basic"][0], "name": "演示·另一个"})
    scene.publish()
    case, zhou = scene.draft(), officer()
    scene.confirm(case)
    assert scene.result(case).state == "referred"
    take_case(number=case.number, by=zhou, now=NOW)
    view = read_case(number=case.number, by=zhou, now=NOW)
    assert view.open_values
    with pytest.raises(InputError, match="yours to say") as caught:
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)
    assert caught.value.field in view.open_values
    supplied = {name: {"string": "演示·安娜", "date": "1949-12-31"}.get(kind, "1") for name, kind in view.open_values.items()}
    decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, values=supplied, by=zhou, now=NOW)
    values = scene.result(case).values
    assert {name: values[name] for name in supplied} == supplied


def test_a_supplement_names_every_defect_at_its_field_once_and_stops_the_clock(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    ask_supplement(number=case.number, defects=(DEFECT, replace(DEFECT, fact="")), by=zhou, now=NOW + HOUR)
    result = scene.result(case)
    assert (result.state, result.outcome) == ("supplement", "supplement")
    assert [(each.fact, each.text.zh, each.remedy.zh) for each in result.ahead.cures] == [
        ("purpose", "用途不清楚。", "请重新选择用途。"), ("", "用途不清楚。", "请重新选择用途。")
    ]
    assert result.ahead.stopped_at == NOW + HOUR
    (row,) = list_queue(by=zhou, now=NOW + timedelta(days=30))
    assert (row.stopped_at, row.is_overdue, row.taken_by) == (NOW + HOUR, False, "")
    with pytest.raises(InputError, match="the clock stands"):
        take_case(number=case.number, by=zhou, now=NOW + 2 * HOUR)


def test_a_cured_case_goes_on_with_the_days_that_were_left(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    tuesday, next_monday = NOW + timedelta(days=1), NOW + timedelta(days=7)
    take_case(number=case.number, by=zhou, now=tuesday)
    ask_supplement(number=case.number, defects=(DEFECT,), by=zhou, now=tuesday)  # Wednesday and Thursday are left
    scene.confirm(case, entered={"purpose": "notary"}, now=next_monday)
    (row,) = list_queue(by=zhou, now=next_monday)
    assert (row.stopped_at, row.due_at) == (None, shanghai("2026-12-02"))
    assert Referral.objects.filter(number=case.number).count() == 1
    assert scene.result(case).ahead.due_at == row.due_at
    take_case(number=case.number, by=zhou, now=next_monday)
    with pytest.raises(InputError, match="asked once"):
        ask_supplement(number=case.number, defects=(DEFECT,), by=zhou, now=next_monday)
    decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=next_monday)
    rows = list_decisions(number=case.number, reader=scene.anna)
    assert [(row.round, row.attempt, row.outcome, row.decided_by) for row in rows] == [
        (1, 0, "refer", ""), (1, 1, "supplement", "officer1"), (2, 0, "refer", ""), (2, 1, "approve", "officer1")
    ]


def test_what_the_rules_can_decide_after_a_supplement_needs_no_person(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    ask_supplement(number=case.number, defects=(DEFECT,), by=zhou, now=NOW)
    scene.change("criminal", "criminal_record", condition_met="true")
    scene.confirm(case, entered={"purpose": "notary"})
    assert (scene.result(case).outcome, scene.result(case).decided_by) == ("approve", "")
    assert list_queue(by=zhou, now=NOW) == []


@pytest.mark.parametrize(
    "defects",
    [(), (replace(DEFECT, fact="person.name"),), (replace(DEFECT, fact="nonsense"),), (replace(DEFECT, text=Text(zh="", en="")),)],
)
def test_a_supplement_that_nobody_could_cure_is_not_asked(scene: Scene, defects: tuple[Defect, ...]) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    with pytest.raises(InputError) as caught:
        ask_supplement(number=case.number, defects=defects, by=zhou, now=NOW)
    assert caught.value.field == "defects"
    assert scene.result(case).state == "referred"


def test_a_withdrawn_case_leaves_the_queue(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    withdraw_application(number=case.number, by=scene.anna, now=NOW)
    assert list_queue(by=zhou, now=NOW) == []
    with pytest.raises(NotFound):
        decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)


def test_past_the_patience_of_the_service_the_case_comes_to_a_queue(scene: Scene) -> None:
    from miaopi.apps.approval.api import retry_waiting

    scene.set_mode("criminal", "down")
    case, zhou = scene.draft(), officer()
    scene.confirm(case)
    ahead = scene.result(case).ahead
    assert (ahead.patience_until, ahead.due_at) == (NOW + timedelta(days=1), None)
    assert ahead.next_try_at is not None
    assert list_queue(by=zhou, now=NOW) == []
    retry_waiting(now=NOW + timedelta(days=2))
    assert [row.number for row in list_queue(by=zhou, now=NOW + timedelta(days=2))] == [case.number]


def test_somebody_elses_case_stays_hers(scene: Scene) -> None:
    scene.rows = rows_of(BEN)
    scene.publish()
    ben = scene.enter(BEN)
    case, zhou = referred(scene, by=ben), officer(id_number=ANNA.id_number)
    assert read_case(number=case.number, by=zhou, now=NOW).applicant == BEN.name


def test_an_auditor_reads_the_log_of_a_case_and_the_applicant_sees_it(scene: Scene) -> None:
    case, auditor, zhou = referred(scene), officer("auditor1", role=Role.AUDITOR, queues=()), officer()
    entries = read_log(number=case.number, by=auditor, now=NOW)
    assert {"application.ApplicationOpened", "approval.Decided", "approval.CaseReferred"} <= {entry.kind for entry in entries}
    sequence()
    look = list_accesses(pseudonym(scene.anna.id))[0]
    assert (look.kind, look.actor["id"]) == ("approval.LogRead", "auditor1")
    for stranger in (zhou, scene.anna):
        with pytest.raises(RightsError):
            read_log(number=case.number, by=stranger, now=NOW)
    with pytest.raises(RightsError):
        read_case(number=case.number, by=auditor, now=NOW)
    with pytest.raises(NotFound):
        read_log(number=case.number, by=officer("auditor2", role=Role.AUDITOR, id_number=ANNA.id_number), now=NOW)


def test_an_uphold_without_a_review_is_an_input_error(scene: Scene) -> None:
    case, zhou = referred(scene), officer()
    take_case(number=case.number, by=zhou, now=NOW)
    with pytest.raises(InputError, match="no decision to uphold"):
        uphold_decision(number=case.number, reason=REASON, basis=BASIS, by=zhou, now=NOW)
