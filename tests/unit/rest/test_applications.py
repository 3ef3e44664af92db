"""An application by REST: from consent to licence, repeats, mistakes, and somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from miaopi.apps.application.models import Application
from miaopi.apps.consent.models import Receipt
from tests.unit.filing.scene import BEN, SERVICE
from tests.unit.rest.calling import Program, refused

NOBODYS = "20261123-AAAAAAAAA"


def test_the_way_from_consent_to_licence(scene: Any) -> None:
    anna = Program(scene.anna)
    number = anna.draft()
    draft = anna.ask(f"/applications/{number}").json()["draft"]
    assert draft["missing"] == ["purpose"]
    assert {fact["agency"] for fact in draft["facts"]} >= {"population"}
    decided = anna.confirm(number, purpose="employment")
    assert decided.status_code == 200, decided.content
    said = decided.json()
    assert (said["outcome"], said["decided_by"], said["typed"]) == ("approve", "rules", ["purpose"])
    assert said["licence"]
    assert said["draft"] is None
    assert anna.ask("/applications").json()["applications"][0]["number"] == number


def test_nothing_is_fetched_before_the_consent_and_a_consent_names_all_or_nothing(scene: Any) -> None:
    anna = Program(scene.anna)
    opened = anna.send("/applications", {"service": SERVICE}).json()
    assert opened["draft"]["prefilled_at"] is None
    sources = [fact["source"] for fact in opened["consent"]["facts"]]
    sensitive = [fact["source"] for fact in opened["consent"]["facts"] if fact["privacy"] == "sensitive"]
    assert sensitive
    for body in (
        {"scope": sources[:-1], "separate": sensitive}, {"scope": sources, "separate": []},
        {"scope": [*sources, "real_estate.address"], "separate": sensitive},
    ):
        told = refused(anna.send("/consents", {"application": opened["number"], **body}), 422)
        assert told["field"] in ("scope", "separate")
    assert not Receipt.objects.exists()


def test_a_consent_taken_back_erases_the_draft(scene: Any) -> None:
    anna = Program(scene.anna)
    number = anna.draft()
    receipt = anna.ask(f"/applications/{number}").json()["draft"]["receipt"]
    assert anna.send(f"/consents/{receipt}/withdraw").json()["withdrawn_at"] is not None
    assert anna.ask(f"/applications/{number}").json()["draft"] is None
    refused(Program(scene.enter(BEN)).send(f"/consents/{receipt}/withdraw"), 404)


def test_what_is_hers_is_entered_and_what_an_agency_keeps_is_disputed(scene: Any) -> None:
    anna = Program(scene.anna)
    number = anna.draft()
    entered = anna.send(f"/applications/{number}", {"values": {"purpose": "abroad"}, "disputed": ["person.name"]}, method="patch")
    facts = {fact["fact"]: fact for fact in entered.json()["draft"]["facts"]}
    assert facts["purpose"]["value"] == "abroad"
    assert facts["person.name"]["disputed"]
    told = refused(anna.send(f"/applications/{number}", {"values": {"person.name": "别人"}}, method="patch"), 422)
    assert told["field"] == "person.name"
    assert "别人" not in str(told)
    assert anna.confirm(number).json()["outcome"] == "refer"


def test_the_same_key_and_body_get_the_same_answer_and_another_body_409(scene: Any) -> None:
    anna = Program(scene.anna)
    first, second = (anna.send("/applications", {"service": SERVICE}, key="k-1") for _ in range(2))
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Application.objects.count() == 1
    told = refused(anna.send("/applications", {"service": "DG-016"}, key="k-1"), 409)
    assert told["field"] == "Idempotency-Key"
    refused(anna.send("/consents", {"application": "x", "scope": []}, key="k-1"), 409)
    assert Program(scene.enter(BEN)).send("/applications", {"service": SERVICE}, key="k-1").json()["number"] != first.json()["number"]
    for key in ("", "键", "k" * 129):
        answer = anna.client.post("/api/v1/applications", f'{{"service": "{SERVICE}"}}', content_type="application/json",
                                  headers={**anna.headers, "Idempotency-Key": key})
        assert answer.status_code == 422, key


def test_of_many_at_once_under_one_key_one_makes_it(scene: Any) -> None:
    programs = [Program(scene.anna) for _ in range(6)]

    def send(program: Program) -> bytes:
        try:
            return bytes(program.send("/applications", {"service": SERVICE}, key="race").content)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(programs)) as pool:
        answers = set(pool.map(send, programs))
    assert len(answers) == 1
    assert Application.objects.count() == 1


def test_a_key_under_which_nothing_could_be_made_can_be_used_again(scene: Any) -> None:
    anna = Program(scene.anna)
    refused(anna.send("/applications", {"service": "no-such-service"}, key="again"), 404)
    assert anna.send("/applications", {"service": SERVICE}, key="again").status_code == 201


def test_a_consent_is_given_once_under_a_key_and_fills_the_draft_when_repeated(scene: Any) -> None:
    anna = Program(scene.anna)
    opened = anna.send("/applications", {"service": SERVICE}).json()
    asked = opened["consent"]["facts"]
    body = {
        "application": opened["number"], "scope": [fact["source"] for fact in asked],
        "separate": [fact["source"] for fact in asked if fact["privacy"] == "sensitive"],
    }  # fmt: skip
    first, second = (anna.send("/consents", body, key="consent") for _ in range(2))
    assert first.json()["receipt"] == second.json()["receipt"]
    assert Receipt.objects.count() == 1
    assert anna.ask(f"/applications/{opened['number']}").json()["draft"]["receipt"] == first.json()["receipt"]


def test_confirming_twice_files_once(scene: Any) -> None:
    anna = Program(scene.anna)
    number = anna.draft()
    token = anna.ask(f"/applications/{number}").json()["draft"]["token"]
    answers = [anna.send(f"/applications/{number}/confirm", {"token": token, "values": {"purpose": "employment"}}) for _ in range(2)]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("condition", ["false", "uncertain"])
def test_a_person_can_be_asked_for_and_a_case_withdrawn(scene: Any, condition: str) -> None:
    scene.change("criminal", "criminal_record", condition_met=condition)
    anna = Program(scene.anna)
    number = anna.draft()
    assert anna.confirm(number, purpose="employment").json()["outcome"] == "refer"
    assert anna.send(f"/applications/{number}/review").status_code == 200
    assert anna.send(f"/applications/{number}/withdraw").json()["state"] == "withdrawn"


def test_a_silent_source_is_an_outcome_and_no_error(scene: Any) -> None:
    scene.set_mode("criminal", "down")
    anna = Program(scene.anna)
    said = anna.confirm(anna.draft(), purpose="employment").json()
    assert said["outcome"] == "wait"
    assert said["waiting_for"][0]["source"] == "criminal_record"


def test_somebody_elses_number_answers_like_one_that_is_not_there(scene: Any) -> None:
    number = Program(scene.anna).draft()
    ben = Program(scene.enter(BEN))
    ways = [("", "get"), ("", "patch"), ("/confirm", "post"), ("/withdraw", "post"), ("/review", "post")]
    for way, method in ways:
        body = {"token": "t"} if way == "/confirm" else {"values": {"purpose": "abroad"}} if method == "patch" else None
        told = [
            refused(ben.ask(address) if method == "get" else ben.send(address, body, method=method), 404)
            for address in (f"/applications/{number}{way}", f"/applications/{NOBODYS}{way}")
        ]
        assert told[0] == told[1], way


def test_lists_go_on_at_next_and_end(scene: Any) -> None:
    anna = Program(scene.anna)
    numbers = [anna.send("/applications", {"service": SERVICE}).json()["number"] for _ in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = anna.ask("/applications", limit="2", **({"cursor": cursor} if cursor else {})).json()
        found += [each["number"] for each in page["applications"]]
        cursor = page["next"]
    assert sorted(found) == sorted(numbers)
    for wrong in ("zzz", "MTox", "!!!!"):
        assert anna.ask("/applications", cursor=wrong).status_code in (404, 422)
