"""What is decided on confirmed facts, and what is kept of it. All persons are made up."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from miaopi.apps.approval.api import get_decision, get_result, list_decisions, request_review
from miaopi.apps.approval.models import DecisionRow
from miaopi.apps.approval.queries.decisions import unseal_beside
from miaopi.apps.audit.api import run_after_handlers, sequence
from miaopi.apps.filing.api import dispute, enter, prefill
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.receipt import digest, read_receipt
from tests.unit.filing.scene import ANNA, BEN, NOW, Scene


def test_an_adult_with_a_clean_record_is_approved_by_a_rule_set(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    result = scene.result(case)
    assert (result.state, result.outcome, result.reasons) == ("decided", "approve", ())
    assert result.typed == ("purpose",)
    assert result.values["name"] == ANNA.name
    assert all(condition["value"] is True for condition in result.conditions)


def test_a_result_names_source_and_time_of_every_value(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    prefilled = {each.fact: each for each in scene.result(case).prefilled}
    assert len(prefilled) >= 8
    assert prefilled["criminal.condition_met"].source == "criminal_record"
    assert prefilled["criminal.condition_met"].agency == "criminal"
    assert prefilled["person.birth_date"].value == "1949-12-31"
    assert prefilled["person.identity_count"].value == 1
    assert all(each.at and each.label.zh for each in prefilled.values())
    assert "purpose" not in prefilled
    assert "delivery" not in prefilled


@pytest.mark.parametrize(
    ("agency", "resource", "fields", "outcome", "code"),
    [
        ("criminal", "criminal_record", {"condition_met": "false"}, "refer", "NCR-03"),
        ("criminal", "criminal_record", {"condition_met": "uncertain"}, "refer", "NCR-04"),
        ("population", "population_basic", {"life_status": "死亡"}, "refer", "IDN-03"),
        ("population", "population_basic", {"name": "演示·别人"}, "refer", "IDN-02"),
        ("population", "household_registration", {"hukou_region_code": "450103"}, "redirect", "NCR-02"),
    ],
)
def test_what_an_agency_says_decides(scene: Scene, agency: str, resource: str, fields: dict[str, str], outcome: str, code: str) -> None:
    scene.change(agency, resource, **fields)
    case = scene.draft()
    scene.confirm(case)
    result = scene.result(case)
    assert (result.outcome, [reason["code"] for reason in result.reasons]) == (outcome, [code])
    assert result.state == ("decided" if outcome == "redirect" else "referred")
    assert all(reason["basis"] and reason["remedy"]["zh"] for reason in result.reasons)


def test_a_certain_redirect_asks_no_sensitive_source(scene: Scene) -> None:
    scene.change("population", "household_registration", hukou_region_code="450103")
    case = scene.draft()
    scene.confirm(case)
    assert "criminal.condition_met" not in {each.fact for each in scene.result(case).prefilled}


def test_sources_that_contradict_send_the_case_to_a_person(scene: Scene) -> None:
    rows = scene.rows["population"]["population_basic"]
    rows.append({**rows[0], "birth_date": "1950-01-01"})
    scene.publish()
    case = scene.draft()
    scene.confirm(case)
    assert scene.result(case).outcome == "refer"


def test_a_disputed_fact_that_a_rule_needs_is_referred(scene: Scene) -> None:
    case = scene.draft()
    dispute(number=case.number, fact="hukou.region_code", by=scene.anna, now=NOW)
    scene.confirm(case)
    result = scene.result(case)
    assert (result.outcome, result.reasons[0]["code"]) == ("refer", "FACT-DISPUTED")
    assert {each.fact for each in result.prefilled if each.disputed} == {"hukou.region_code"}


def test_a_value_that_changed_since_the_prefill_is_read_again(scene: Scene) -> None:
    case = scene.draft()
    scene.change("population", "population_basic", life_status="注销")
    scene.confirm(case)
    assert scene.result(case).outcome == "refer"


def test_the_kept_receipt_agrees_with_its_facts_and_names_no_one(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    row = get_decision(number=case.number, reader=scene.anna)
    statement, beside = json.loads(bytes(row.statement)), unseal_beside(row.id, row.kept)
    assert beside is not None
    receipt = read_receipt(
        {"statement": statement, "facts": dict(beside.facts), "values": dict(beside.values), "salt": beside.salt, "signature": None}
    )
    assert dict(receipt.digests) == {name: digest(beside.salt, fact) for name, fact in beside.facts.items()}
    assert receipt.values_digest == digest(beside.salt, dict(beside.values))
    assert receipt.statement() == bytes(row.statement)
    for clear in (ANNA.name, ANNA.id_number, ANNA.mobile):
        assert clear.encode() not in bytes(row.statement) + bytes(row.kept or b"")


def test_the_statement_is_signed_in_the_worker_and_not_before(scene: Scene) -> None:
    case = scene.draft()
    scene.confirm(case)
    assert get_decision(number=case.number, reader=scene.anna).signature is None
    sequence()
    run_after_handlers(now=NOW)
    assert get_decision(number=case.number, reader=scene.anna).signature is not None


def test_a_supplement_is_cured_and_confirmed_in_a_new_round(scene: Scene) -> None:
    scene.anna = scene.enter(replace(ANNA, assurance_level=2))
    case = scene.draft()
    first = scene.confirm(case)
    assert (scene.result(case).state, scene.result(case).reasons[0]["code"]) == ("supplement", "IDN-04")
    assert scene.confirm(case, token=first.token).repeated
    scene.anna = scene.enter(ANNA)
    prefill(number=case.number, receipt=scene.consent(case), by=scene.anna, now=NOW)
    second = scene.confirm(case)
    assert (second.round, second.repeated) == (2, False)
    assert scene.result(case).outcome == "approve"
    decisions = list_decisions(number=case.number, reader=scene.anna)
    assert [(row.round, row.outcome) for row in decisions] == [(1, "supplement"), (2, "approve")]
    assert scene.confirm(case, token=first.token).round == 1


def test_somebody_elses_result_and_decision_answer_like_none(scene: Scene) -> None:
    case, ben = scene.draft(), scene.enter(BEN)
    scene.confirm(case)
    for call in (
        lambda: get_result(number=case.number, reader=ben, now=NOW),
        lambda: get_decision(number=case.number, reader=ben),
        lambda: request_review(number=case.number, by=ben, now=NOW),
    ):
        with pytest.raises(NotFound, match="no application of this number"):
            call()


def test_a_review_is_one_request_for_a_person(scene: Scene) -> None:
    scene.change("population", "household_registration", hukou_region_code="450103")
    case = scene.draft()
    with pytest.raises(NotFound, match="no decision yet"):
        request_review(number=case.number, by=scene.anna, now=NOW)
    scene.confirm(case)
    first, again = (request_review(number=case.number, by=scene.anna, now=NOW) for _ in range(2))
    assert first.id == again.id
    assert scene.result(case).review_requested_at == NOW


def test_a_case_that_waits_has_no_decision_to_review(scene: Scene) -> None:
    scene.set_mode("criminal", "down")
    case = scene.draft()
    scene.confirm(case)
    with pytest.raises(InputError, match="still waits"):
        request_review(number=case.number, by=scene.anna, now=NOW)


def test_a_draft_shows_what_was_filled_and_no_outcome(scene: Scene) -> None:
    case = scene.draft()
    enter(number=case.number, values={"purpose": "notary"}, by=scene.anna, now=NOW)
    result = scene.result(case)
    assert (result.state, result.outcome, result.typed, result.typed_values) == ("draft", "", ("purpose",), {"purpose": "notary"})
    assert result.to_json()["outcome"] is None
    assert json.dumps(result.to_json())
    assert DecisionRow.objects.count() == 0
