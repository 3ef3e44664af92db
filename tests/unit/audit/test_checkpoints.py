"""Signed heads and proofs, judged by the verifier that knows nothing of the house."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from miaopi.apps.audit.api import (
    Forked,
    act,
    choose_signer,
    count_numbered,
    find_access,
    find_checkpoint,
    find_entry,
    get_consistency,
    get_root,
    is_signed,
    list_accesses,
    list_entries,
    prove,
    public_key,
    sequence,
    sign,
    sign_checkpoint,
    sign_note,
)
from miaopi.apps.audit.models import Checkpoint
from miaopi.kernel.credential import Head, find_flaw, note_key, open_note, read_checkpoint, verify
from miaopi.kernel.errors import NotFound
from miaopi.kernel.ledger import verify_consistency
from tests.outside import verify_proof
from tests.unit.audit.happenings import (
    ANNA,
    DUE,
    NOW,
    SUBJECT,
    Closed,
    Looked,
    Opened,
    open_many,
    open_one,
    owner,
    rows,
)

PROGRAM = Path(verify_proof.__file__)


def grow(count: int) -> Checkpoint:
    open_many(count)
    sequence()
    head = sign_checkpoint(now=NOW)
    assert head is not None
    return head


def judge(proof: Any, *arguments: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *arguments], input=json.dumps(proof).encode(), capture_output=True, check=False
    )
    return ran.returncode, ran.stdout.decode()


def test_an_empty_log_is_not_signed() -> None:
    assert sign_checkpoint(now=NOW) is None
    assert find_checkpoint() is None


def test_a_checkpoint_states_origin_size_and_root_and_its_signature_holds() -> None:
    head = grow(5)
    text = open_note(head.note, head.key)
    assert text is not None
    assert read_checkpoint(text) == Head(settings.MIAOPI_LOG_ORIGIN, 5, get_root(5))
    assert (head.tree_size, bytes(head.root), head.at) == (5, get_root(5), NOW)
    assert head.key == note_key(settings.MIAOPI_LOG_ORIGIN, public_key("checkpoint"))


def test_a_log_that_has_not_grown_is_not_signed_again() -> None:
    head = grow(3)
    again = sign_checkpoint(now=NOW + DUE)
    assert again is not None
    assert (again.note, again.at) == (head.note, NOW)
    assert rows("SELECT tree_size FROM audit_checkpoint") == [3]


def test_each_checkpoint_only_adds_to_the_one_before() -> None:
    heads = [grow(step) for step in (1, 1, 2, 3, 1, 5)]
    for old in heads:
        for new in heads:
            if old.tree_size <= new.tree_size:
                assert verify_consistency(
                    old_size=old.tree_size, new_size=new.tree_size, old_root=bytes(old.root), new_root=bytes(new.root),
                    proof=get_consistency(old.tree_size, new.tree_size),
                )  # fmt: skip


def test_the_latest_checkpoint_is_found_and_the_latest_of_a_size() -> None:
    heads = [grow(2), grow(2)]
    assert find_checkpoint() == heads[1]
    assert find_checkpoint(at_most=3) == heads[0]
    assert find_checkpoint(at_most=4) == heads[1]
    assert find_checkpoint(at_most=1) is None


def test_a_second_signer_stands_back(database: str) -> None:
    open_one("n")
    sequence()
    with owner(database) as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [0x6D69616F02])
        assert sign_checkpoint(now=NOW) is None
    assert sign_checkpoint(now=NOW) is not None


def test_an_altered_tree_is_not_signed(database: str) -> None:
    grow(4)
    with owner(database) as mighty:
        mighty.execute("UPDATE audit_node SET hash = sha256('x') WHERE key = 2")
    open_many(1)
    sequence()
    with pytest.raises(Forked, match="the tree of 5 does not contain the signed tree of 4"):
        sign_checkpoint(now=NOW)
    assert rows("SELECT tree_size FROM audit_checkpoint") == [4]


def test_a_log_that_was_cut_is_not_signed(database: str) -> None:
    grow(4)
    with owner(database) as mighty:
        mighty.execute("DELETE FROM audit_position WHERE seq >= 2")
    with pytest.raises(Forked):
        sign_checkpoint(now=NOW)


def test_one_size_has_one_root_for_ever(database: str) -> None:
    grow(2)
    with owner(database) as mighty, pytest.raises(Exception, match="audit_checkpoint_pkey"):
        mighty.execute("INSERT INTO audit_checkpoint SELECT tree_size, sha256('x'), note, key, at FROM audit_checkpoint")


@pytest.mark.parametrize("table", ["audit_entry", "audit_position", "audit_node", "audit_checkpoint"])
@pytest.mark.parametrize("wrong", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = {}"])
def test_the_application_can_only_add_to_the_log(table: str, wrong: str) -> None:
    grow(2)
    column = {"audit_entry": "kind", "audit_position": "seq", "audit_node": "hash", "audit_checkpoint": "note"}[table]
    with pytest.raises(Exception, match="permission denied"):
        rows(wrong.format(table, column, column))


def test_a_proof_is_valid_for_the_outside_verifier_and_for_ours() -> None:
    grow(3)
    head = grow(4)
    for seq in range(7):
        proof = prove(seq).to_json()
        assert find_flaw(proof) is None
        assert find_flaw(proof, head.key) is None
        assert verify_proof.check(json.dumps(proof)).startswith(f"entry {seq} of 7 in ")
    assert judge(proof)[0] == 0
    assert judge(proof, "--key", head.key)[0] == 0
    code, said = judge(proof, "--key", note_key(settings.MIAOPI_LOG_ORIGIN, public_key("receipt")))
    assert (code, said.startswith("invalid: ")) == (1, True)


def test_a_proof_holds_what_the_contract_names() -> None:
    old, head = grow(3), grow(4)
    proof = prove(4).to_json()
    [(entry, salt, leaf)] = rows("SELECT entry, salt, leaf FROM audit_entry e JOIN audit_position p ON p.entry_id = e.id WHERE seq = 4")
    assert proof == {
        "leaf": base64.b64encode(bytes(leaf)).decode(),
        "entry": entry,
        "salt": base64.b64encode(bytes(salt)).decode(),
        "leaf_index": 4,
        "tree_size": 7,
        "root": bytes(head.root).hex(),
        "inclusion": proof["inclusion"],
        "old_size": 3,
        "old_root": bytes(old.root).hex(),
        "consistency": [each.hex() for each in get_consistency(3, 7)],
        "checkpoint": head.note,
        "key": head.key,
    }
    assert base64.b64decode(str(proof["leaf"])) == hashlib.sha256(bytes(salt) + entry.encode()).digest()
    assert len(proof["inclusion"]) == 3  # type: ignore[arg-type]  # a list of hashes


def test_a_proof_leads_from_the_checkpoint_right_before() -> None:
    for count in (2, 1, 1):
        grow(count)
    assert (prove(0).old.tree_size, prove(0).checkpoint.tree_size) == (3, 4)


def test_the_first_checkpoint_stands_for_itself() -> None:
    head = grow(2)
    proof = prove(1).to_json()
    assert (proof["old_size"], proof["old_root"], proof["consistency"]) == (2, bytes(head.root).hex(), [])
    assert judge(proof)[0] == 0


@pytest.mark.parametrize("sizes", [(2,), (3, 2)])
def test_any_hex_digit_changed_anywhere_makes_a_proof_invalid(sizes: tuple[int, ...]) -> None:
    for size in sizes:
        head = grow(size)
    text = json.dumps(prove(1).to_json(), ensure_ascii=False)
    assert verify_proof.check(text)
    found = 0
    for place, sign_ in enumerate(text):
        if sign_ in "0123456789abcdefABCDEF":
            other = {"f": "e", "F": "E", "9": "8"}.get(sign_, chr(ord(sign_) + 1))
            changed = f"{text[:place]}{other}{text[place + 1:]}"
            for key in (None, head.key):
                with pytest.raises(verify_proof.Invalid):
                    verify_proof.check(changed, key)
            try:
                flaw = find_flaw(json.loads(changed))
            except ValueError:  # no longer JSON
                continue
            names_a_part = any(f'"{name}"' not in changed for name in ("old_size", "old_root", "consistency"))
            assert flaw is not None or names_a_part
            found += 1
    assert found > 300


def test_nothing_is_proved_before_it_is_numbered_and_signed() -> None:
    grow(2)
    with pytest.raises(NotFound, match="no such entry"):
        prove(2)
    open_one("n")
    sequence()
    with pytest.raises(NotFound, match="No signed checkpoint"):
        prove(2)
    sign_checkpoint(now=NOW)
    assert prove(2).leaf_index == 2


def test_a_case_is_found_by_kind_and_number() -> None:
    open_one("a", count=1)
    open_one("b")
    open_one("a", count=2)
    with act(by=ANNA, now=NOW + DUE) as unit:
        unit.record(Closed("a"))
    assert find_entry(kind="Opened", number="c") is None
    first, last = find_entry(kind="Opened", number="a"), find_entry(kind="Opened", number="a", latest=True)
    assert first is not None and last is not None
    assert (first.body["count"], last.body["count"]) == (1, 2)
    assert first.seq is None
    sequence()
    open_one("a", count=3)
    listed = list_entries(number="a")
    assert [(entry.seq, entry.kind) for entry in listed] == [(0, "Opened"), (2, "Opened"), (3, "Closed"), (None, "Opened")]
    assert listed[2].to_json() == {
        "seq": 3, "at": "2026-11-25T08:31:00.123456+00:00", "kind": "Closed", "actor": ANNA.to_json(),
        "body": {"number": "a"},
    }  # fmt: skip


def test_she_sees_who_looked_at_her_data_the_latest_first_each_with_its_proof() -> None:
    with act(by=ANNA, now=NOW) as unit:
        for number in range(3):
            unit.record(Looked(f"n{number}", SUBJECT))
        unit.record(Looked("other", "6" * 64))
        unit.record(Opened("mine", subject=SUBJECT))
    assert list_accesses(SUBJECT) == []
    sequence()
    head = sign_checkpoint(now=NOW)
    assert head is not None
    seen = list_accesses(SUBJECT)
    assert [access.body["application"] for access in seen] == ["n2", "n1", "n0"]
    assert [access.seq for access in list_accesses(SUBJECT, most=2)] == [2, 1]
    for access in seen:
        assert access.seq is not None
        assert find_flaw(prove(access.seq).to_json(), head.key) is None


def test_she_sees_two_hundred_looks_at_once() -> None:
    with act(by=ANNA, now=NOW) as unit:
        for number in range(201):
            unit.record(Looked(f"n{number}", SUBJECT))
    sequence()
    assert len(list_accesses(SUBJECT)) == 200
    assert [access.body["application"] for access in list_accesses(SUBJECT, number="n0")] == ["n0"]


def test_looks_come_in_pages_and_each_can_be_proved() -> None:
    with act(by=ANNA, now=NOW) as unit:
        for number in range(5):
            unit.record(Looked(f"n{number}", SUBJECT))
            unit.record(Looked(f"n{number}", "6" * 64))
    sequence()
    sign_checkpoint(now=NOW)
    first = list_accesses(SUBJECT, most=3)
    rest = list_accesses(SUBJECT, before=first[-1].seq, most=3)
    assert [access.body["application"] for access in (*first, *rest)] == ["n4", "n3", "n2", "n1", "n0"]
    for access in (*first, *rest):
        assert access.seq is not None
        proof = prove(access.seq).to_json()
        assert find_flaw(proof) is None and json.loads(str(proof["entry"]))["body"] == access.body
        assert find_access(SUBJECT, access.seq) == access
        assert find_access("6" * 64, access.seq) is None


def test_purposes_have_keys_of_their_own() -> None:
    signature = sign("receipt", b"message")
    assert verify(public_key("receipt"), b"message", signature)
    assert not verify(public_key("checkpoint"), b"message", signature)
    assert choose_signer() is choose_signer()


def test_what_was_signed_before_consents_and_decisions_had_keys_of_their_own_still_holds() -> None:
    for purpose in ("consent", "decision"):
        assert is_signed(purpose, b"message", sign(purpose, b"message"))
        assert is_signed(purpose, b"message", sign("receipt", b"message"))
        assert not is_signed(purpose, b"other", sign(purpose, b"message"))
        assert not is_signed(purpose, b"message", sign("checkpoint", b"message"))
    assert not is_signed("checkpoint", b"message", sign("receipt", b"message"))
    assert public_key("consent") != public_key("decision")


def test_a_note_is_signed_in_the_name_of_its_purpose() -> None:
    name = f"{settings.MIAOPI_LOG_ORIGIN}/licence"
    note = sign_note("licence", "words\n")
    assert open_note(note, note_key(name, public_key("licence"))) == "words\n"
    named = sign_note("licence", "words\n", "other")
    assert open_note(named, note_key("other", public_key("licence"))) == "words\n"


def test_a_checkpoint_is_never_signed_inside_an_act() -> None:
    with pytest.raises(RuntimeError), act(by=ANNA, now=NOW):
        sign_checkpoint(now=NOW)
    assert count_numbered() == 0
