"""Numbers without gaps, in a table of their own; and the tree that grows with them."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connection

from miaopi.apps.audit.api import act, count_numbered, get_root, sequence, wait_for_entries
from miaopi.apps.audit.queries.tree import get_nodes
from miaopi.kernel.ledger import leaf_hash, node_hash, root
from tests.conftest import current_server
from tests.unit.audit.happenings import ANNA, NOW, Opened, open_many, open_one, rows
from tests.waiting import FOREVER, LONG

PENDING = "SELECT entry_id FROM audit_pending"
POSITIONS = "SELECT p.seq, e.number FROM audit_position p JOIN audit_entry e ON e.id = p.entry_id ORDER BY p.seq"


def application(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(current_server().url(database))


def test_nothing_is_numbered_in_an_empty_log() -> None:
    assert sequence() == 0
    assert count_numbered() == 0
    assert rows("SELECT key FROM audit_node") == []


def test_committed_entries_are_numbered_from_nought_without_gaps() -> None:
    open_many(3)
    assert len(rows(PENDING)) == 3
    assert sequence() == 3
    assert rows(PENDING) == []
    open_many(2, prefix="m")
    assert sequence() == 2
    assert sequence() == 0
    assert rows(POSITIONS) == [(0, "n0"), (1, "n1"), (2, "n2"), (3, "m0"), (4, "m1")]
    assert count_numbered() == 5


def test_what_is_not_committed_gets_no_number_and_stops_nobody(database: str) -> None:
    with application(database) as slow:
        slow.execute(
            "WITH told AS (INSERT INTO audit_entry (at, kind, is_access, entry, salt, leaf)"
            " VALUES ('2026-01-01Z', 'Opened', false, '{}', '', '') RETURNING id) INSERT INTO audit_pending SELECT id FROM told"
        )
        open_one("later")
        assert sequence() == 1
        assert rows(POSITIONS) == [(0, "later")]
        slow.rollback()
    open_one("last")
    sequence()
    assert rows(POSITIONS) == [(0, "later"), (1, "last")]


def test_one_round_takes_five_thousand() -> None:
    open_many(5001)
    assert sequence() == 5000
    assert sequence() == 1
    assert rows("SELECT count(*), max(seq) FROM audit_position") == [(5001, 5000)]
    leaves = [bytes(leaf) for leaf in rows("SELECT leaf FROM audit_entry e JOIN audit_position p ON p.entry_id = e.id ORDER BY seq")]
    assert get_root(5001) == root(leaves)


def test_a_second_sequencer_stands_back(database: str) -> None:
    open_one("n")
    with application(database) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [0x6D69616F01])
        assert sequence() == 0
        other.rollback()
    assert sequence() == 1


def test_a_sequencer_refuses_to_work_inside_an_act() -> None:
    with pytest.raises(RuntimeError), act(by=ANNA, now=NOW):
        sequence()


@pytest.mark.parametrize("steps", [(1,) * 9, (2, 3, 4), (7, 1, 1), (8,), (3, 5, 1)])
def test_the_tree_is_the_same_however_it_grew(steps: tuple[int, ...]) -> None:
    for step in steps:
        open_many(step)
        assert sequence() == step
    leaves = [bytes(leaf) for leaf in rows("SELECT leaf FROM audit_entry e JOIN audit_position p ON p.entry_id = e.id ORDER BY seq")]
    for size in range(1, len(leaves) + 1):
        assert get_root(size) == root(leaves[:size])
    size = len(leaves)
    assert rows("SELECT count(*) FROM audit_node") == [2 * size - size.bit_count()]


def test_a_node_has_its_place_in_its_key() -> None:
    open_many(6)
    sequence()
    assert rows("SELECT key FROM audit_node ORDER BY key") == [0, 1, 2, 64, 65, 128, 129, 192, 256, 320]
    leaves = [leaf_hash(bytes(leaf)) for leaf in rows("SELECT leaf FROM audit_entry ORDER BY id")]
    assert get_nodes([(0, 6)]) == {
        (2, 0): node_hash(node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3])), (1, 2): node_hash(leaves[4], leaves[5]),
    }  # fmt: skip


def test_numbering_wakes_who_listens_once_a_round(database: str) -> None:
    with application(database) as listener:
        listener.execute("LISTEN audit_numbered")
        listener.commit()
        open_many(3)
        assert list(listener.notifies(timeout=0.1)) == []
        sequence()
        assert len(list(listener.notifies(timeout=LONG, stop_after=1))) == 1
        sequence()
        assert list(listener.notifies(timeout=0.1)) == []


def test_waiting_ends_at_once_when_something_wants_a_number() -> None:
    open_one("n")
    started = time.monotonic()
    assert wait_for_entries(timeout=FOREVER) is True
    assert time.monotonic() - started < LONG


def test_waiting_ends_when_another_process_has_numbered(database: str) -> None:
    def elsewhere() -> None:
        time.sleep(0.2)
        with application(database) as other:
            other.execute("NOTIFY audit_numbered")

    thread = Thread(target=elsewhere)
    started = time.monotonic()
    thread.start()
    assert wait_for_entries(timeout=FOREVER) is True
    assert 0.1 < time.monotonic() - started < LONG
    thread.join()


def test_waiting_for_nothing_ends_with_its_time() -> None:
    connection.close()
    for timeout in (0.2, 0.0):
        started = time.monotonic()
        assert wait_for_entries(timeout=timeout) is False
        assert timeout * 0.8 < time.monotonic() - started < timeout + LONG


def test_a_lost_round_is_done_again(database: str) -> None:
    """A sequencer that is killed before its commit leaves everything pending."""
    open_many(3)
    with pytest.raises(psycopg.OperationalError), application(database) as killed:
        killed.execute("DELETE FROM audit_pending")
        killed.execute("INSERT INTO audit_position (seq, entry_id) SELECT row_number() OVER () - 1, id FROM audit_entry")
        killed.execute("SELECT pg_advisory_xact_lock(%s)", [0x6D69616F01])
        rows("SELECT pg_terminate_backend(%s)", killed.info.backend_pid)
    assert sequence() == 3
    assert rows("SELECT seq FROM audit_position ORDER BY seq") == [0, 1, 2]


def test_an_event_recorded_in_the_middle_of_a_round_waits_for_the_next() -> None:
    open_many(2)
    sequence()
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("m"))
        assert rows(PENDING) == []
    assert len(rows(PENDING)) == 1
    assert sequence() == 1
