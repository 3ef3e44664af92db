"""Statements that are made often: several in one round trip, in the transaction there is, and usable after whatever went wrong."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, NotSupportedError, ProgrammingError, connection

from miaopi.apps.audit.api import Read, act, list_rows, read_together
from tests.unit.audit.happenings import ANNA, NOW, Opened, rows

COUNT = "SELECT count(*) FROM audit_entry WHERE kind = %s"
SAID = "SELECT %s::text, %s::int, %s::date"
ADD = "INSERT INTO audit_pending (entry_id) VALUES (%s::bigint)"


def test_reads_go_out_together_and_each_finds_its_own() -> None:
    one, two = Read(SAID, ("办结", None, date(2026, 2, 28)), list), Read(COUNT, ("none",), lambda found: found[0][0])
    read_together(one, two)
    assert (one.found, two.found) == ([("办结", None, date(2026, 2, 28))], 0)


def test_what_was_not_read_is_not_found() -> None:
    with pytest.raises(RuntimeError):
        _ = Read(COUNT, ("none",), list).found


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_value_of_any_size_comes_back_whole(size: int) -> None:
    assert list_rows("SELECT %s::text", ["实" * size]) == [("实" * size,)]


def test_a_write_belongs_to_the_transaction_that_it_began() -> None:
    with pytest.raises(ZeroDivisionError), act(by=ANNA, now=NOW):
        list_rows(ADD, [-1])
        raise ZeroDivisionError
    assert rows("SELECT entry_id FROM audit_pending") == []
    with act(by=ANNA, now=NOW):
        assert list_rows(ADD, [-2]) == []
    assert rows("SELECT entry_id FROM audit_pending") == [-2]


def test_an_error_is_one_of_django_and_leaves_the_connection_usable() -> None:
    list_rows(ADD, [-1])
    with pytest.raises(IntegrityError):
        read_together(Read(COUNT, ("x",), list), Read(ADD, (-1,), list), Read(ADD, (-2,), list))
    with pytest.raises(ProgrammingError):
        list_rows("SELECT nothing FROM nowhere WHERE true = %s", [True])
    assert rows("SELECT entry_id FROM audit_pending") == [-1]
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Opened("n"))
    assert list_rows(COUNT, ["Opened"]) == [(1,)]


def test_what_a_server_forgot_is_prepared_again_and_a_rollback_makes_it_forget_nothing() -> None:
    for _ in range(8):
        with pytest.raises(ZeroDivisionError), act(by=ANNA, now=NOW):
            list_rows(COUNT, ["x"])
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [1])
            raise ZeroDivisionError
    assert list_rows(COUNT, ["x"]) == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError):
        list_rows(COUNT, ["x"])
    assert list_rows(COUNT, ["x"]) == [(0,)]


def test_a_table_that_changed_is_read_as_it_is_now_after_one_error() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing (word varchar(4))")
        cursor.execute("INSERT INTO changing VALUES ('old')")
    read = "SELECT word FROM changing WHERE word <> %s"
    assert list_rows(read, [""]) == [("old",)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE changing ALTER word TYPE varchar(8)")
    with pytest.raises(NotSupportedError):
        list_rows(read, [""])
    assert list_rows(read, [""]) == [("old",)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE changing")
