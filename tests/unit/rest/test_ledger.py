"""The log by REST: heads, proofs, growth; looks at one's own data with a proof each."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.approval.api import decide_case, read_case, take_case
from miaopi.apps.audit.api import run_after_handlers, sequence, sign_checkpoint
from miaopi.kernel.ledger import leaf_hash, verify_consistency, verify_inclusion
from tests.unit.approval.office import BASIS, REASON, officer, referred, scene_with
from tests.unit.filing.scene import BEN, NOW
from tests.unit.rest.calling import Program, refused


def check(proof: dict[str, Any]) -> dict[str, Any]:
    """The proof as an outsider checks it; what it proves."""
    leaf = base64.b64decode(proof["leaf"])
    assert hashlib.sha256(base64.b64decode(proof["salt"]) + proof["entry"].encode()).digest() == leaf
    path = [bytes.fromhex(each) for each in proof["inclusion"]]
    assert verify_inclusion(
        leaf=leaf_hash(leaf), index=proof["leaf_index"], size=proof["tree_size"], proof=path, root=bytes.fromhex(proof["root"])
    )
    said: dict[str, Any] = json.loads(proof["entry"])
    return said


def test_without_a_checkpoint_there_is_nothing_to_show(database: str) -> None:
    refused(Program().ask("/ledger/checkpoint"), 404)
    refused(Program().ask("/ledger/consistency", old="1"), 404)


def test_a_decision_is_proved_to_its_applicant_alone(scene: Any) -> None:
    anna = Program(scene.anna)
    number = anna.draft()
    refused(anna.ask("/ledger/proof", number=number), 404)
    anna.confirm(number, purpose="employment")
    sequence()
    sign_checkpoint(now=NOW)
    assert check(anna.ask("/ledger/proof", number=number).json())["body"]["outcome"] == "approve"
    refused(Program(scene.enter(BEN)).ask("/ledger/proof", number=number), 404)
    refused(Program().ask("/ledger/proof", number=number), 401)


def test_what_one_of_two_officers_proposes_is_proved_to_nobody(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAOPI_CLOCK", NOW.isoformat())
    rule = "\nreferral: {queue: {zh: 记录核查, en: Record checks}, workdays: 2, four_eyes: true}\n"
    with scene_with(tmp_path, service=rule) as scene:
        case, zhou = referred(scene), officer(queues=("record-checks",))
        take_case(number=case.number, by=zhou, now=NOW)
        made = decide_case(number=case.number, outcome="approve", reason=REASON, basis=BASIS, by=zhou, now=NOW)
        assert made.proposal
        sequence()
        sign_checkpoint(now=NOW)
        anna = Program(scene.anna)
        refused(anna.ask("/ledger/proof", number=case.number, kind="approval.DecisionProposed"), 404)
        assert anna.ask("/ledger/proof", number=case.number, kind="approval.CaseTaken").status_code == 200


def test_a_kept_head_is_shown_to_be_contained_in_every_later_one(scene: Any) -> None:
    stranger, anna = Program(), Program(scene.anna)
    sequence()
    sign_checkpoint(now=NOW)
    kept = stranger.ask("/ledger/checkpoint").json()
    anna.draft()
    sequence()
    sign_checkpoint(now=NOW)
    told = stranger.ask("/ledger/consistency", old=str(kept["tree_size"])).json()
    assert told["old_root"] == kept["root"]
    path = [bytes.fromhex(each) for each in told["consistency"]]
    assert verify_consistency(
        old_size=told["old_size"], new_size=told["tree_size"], old_root=bytes.fromhex(told["old_root"]),
        new_root=bytes.fromhex(told["root"]), proof=path,
    )  # fmt: skip
    for old, new in (("0", "1"), ("5", "3"), ("1", "99999999"), ("x", "1"), ("1", "9" * 30)):
        refused(stranger.ask("/ledger/consistency", old=old, new=new), 422)


def test_she_sees_every_look_of_agencies_and_staff_with_a_proof(scene: Any) -> None:
    case = referred(scene)
    read_case(number=case.number, by=officer(), now=NOW)
    sequence()
    sign_checkpoint(now=NOW)
    anna = Program(scene.anna)
    found, cursor = [], ""
    while cursor is not None:
        page = anna.ask("/me/accesses", limit="3", **({"cursor": cursor} if cursor else {})).json()
        found += page["accesses"]
        cursor = page["next"]
    assert [each["seq"] for each in found] == sorted({each["seq"] for each in found}, reverse=True)
    look = next(each for each in found if each["kind"] == "approval.CaseRead")
    assert (look["by_kind"], look["by"], look["by_name"]["en"], look["number"]) == ("staff", "officer1", "Demo officer1", case.number)
    pull = next(each for each in found if each["kind"] == "exchange.DataPulled")
    assert pull["agency"] and pull["fields"] and pull["receipt"] and pull["service"]
    assert check(anna.ask(f"/me/accesses/{look['seq']}/proof").json())["kind"] == "approval.CaseRead"
    ben = Program(scene.enter(BEN))
    assert ben.ask("/me/accesses").json()["accesses"] == []
    for seq in (look["seq"], 10**9, 10**30):
        refused(ben.ask(f"/me/accesses/{seq}/proof"), 404)


@pytest.mark.parametrize("cursor", ["", "x", "MTotMQ", "AAAA"])
def test_a_cursor_that_no_list_gave_is_told_so(scene: Any, cursor: str) -> None:
    assert refused(Program(scene.anna).ask("/me/accesses", cursor=cursor), 422)["field"] == "cursor"


def test_messages_are_her_own(scene: Any) -> None:
    anna = Program(scene.anna)
    anna.confirm(anna.draft(), purpose="employment")
    sequence()
    run_after_handlers(now=NOW)
    assert [each["kind"] for each in anna.ask("/me/messages").json()["messages"]] == ["approve"]
    assert Program(scene.enter(BEN)).ask("/me/messages").json()["messages"] == []
