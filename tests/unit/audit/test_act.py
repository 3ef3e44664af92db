"""One fact, one transaction, one log (DESIGN.md law 4)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from miaopi.apps.audit.api import (
    Actor,
    ActorKind,
    Doomed,
    Ended,
    Endless,
    Event,
    Nameless,
    OutcomeUnknown,
    Unit,
    act,
    name_persons_by,
    person,
    rule_set,
    system,
    within,
)
from miaopi.apps.audit.events import read_event
from miaopi.apps.identity.api import pseudonym
from miaopi.kernel.ledger import canonical_json
from tests.unit.audit.happenings import (
    ANNA,
    NOW,
    SUBJECT,
    Closed,
    Looked,
    Odd,
    Opened,
    at_commit,
    nameless,
    open_one,
    rows,
)


class Wrong(Exception):
    """What a test raises."""


def kinds() -> list[str]:
    return rows("SELECT kind FROM audit_entry ORDER BY id")


def numbers() -> list[str]:
    return rows("SELECT number FROM audit_entry ORDER BY id")


def test_an_act_writes_entry_salt_leaf_and_pending_together() -> None:
    open_one("n1", subject=SUBJECT)
    [(id, at, kind, number, subject, is_access, entry, salt, leaf)] = rows(
        "SELECT id, at, kind, number, subject, is_access, entry, salt, leaf FROM audit_entry"
    )
    assert (at, kind, number, subject, is_access) == (NOW, "Opened", "n1", SUBJECT, False)
    assert len(bytes(salt)) == 16
    assert bytes(leaf) == hashlib.sha256(bytes(salt) + entry.encode()).digest()
    assert rows("SELECT entry_id FROM audit_pending") == [id]


def test_an_entry_is_canonical_and_says_who_when_and_what() -> None:
    by = Actor(ActorKind.STAFF, "s1", acting_for="p1", assurance=3, right="read_application")
    with act(by=by, now=NOW.astimezone(timezone(timedelta(hours=8)))) as unit:
        unit.record(Opened("n1", 2, False, date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC), ("b", "a")))
    [entry] = rows("SELECT entry FROM audit_entry")
    assert entry.encode() == canonical_json(json.loads(entry))
    assert json.loads(entry) == {
        "v": 1,
        "kind": "Opened",
        "at": "2026-11-25T08:30:00.123456+00:00",
        "access": False,
        "actor": {"kind": "staff", "id": "s1", "acting_for": pseudonym("p1"), "assurance": 3, "right": "read_application"},
        "body": {
            "number": "n1", "count": 2, "is_first": False, "day": "2026-01-02", "at": "2026-01-02T03:00:00+00:00",
            "fields": ["b", "a"], "subject": None,
        },
    }  # fmt: skip


def test_an_actor_says_only_what_it_is() -> None:
    assert person("p").to_json() == {"kind": "person", "id": pseudonym("p")}
    assert rule_set("slug", "v1").to_json() == {"kind": "rule_set", "id": "slug@v1"}
    assert system("worker").to_json() == {"kind": "system", "id": "worker"}


def test_no_entry_holds_the_id_of_a_person() -> None:
    anna, ben = "a" * 32, "b" * 32
    with act(by=Actor(ActorKind.PERSON, anna, acting_for=ben), now=NOW) as unit:
        unit.record(Opened("n1", subject=pseudonym(ben)))
    [entry] = rows("SELECT entry FROM audit_entry")
    assert json.loads(entry)["actor"] == {"kind": "person", "id": pseudonym(anna), "acting_for": pseudonym(ben)}
    assert anna not in entry
    assert ben not in entry


def test_while_nobody_names_persons_none_is_written_and_nothing_happened() -> None:
    with nameless():
        with pytest.raises(Nameless):
            open_one("n1")
        with act(by=system("worker"), now=NOW) as unit:
            unit.record(Opened("n2"))
    assert rows("SELECT number FROM audit_entry") == ["n2"]


def test_persons_have_one_name_in_a_log() -> None:
    name_persons_by(pseudonym)
    with pytest.raises(ValueError, match="two names"):
        name_persons_by(str.upper)


def test_a_look_is_marked_and_belongs_to_its_case_and_subject() -> None:
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Looked("n7", SUBJECT))
    assert rows("SELECT number, subject, is_access FROM audit_entry") == [("n7", SUBJECT, True)]
    assert json.loads(rows("SELECT entry FROM audit_entry")[0])["access"] is True


def test_salts_differ_so_equal_entries_have_unequal_leaves() -> None:
    open_one("same")
    open_one("same")
    entries = rows("SELECT entry FROM audit_entry")
    assert entries[0] == entries[1]
    assert len(set(map(bytes, rows("SELECT leaf FROM audit_entry")))) == 2


def test_an_event_reads_back_as_it_was() -> None:
    event = Opened("n", 2, False, date(2026, 1, 2), datetime(2026, 1, 2, 3, tzinfo=UTC), ("b", "a"), None)
    assert read_event("Opened", json.loads(json.dumps(event.to_body()))) == event
    bare = Opened("2026-01-02")
    assert read_event("Opened", bare.to_body()) == bare


def test_an_event_of_a_room_bears_the_name_of_the_room() -> None:
    from miaopi.apps.identity.api import SignedIn

    assert SignedIn.event_kind == "identity.SignedIn"
    assert Opened.event_kind == "Opened"


@pytest.mark.parametrize("weight", [1.5, b"bytes", ["list"], {"a": 1}, object()])
def test_an_event_holds_nothing_that_cannot_be_written(weight: object) -> None:
    with pytest.raises(TypeError, match="an event cannot hold"), act(by=ANNA, now=NOW) as unit:
        unit.record(Odd(weight))
    assert kinds() == []


def test_an_act_without_events_writes_nothing_and_commits() -> None:
    with act(by=ANNA, now=NOW), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES ('x', 3, 0)")
    assert kinds() == []
    assert rows("SELECT seq FROM audit_cursor") == [3]


def test_all_events_of_an_act_go_out_in_one_statement_in_their_order() -> None:
    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), act(by=ANNA, now=NOW) as unit:
        for number in range(20):
            unit.record(Opened(f"n{number}"))
            with act(by=ANNA, now=NOW) as inner:
                inner.record(Closed(f"m{number}"))
    assert len(said) == 1
    assert numbers() == [f"{letter}{number}" for number in range(20) for letter in "nm"]


def test_events_of_one_act_keep_their_own_case_subject_and_access() -> None:
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("", subject=None))
        unit.record(Looked("a-1", SUBJECT))
        unit.record(Opened("n\n办结", subject=SUBJECT))
    found = rows("SELECT (number, subject, is_access)::text FROM audit_entry ORDER BY id")
    assert found == ["(,,f)", f"(a-1,{SUBJECT},t)", f'("n\n办结",{SUBJECT},f)']


def test_a_number_with_a_control_sign_that_parts_columns_is_refused_and_nothing_stands() -> None:
    with pytest.raises(ValueError, match="control sign"), act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n1"))
        unit.record(Opened("n2\x1fn3"))
    assert rows("SELECT id FROM audit_entry") == []


def test_an_exception_undoes_rows_and_events() -> None:
    with pytest.raises(Wrong), act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n"))
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES ('x', 3, 0)")
        raise Wrong
    assert kinds() == []
    assert rows("SELECT seq FROM audit_cursor") == []


def test_a_nested_act_joins_without_a_savepoint() -> None:
    said: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), act(by=ANNA, now=NOW) as outer, act(by=system("inner"), now=NOW) as inner:
        assert isinstance(outer, Unit)
        inner.record(Opened("n"))
    assert not [statement for statement in said if "SAVEPOINT" in statement]
    assert json.loads(rows("SELECT entry FROM audit_entry")[0])["actor"] == {"kind": "system", "id": "inner"}


def test_a_failed_inner_act_dooms_the_outermost_though_caught() -> None:
    with pytest.raises(Doomed) as caught, act(by=ANNA, now=NOW) as outer:
        outer.record(Opened("n"))
        with pytest.raises(Wrong), act(by=ANNA, now=NOW) as inner:
            inner.record(Closed("n"))
            raise Wrong
    assert isinstance(caught.value.__cause__, Wrong)
    assert kinds() == []


def test_the_first_failure_is_named_as_the_cause() -> None:
    with pytest.raises(Doomed) as caught, act(by=ANNA, now=NOW):
        for error in (Wrong("first"), ValueError("second")):
            with pytest.raises(type(error)), act(by=ANNA, now=NOW):
                raise error
    assert str(caught.value.__cause__) == "first"


def test_an_act_after_a_doomed_one_is_free() -> None:
    with pytest.raises(Doomed), act(by=ANNA, now=NOW), pytest.raises(Wrong), act(by=ANNA, now=NOW):
        raise Wrong
    open_one("free")
    assert numbers() == ["free"]


def test_an_attempt_that_fails_drops_its_rows_and_events_alone() -> None:
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("before"))
        with pytest.raises(IntegrityError), unit.attempt():
            unit.record(Opened("inside"))
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES ('x', 1, 0), ('x', 2, 0)")
        unit.record(Opened("after"))
    assert numbers() == ["before", "after"]
    assert rows("SELECT seq FROM audit_cursor") == []


def test_an_attempt_that_succeeds_keeps_its_events() -> None:
    with act(by=ANNA, now=NOW) as unit, unit.attempt():
        unit.record(Opened("inside"))
    assert numbers() == ["inside"]


def test_an_inner_act_that_fails_in_an_attempt_dooms_nothing() -> None:
    with act(by=ANNA, now=NOW) as unit:
        with pytest.raises(Wrong), unit.attempt(), act(by=ANNA, now=NOW) as inner:
            inner.record(Closed("n"))
            raise Wrong
        unit.record(Opened("n"))
    assert kinds() == ["Opened"]


def test_an_attempt_does_not_heal_what_was_doomed_before_it() -> None:
    with pytest.raises(Doomed), act(by=ANNA, now=NOW) as unit:
        with pytest.raises(Wrong), act(by=ANNA, now=NOW):
            raise Wrong
        with pytest.raises(ValueError, match="later"), unit.attempt():
            raise ValueError("later")


def test_a_failure_caught_inside_an_attempt_still_dooms() -> None:
    with pytest.raises(Doomed), act(by=ANNA, now=NOW) as unit, unit.attempt(), pytest.raises(Wrong), act(by=ANNA, now=NOW):
        raise Wrong


def test_a_unit_is_over_with_its_act() -> None:
    with act(by=ANNA, now=NOW) as unit:
        pass
    with pytest.raises(Ended):
        unit.record(Opened("late"))
    with pytest.raises(Ended), unit.attempt():
        pass
    with pytest.raises(Wrong), act(by=ANNA, now=NOW) as failed:
        raise Wrong
    with pytest.raises(Ended):
        failed.record(Opened("late"))


def test_an_act_is_refused_inside_a_transaction_of_somebody_else() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), act(by=ANNA, now=NOW):  # noqa: TID251 - what must be refused
        pass


def test_threads_have_acts_of_their_own() -> None:
    from threading import Thread

    def elsewhere() -> None:
        try:
            open_one("other")
        finally:
            connections.close_all()

    with pytest.raises(Wrong), act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("mine"))
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
        raise Wrong
    assert numbers() == ["other"]


def test_within_handlers_hear_event_hand_actor_and_time() -> None:
    heard = []

    @within(Opened)
    def hear(event: Opened, *, hand: object, by: Actor, now: datetime) -> None:
        heard.append((event, hand, by, now))

    hand = object()
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n"), hand)
        unit.record(Closed("n"))
        assert heard == []
    assert heard == [(Opened("n"), hand, ANNA, NOW)]


def test_within_handlers_run_in_street_order_whatever_the_order_of_registration() -> None:
    heard = []
    rooms = ["tests.elsewhere", "miaopi.apps.notification", "miaopi.apps.approval", "miaopi.apps.audit"]
    for room in rooms:

        def hear(event: Event, *, hand: object, by: Actor, now: datetime, room: str = room) -> None:
            heard.append(room)

        hear.__module__ = f"{room}.handlers"
        within(Opened)(hear)
    open_one("n")
    assert heard == rooms[::-1]


def test_events_of_within_handlers_are_heard_until_none_is_left() -> None:
    heard = []

    @within(Opened)
    def close(event: Opened, *, hand: object, by: Actor, now: datetime) -> None:
        with act(by=system("close"), now=now) as unit:
            unit.record(Closed(event.number), hand="from close")

    @within(Closed)
    def hear(event: Closed, *, hand: object, by: Actor, now: datetime) -> None:
        heard.append((event.number, hand, by.id))

    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n1"))
        unit.record(Opened("n2"))
    assert heard == [("n1", "from close", "close"), ("n2", "from close", "close")]
    assert kinds() == ["Opened", "Opened", "Closed", "Closed"]


def chain(until: int) -> list[int]:
    heard: list[int] = []

    @within(Opened)
    def again(event: Opened, *, hand: object, by: Actor, now: datetime) -> None:
        heard.append(event.count)
        if event.count < until:
            with act(by=by, now=now) as unit:
                unit.record(Opened("n", event.count + 1))

    return heard


def test_sixteen_rounds_of_handlers_come_to_rest() -> None:
    heard = chain(15)
    open_one("n")
    assert heard == list(range(16))
    assert len(kinds()) == 16


def test_a_seventeenth_round_is_an_error_and_nothing_stands() -> None:
    heard = chain(16)
    with pytest.raises(Endless, match="17 events in 16 rounds"):
        open_one("n")
    assert heard == list(range(16))
    assert kinds() == []


def test_a_within_handler_that_raises_undoes_the_act() -> None:
    @within(Opened)
    def fail(event: Opened, *, hand: object, by: Actor, now: datetime) -> None:
        raise Wrong

    with pytest.raises(Wrong):
        open_one("n")
    assert kinds() == []


def test_a_silence_at_commit_is_unknown_and_an_operational_error(database: str) -> None:
    with at_commit(database, "PERFORM pg_terminate_backend(pg_backend_pid())"):
        with pytest.raises(OutcomeUnknown) as caught, act(by=ANNA, now=NOW) as unit:
            unit.record(Opened("n"))
        assert isinstance(caught.value, OperationalError)
        assert isinstance(caught.value.__cause__, OperationalError)
        connection.close()


def test_a_conflict_told_at_commit_is_known_to_have_changed_nothing(database: str) -> None:
    with at_commit(database, "RAISE unique_violation"), pytest.raises(IntegrityError), act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n"))
    assert kinds() == []


def test_a_silence_before_commit_is_no_unknown_outcome() -> None:
    with pytest.raises(OperationalError) as caught, act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert not isinstance(caught.value, OutcomeUnknown)
    connection.close()
    assert kinds() == []


def test_an_exception_of_the_caller_is_never_called_unknown() -> None:
    with pytest.raises(IntegrityError), act(by=ANNA, now=NOW), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES ('x', 1, 0), ('x', 2, 0)")
    open_one("next")
    assert numbers() == ["next"]
