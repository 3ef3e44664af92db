"""The log from a terminal: heads, proofs, who looked, what was altered, and what is run again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from demo_city.founding import today
from miaopi.instance.postgres import APPLICATION, OWNER, EmbeddedServer
from tests.journey.cities import ROOT, VERIFIER, City, environment

Connection = psycopg.Connection[Any]


@contextmanager
def platform(city: City, role: str) -> Iterator[Connection]:
    """The platform's database under one of its roles."""
    server = EmbeddedServer(city.home / "platform", "platform")
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        yield connection


def verdict(proof: object, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *arguments], input=json.dumps(proof), capture_output=True, text=True, check=False
    )
    return ran.stdout


@pytest.fixture(scope="module")
def application(city: City) -> dict[str, Any]:
    return city.verb("apply", "no-criminal-record", "--as", "worker", "--set", "purpose=abroad", "--yes")


def test_a_decision_is_proved_to_a_stranger_who_knows_the_key(city: City, application: dict[str, Any]) -> None:
    head = city.verb("ledger", "checkpoint")
    proof = city.verb("ledger", "prove", application["number"])
    assert json.loads(proof["entry"])["body"]["number"] == application["number"]
    assert json.loads(proof["entry"])["kind"] == "approval.Decided"
    assert verdict(proof, "--key", head["key"]).startswith("valid: entry ")
    assert city.verb("ledger", "prove", str(proof["leaf_index"]))["entry"] == proof["entry"]
    assert city.verb("ledger", "verify", "-", "--key", head["key"], given=json.dumps(proof)) == {
        "valid": True, "reason": None, "key": "trusted",
    }  # fmt: skip


def test_a_proof_that_does_not_hold_says_why(city: City, application: dict[str, Any]) -> None:
    altered = {**application["proof"], "leaf_index": application["proof"]["leaf_index"] - 1}
    said = city.verb("ledger", "verify", "-", given=json.dumps(altered), code=1)
    assert (said["valid"], said["key"]) == (False, "from the proof")
    assert said["reason"]["en"] == "The inclusion path does not lead from the leaf to the root."


@pytest.mark.parametrize("given", ["", "[]", "not JSON"])
def test_what_is_no_proof_is_an_input_error_and_needs_no_instance(given: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("nothing") / "home"
    ran = subprocess.run(
        [str(ROOT / "miaopi"), "ledger", "verify", "-", "--json"], input=given, env=environment(home), cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["field"] == "FILE"
    assert not home.exists()


def test_signed_trees_are_shown_to_contain_each_other(city: City, application: dict[str, Any]) -> None:
    proof = application["proof"]
    grown = city.verb("ledger", "consistency", str(proof["old_size"]), str(proof["tree_size"]))
    assert grown["consistency"] == proof["consistency"]
    assert (grown["old_root"], grown["root"], grown["key"]) == (proof["old_root"], proof["root"], proof["key"])
    backwards = city.verb("ledger", "consistency", str(proof["tree_size"]), str(proof["old_size"]), code=2)
    assert backwards["error"]["field"] == "OLD"
    assert city.verb("ledger", "consistency", "1", str(10**9), code=6)["error"]["kind"] == "NotFound"


def test_an_unknown_number_is_not_found_whatever_it_looks_like(city: City) -> None:
    for entry in ("20261123-AAAAAAAAA", "no number", str(10**9)):
        assert city.verb("ledger", "prove", entry, code=6)["error"]["kind"] == "NotFound"


def test_she_sees_who_looked_each_look_with_its_place_in_the_log(city: City, application: dict[str, Any]) -> None:
    seen = city.verb("ledger", "accesses", "--as", "worker")["accesses"]
    mine = [each for each in seen if each["body"].get("application") == application["number"]]
    assert {each["body"]["resource"] for each in mine} >= {"population_basic", "residence_registration", "criminal_record"}
    assert [each["seq"] for each in mine] == sorted((each["seq"] for each in mine), reverse=True)
    proof = city.verb("ledger", "prove", str(mine[0]["seq"]))
    assert json.loads(proof["entry"])["body"] == mine[0]["body"]
    assert verdict(proof).startswith("valid")
    assert city.verb("ledger", "accesses", "--as", "traveller")["accesses"] != seen


def test_the_application_cannot_alter_the_log_and_what_its_owner_alters_is_named(city: City, application: dict[str, Any]) -> None:
    assert city.verb("audit", "check")["findings"] == []
    change = "UPDATE audit_entry SET entry = replace(entry, '\"approve\"', '\"refuse\"') WHERE kind = 'approval.Decided' AND number = %s"
    back = change.replace("'\"approve\"', '\"refuse\"'", "'\"refuse\"', '\"approve\"'")
    with platform(city, APPLICATION) as clerk, pytest.raises(psycopg.errors.InsufficientPrivilege):
        clerk.execute(change, [application["number"]])
    with platform(city, OWNER) as owner:
        row = owner.execute(change + " RETURNING id", [application["number"]]).fetchone()
        assert row is not None
        try:
            findings = city.verb("audit", "check", code=1)["findings"]
        finally:
            owner.execute(back, [application["number"]])
    assert [finding["row"] for finding in findings] == [f"entry {row[0]}"]
    assert city.verb("audit", "check")["findings"] == []


def test_what_was_parked_is_listed_and_run_again_with_the_keys_of_the_worker(city: City, application: dict[str, Any]) -> None:
    handler, number = "licence.sign_when_issued", application["number"]
    with platform(city, APPLICATION) as clerk:
        row = clerk.execute(
            "SELECT seq FROM audit_position JOIN audit_entry entry ON entry.id = entry_id"
            " WHERE entry.kind = 'licence.LicenceIssued' AND entry.number = %s",
            [number],
        ).fetchone()
        assert row is not None
        clerk.execute("UPDATE licence_licence SET signed_text = NULL, signed_at = NULL WHERE number = %s", [number])
        clerk.execute(
            "INSERT INTO audit_failure (handler, seq, attempts, reason, due_at, parked_at) VALUES (%s, %s, 5, 'OSError', now(), now())",
            [handler, row[0]],
        )
    listed = city.verb("audit", "parked")["parked"]
    assert [(each["handler"], each["seq"], each["reason"]) for each in listed] == [(handler, row[0], "OSError")]
    assert city.verb("audit", "replay", handler, str(row[0])) == {"handled": True}
    assert city.verb("audit", "parked") == {"parked": []}
    assert city.verb("licence", "show", number, "--as", "worker")["signed_text"]
    assert city.verb("audit", "replay", handler, str(row[0]), code=6)["error"]["kind"] == "NotFound"


def test_she_has_a_look_explained_from_a_terminal(city: City, application: dict[str, Any]) -> None:
    """The keeper of the data answers, since no data steward works where the service is decided."""
    told = city.verb("ledger", "accesses", "--as", "worker", "--show", "own")
    assert (told["deferred"], told["withheld"]) == ([], 0)
    look = next(each["seq"] for each in told["accesses"] if each["body"].get("resource") == "population_basic")
    filed = city.verb("ledger", "object", str(look), "--as", "worker", "--words", "演示：为什么看")
    assert city.verb("ledger", "object", str(10**9), "--as", "worker", "--words", "演示", code=6)["error"]["kind"] == "NotFound"
    assert filed["id"] in {each["id"] for each in city.verb("exchange", "objections", "--as", "steward1")["objections"]}
    city.verb("exchange", "explain", filed["id"], "--as", "steward1", "--finding", "explained", "--words", "演示：办理您的申请")
    [own] = [each for each in city.verb("ledger", "objections", "--as", "worker")["objections"] if each["id"] == filed["id"]]
    assert (own["state"], own["answer"], own["look"]) == ("explained", "演示：办理您的申请", look)


def test_a_steward_asks_to_be_seen_later_and_nobody_is_without_a_law(city: City) -> None:
    in_a_month, next_year = ((today() + timedelta(days=days)).isoformat() for days in (30, 400))
    asked = (
        "exchange", "request", "population_basic", "name", "--as", "steward2", "--for", "seen-later", "--purpose", "演示走访规定 第二条",
        "--ground", "演示走访规定 第二条", "--until", next_year, "--visible", "deferred:30d",
    )  # fmt: skip
    assert city.verb(*asked, code=2)["error"]["field"] == "hidden_by"
    made = city.verb(*asked, "--hidden-by", "演示侦查规定 第一条")
    assert (made["state"], made["visibility"], made["hidden_by"]) == ("filed", "deferred:30d", "演示侦查规定 第一条")
    none = city.verb("exchange", "approve", made["id"], "--as", "steward1", "--per-day", "0", code=2)
    assert none["error"]["field"] == "quota"  # not all that was asked for
    given = city.verb("exchange", "approve", made["id"], "--as", "steward1", "--visible", "deferred:10d")
    assert (given["visibility"], given["narrowed"]) == ("deferred:10d", True)
    assert city.verb("exchange", "deferrals", "--as", "auditor1", "--requester", "civil-affairs")["deferrals"] == []
    renewed = ("exchange", "renew", "0" * 32, "--as", "auditor1", "--until", in_a_month, "--reason", "演示")
    assert city.verb(*renewed, code=6)["error"]["kind"] == "NotFound"
