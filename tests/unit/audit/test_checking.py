"""`audit check`: whatever is altered in the log, by somebody who may do anything to the database, is named."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection

from miaopi.apps.audit.api import Finding, act, check_log, sequence, sign_checkpoint
from miaopi.kernel.ledger import leaf_data, leaf_hash, node_hash
from tests.conftest import current_server
from tests.unit.audit.happenings import ANNA, NOW, SUBJECT, Looked, open_many, open_one, owner, rows

Alter = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def alter(database: str) -> Alter:
    """Builds a log of 11 entries with heads at 4, 8 and 11 and two that wait; alters it; what the check then says."""
    for count in (4, 4, 2):
        open_many(count)
        if count == 2:
            with act(by=ANNA, now=NOW) as unit:
                unit.record(Looked("n9", SUBJECT))
        sequence()
        sign_checkpoint(now=NOW)
    open_many(2, prefix="waits")
    assert check_log() == []

    def altered(*statements: str) -> list[tuple[str, str]]:
        with psycopg.connect(current_server().embedded.superuser_url(database), autocommit=True) as mighty:
            for statement in statements:
                mighty.execute(statement)
        return [(finding.row, finding.what) for finding in check_log()]

    return altered


def id_at(seq: int) -> int:
    return rows("SELECT entry_id FROM audit_position WHERE seq = %s", seq)[0]


def test_an_empty_log_is_sound() -> None:
    assert check_log() == []


def test_a_finding_is_one_object() -> None:
    assert Finding("entry 1", "gone").to_json() == {"row": "entry 1", "what": "gone"}


@pytest.mark.parametrize("seq", [0, 3, 10])
@pytest.mark.parametrize("change", ["entry = replace(entry, '\"v\":1', '\"v\":2')", "salt = '0123456789abcdef'", "leaf = sha256('x')"])
def test_an_altered_entry_is_named(alter: Alter, seq: int, change: str) -> None:
    found = alter(f"UPDATE audit_entry SET {change} WHERE id = {id_at(seq)}")
    assert found[0] == (f"entry {id_at(seq)}", "its text or salt is not what its leaf was made from")
    assert {row for row, _ in found} == {f"entry {id_at(seq)}"}


@pytest.mark.parametrize(
    "change",
    ["is_access = false", "subject = NULL", "number = 'n0'", "kind = 'Opened'", "at = at + interval '1 microsecond'"],
)
def test_a_column_that_hides_an_entry_is_named(alter: Alter, change: str) -> None:
    found = alter(f"UPDATE audit_entry SET {change} WHERE id = {id_at(10)}")
    assert found == [(f"entry {id_at(10)}", "its columns do not say what its text says")]


def test_an_entry_rewritten_with_a_fitting_leaf_is_named_by_the_tree(alter: Alter) -> None:
    [(entry, salt)] = rows("SELECT entry, salt FROM audit_entry WHERE id = %s", id_at(5))
    forged = entry.replace('"n1"', '"nX"')
    assert forged != entry
    leaf = leaf_data(bytes(salt), forged.encode())
    found = alter(
        f"UPDATE audit_entry SET entry = '{forged}', number = 'nX', leaf = '\\x{leaf.hex()}' WHERE id = {id_at(5)}"
    )
    assert found == [(f"entry {id_at(5)}", "its leaf is not the one in the tree at 5")]


def test_a_tree_rewritten_to_fit_is_bounded_by_the_signed_heads(alter: Alter) -> None:
    [(entry, salt)] = rows("SELECT entry, salt FROM audit_entry WHERE id = %s", id_at(5))
    forged = entry.replace('"n1"', '"nX"')
    leaf = leaf_data(bytes(salt), forged.encode())
    nodes = {key: bytes(value) for key, value in rows("SELECT key, hash FROM audit_node")}
    nodes[5 * 64] = leaf_hash(leaf)
    for level, place in ((1, 2), (2, 1), (3, 0)):
        nodes[place * 64 + level] = node_hash(*(nodes[(2 * place + side) * 64 + level - 1] for side in (0, 1)))
    updates = [f"UPDATE audit_node SET hash = '\\x{value.hex()}' WHERE key = {key}" for key, value in nodes.items()]
    found = alter(
        f"UPDATE audit_entry SET entry = '{forged}', number = 'nX', leaf = '\\x{leaf.hex()}' WHERE id = {id_at(5)}", *updates
    )
    assert found == [
        ("checkpoint 8", "the tree no longer has the root that was signed: an entry between 4 and 7 was altered"),
        ("checkpoint 11", "the tree no longer has the root that was signed: an entry between 4 and 10 was altered"),
    ]


def test_exchanged_entries_are_both_named(alter: Alter) -> None:
    one, two = id_at(1), id_at(2)
    found = alter(
        "ALTER TABLE audit_position DISABLE TRIGGER ALL",
        f"UPDATE audit_position SET entry_id = CASE seq WHEN 1 THEN {two + 1000} ELSE {one + 1000} END WHERE seq IN (1, 2)",
        "UPDATE audit_position SET entry_id = entry_id - 1000 WHERE seq IN (1, 2)",
        "ALTER TABLE audit_position ENABLE TRIGGER ALL",
    )
    assert found == [
        (f"entry {two}", "its leaf is not the one in the tree at 1"), (f"entry {one}", "its leaf is not the one in the tree at 2"),
    ]  # fmt: skip


def test_a_removed_position_is_named_with_its_entry(alter: Alter) -> None:
    gone = [id_at(3), id_at(4)]
    found = alter("DELETE FROM audit_position WHERE seq IN (3, 4)")
    assert found == [
        ("position 3", "is missing, and all up to 5"),
        *((f"entry {id}", "has neither a number nor waits for one") for id in gone),
    ]


def test_a_log_cut_at_its_end_is_named_by_its_heads(alter: Alter) -> None:
    cut = [id_at(9), id_at(10)]
    found = alter(
        "DELETE FROM audit_position WHERE seq >= 9", f"DELETE FROM audit_entry WHERE id IN ({cut[0]}, {cut[1]})"
    )
    assert found == [
        ("nodes of level 0", "are not the 9 that 9 entries have"),
        ("node 0/9", "stands for entries that the log does not have"),
        ("node 0/10", "stands for entries that the log does not have"),
        ("node 1/4", "stands for entries that the log does not have"),
        ("checkpoint 11", "the tree no longer has the root that was signed: an entry between 8 and 10 was altered"),
    ][1:]


def test_a_waiting_entry_that_was_taken_out_is_named(alter: Alter) -> None:
    [first, second] = rows("SELECT entry_id FROM audit_pending ORDER BY entry_id")
    found = alter(f"DELETE FROM audit_pending WHERE entry_id = {first}")
    assert found == [(f"entry {first}", "has neither a number nor waits for one")]
    assert second


def test_a_waiting_row_that_cannot_be_numbered_is_named(alter: Alter) -> None:
    numbered = id_at(0)
    found = alter(f"INSERT INTO audit_pending VALUES ({numbered}), (99999)")
    assert found == [
        (f"pending {each}", "is numbered already, or there is no such entry") for each in (numbered, 99999)
    ]


@pytest.mark.parametrize(("level", "place"), [(1, 0), (1, 4), (2, 1)])
def test_an_altered_node_is_named_with_the_one_above_it(alter: Alter, level: int, place: int) -> None:
    found = alter(f"UPDATE audit_node SET hash = sha256('x') WHERE key = {place * 64 + level}")
    named = [row for row, what in found if what == "is not the hash of the two below it"]
    assert named[0] == f"node {level}/{place}" or named[-1] == f"node {level}/{place}"
    above = {f"node {level + 1}/{place // 2}"} if (level, place) != (1, 4) else set()
    assert set(named) == {f"node {level}/{place}"} | above


@pytest.mark.parametrize("right", [False, True])
def test_an_altered_leaf_node_is_named_by_its_entry_and_the_node_above(alter: Alter, right: bool) -> None:
    seq = 4 + right
    found = alter(f"UPDATE audit_node SET hash = sha256('x') WHERE key = {seq * 64}")
    assert (f"entry {id_at(seq)}", f"its leaf is not the one in the tree at {seq}") in found
    assert ("node 1/2", "is not the hash of the two below it") in found


def test_a_removed_node_is_missed(alter: Alter) -> None:
    found = alter("DELETE FROM audit_node WHERE key = 3")
    assert found == [
        ("nodes of level 3", "are not the 1 that 11 entries have"),
        ("checkpoint 8", "the tree no longer has the root that was signed: an entry between 4 and 7 was altered"),
        ("checkpoint 11", "the tree no longer has the root that was signed: an entry between 4 and 10 was altered"),
    ]


def test_a_removed_leaf_node_is_missed(alter: Alter) -> None:
    found = alter("DELETE FROM audit_node WHERE key = 64")
    assert (f"entry {id_at(1)}", "its leaf is not the one in the tree at 1") in found
    assert ("node 1/0", "is not the hash of the two below it") in found
    assert ("nodes of level 0", "are not the 11 that 11 entries have") in found


def test_a_node_too_many_is_named(alter: Alter) -> None:
    found = alter("INSERT INTO audit_node VALUES (11 * 64, sha256('x'))")
    assert found == [("node 0/11", "stands for entries that the log does not have")]


@pytest.mark.parametrize(
    "change",
    ["root = sha256('x')", "note = replace(note, E'\\n8\\n', E'\\n9\\n')", "tree_size = 7", "note = 'words'", "key = key || 'A'"],
)
def test_an_altered_checkpoint_is_named(alter: Alter, change: str) -> None:
    found = alter(f"UPDATE audit_checkpoint SET {change} WHERE tree_size = 8")
    size = 7 if "tree_size" in change else 8
    assert found == [(f"checkpoint {size}", "does not say what was signed, or was signed by somebody else")]


def test_a_checkpoint_under_a_key_of_the_forger_is_named(alter: Alter) -> None:
    from miaopi.kernel.credential import checkpoint_text, make_note, note_key, public_key_of, sign

    seed, root = b"f" * 32, leaf_hash(b"x")
    text = checkpoint_text("origin", 8, root)
    note = make_note(text, "origin", public_key_of(seed), sign(seed, text.encode()))
    key = note_key("origin", public_key_of(seed))
    found = alter(
        f"UPDATE audit_checkpoint SET root = '\\x{root.hex()}', note = '{note}', key = '{key}' WHERE tree_size = 8"
    )
    assert found == [("checkpoint 8", "does not say what was signed, or was signed by somebody else")]


def test_a_log_longer_than_a_stretch_is_checked_to_its_end(database: str) -> None:
    open_many(4001)
    sequence()
    assert check_log() == []
    ids = [id_at(seq) for seq in (1999, 2000, 4000)]
    with owner(database) as mighty:
        mighty.execute("UPDATE audit_entry SET salt = '0123456789abcdef' WHERE id = ANY(%s)", [ids])
        mighty.execute("UPDATE audit_node SET hash = sha256('x') WHERE key = 1024 * 64 + 1")
    found = [finding.row for finding in check_log()]
    assert found == [*(f"entry {id}" for id in ids), "node 2/512", "node 1/1024"]


def test_an_entry_that_only_waits_is_checked_when_it_has_its_number(database: str) -> None:
    open_one("n")
    with owner(database) as mighty:
        mighty.execute("UPDATE audit_entry SET entry = replace(entry, '\"v\":1', '\"v\":2')")
    assert check_log() == []
    sequence()
    assert [finding.row for finding in check_log()] == [f"entry {id_at(0)}"]




def test_a_check_may_take_longer_than_a_statement_may(database: str) -> None:
    open_many(4)
    sequence()
    rows("SELECT set_config('statement_timeout', '300ms', false)")
    with owner(database) as mighty:
        mighty.execute("ALTER TABLE audit_position ENABLE ROW LEVEL SECURITY")
        mighty.execute("CREATE POLICY slow ON audit_position USING (pg_sleep(0.15) IS NOT NULL)")
        try:
            assert check_log() == []
            assert rows("SHOW statement_timeout") == ["300ms"]
        finally:
            mighty.execute("DROP POLICY slow ON audit_position")
            mighty.execute("ALTER TABLE audit_position DISABLE ROW LEVEL SECURITY")
            connection.close()
