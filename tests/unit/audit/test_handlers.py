"""The readers of the numbered log: each event once, in order, whatever dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from miaopi.apps.audit.api import (
    Gaze,
    act,
    after,
    after_many,
    count_numbered,
    list_lags,
    list_parked,
    replay,
    run_after_handlers,
    sequence,
    system,
)
from miaopi.apps.audit.models import Cursor, Failure
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text
from tests.unit.audit.happenings import ANNA, DUE, NOW, Closed, Opened, open_many, open_one, rows, work

NAME = "test_handlers.hear"


class Wrong(Exception):
    """What a handler raises; its text may hold a value that nobody else may read."""


def hearing(fails: Any = lambda event: False) -> list[tuple[str, int]]:
    """A handler that writes down what it heard, and raises where `fails` says so."""
    heard: list[tuple[str, int]] = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append((event.number, seq))
        with connection.cursor() as cursor:  # an effect, keyed by the position
            cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES (%s, 0, 0)", [f"effect {seq}"])
        if fails(event):
            raise Wrong("secret")

    return heard


def effects() -> list[str]:
    return rows("SELECT handler FROM audit_cursor WHERE handler LIKE 'effect %%' ORDER BY length(handler), handler")


def cursor_at() -> int:
    return Cursor.objects.get(handler=NAME).seq


def test_each_event_is_handled_once_with_its_position() -> None:
    heard = hearing()
    open_one("a")
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Closed("x"))
        unit.record(Opened("b"))
    assert run_after_handlers(now=NOW) == 0
    assert work() == 2
    assert work() == 0
    assert heard == [("a", 0), ("b", 2)]
    assert effects() == ["effect 0", "effect 2"]


def test_a_handler_gets_the_event_as_it_was_and_the_time_of_the_worker() -> None:
    got = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        got.append((event, now))

    event = Opened("a", 3, False, NOW.date(), NOW, ("x",), "s")
    with act(by=ANNA, now=NOW) as unit:
        unit.record(event)
    work(NOW + DUE)
    assert got == [(event, NOW + DUE)]


def test_events_that_a_handler_records_are_entries_of_the_system() -> None:
    @after(Opened)
    def close(event: Opened, *, seq: int, now: datetime) -> None:
        with act(by=system("test"), now=now) as unit:
            unit.record(Closed(event.number))

    open_one("a")
    assert work() == 1
    assert rows("SELECT kind, number FROM audit_entry ORDER BY id") == [("Opened", "a"), ("Closed", "a")]


def test_a_batch_holds_two_hundred() -> None:
    heard = hearing()
    open_many(201)
    sequence()
    assert run_after_handlers(now=NOW) == 200
    assert cursor_at() == 199
    assert run_after_handlers(now=NOW) == 1
    assert run_after_handlers(now=NOW) == 0
    assert [seq for _, seq in heard] == list(range(201))


def test_exactly_two_hundred_end_the_log() -> None:
    hearing()
    open_many(200)
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Closed("x"))
    sequence()
    assert run_after_handlers(now=NOW) == 200
    assert cursor_at() == 200


def test_a_reader_passes_what_is_not_for_it_in_strides_of_a_thousand() -> None:
    heard = hearing()
    with act(by=ANNA, now=NOW) as unit:
        for _ in range(999):
            unit.record(Closed("x"))
    assert work() == 0
    assert not Cursor.objects.filter(handler=NAME).exists()
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Closed("x"))
    assert work() == 0
    assert cursor_at() == 999
    open_one("a")
    assert work() == 1
    assert heard == [("a", 1000)]


def test_a_new_reader_of_a_long_log_looks_at_twenty_thousand_at_once() -> None:
    heard = hearing()
    with act(by=ANNA, now=NOW) as unit:
        for _ in range(20_001):
            unit.record(Closed("x"))
        unit.record(Opened("a"))
    while sequence():
        pass
    assert run_after_handlers(now=NOW) == 0
    assert cursor_at() == 19_999
    assert run_after_handlers(now=NOW) == 1
    assert (heard, cursor_at()) == ([("a", 20_001)], 20_001)


def test_each_handler_has_a_place_of_its_own() -> None:
    heard = hearing(fails=lambda event: True)
    calm = []

    @after(Opened)
    def listen(event: Opened, *, seq: int, now: datetime) -> None:
        calm.append(seq)

    open_many(3)
    assert work() == 3
    assert (heard, calm) == ([("n0", 0)], [0, 1, 2])
    assert list_lags() == {NAME: 3, "test_handlers.listen": 0}


def test_lag_counts_what_was_not_looked_at() -> None:
    hearing()
    assert list_lags() == {NAME: 0}
    open_many(4)
    sequence()
    assert list_lags() == {NAME: 4}
    run_after_handlers(now=NOW)
    assert list_lags() == {NAME: 0}


def test_a_failing_event_holds_its_handler_and_loses_its_own_effects_alone() -> None:
    heard = hearing(fails=lambda event: event.number == "n2")
    open_many(5)
    assert work() == 2
    assert effects() == ["effect 0", "effect 1"]
    assert cursor_at() == 1
    assert work() == 0
    assert heard == [("n0", 0), ("n1", 1), ("n2", 2)]
    assert list_parked() == []


@pytest.mark.parametrize(("attempt", "pause"), [(1, 0.2), (2, 1), (3, 2), (4, 4)])
def test_a_failed_event_is_tried_again_after_longer_and_longer(attempt: int, pause: float) -> None:
    heard = hearing(fails=lambda event: True)
    open_one("a")
    now = NOW
    for _ in range(attempt):
        work(now)
        failure = Failure.objects.get()
        assert failure.parked_at is None
        previous, now = now, failure.due_at
    assert failure.attempts == attempt == len(heard)
    assert now - previous == timedelta(seconds=pause)
    work(now - timedelta(microseconds=1))
    assert len(heard) == attempt
    work(now)
    assert len(heard) == attempt + 1


def fail_five_times() -> datetime:
    now = NOW
    for _ in range(5):
        work(now)
        now += DUE
    return now


def test_what_fails_five_times_is_parked_with_its_reason_and_the_reader_goes_on() -> None:
    heard = hearing(fails=lambda event: event.number == "n1")
    open_many(3)
    fail_five_times()
    assert [number for number, _ in heard] == ["n0", *["n1"] * 5, "n2"]
    assert effects() == ["effect 0", "effect 2"]
    [parked] = list_parked()
    assert (parked.handler, parked.seq, parked.attempts, parked.reason) == (NAME, 1, 5, "Wrong")
    assert parked.parked_at == NOW + 4 * DUE
    assert cursor_at() == 2


def test_a_reason_holds_no_value_and_at_most_two_hundred_signs() -> None:
    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        raise InputError("field", Text(zh="规则", en="r" * 300), Text(zh="补救", en="m"))

    open_one("a")
    fail_five_times()
    assert Failure.objects.get().reason == "field: " + "r" * 193
    assert replay(handler=NAME, seq=0, now=NOW) is False
    assert Failure.objects.get().reason == "field: " + "r" * 193


def test_parked_events_are_listed_oldest_first() -> None:
    fails = {"n1", "n0"}
    hearing(fails=lambda event: event.number in fails)
    open_many(2)
    now = fail_five_times()
    for _ in range(5):
        work(now)
        now += DUE
    assert [each.seq for each in list_parked()] == [0, 1]


def test_a_replay_does_what_was_set_aside_and_forgets_it() -> None:
    broken = True
    heard = hearing(fails=lambda event: broken and event.number == "n0")
    open_many(2)
    fail_five_times()
    broken = False
    assert replay(handler=NAME, seq=0, now=NOW) is True
    assert heard[-1] == ("n0", 0)
    assert effects() == ["effect 0", "effect 1"]
    assert list_parked() == []
    assert cursor_at() == 1
    with pytest.raises(NotFound):
        replay(handler=NAME, seq=0, now=NOW)


def test_a_replay_that_fails_stays_parked_and_is_counted() -> None:
    hearing(fails=lambda event: True)
    open_one("a")
    fail_five_times()
    assert replay(handler=NAME, seq=0, now=NOW) is False
    [parked] = list_parked()
    assert (parked.attempts, parked.reason) == (6, "Wrong")
    assert effects() == []


def test_nothing_is_replayed_that_is_not_parked() -> None:
    heard = hearing(fails=lambda event: event.number == "n1")
    open_many(2)
    work()
    for seq in (0, 1, 7):
        with pytest.raises(NotFound):
            replay(handler=NAME, seq=seq, now=NOW)
    assert len(heard) == 2
    fail_five_times()
    Failure.objects.update(handler="gone.hear")
    with pytest.raises(NotFound):
        replay(handler="gone.hear", seq=1, now=NOW)


def test_a_database_error_of_one_event_is_its_own() -> None:
    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES ('twice', 0, 0), ('twice', 0, 0)")

    open_one("a")
    assert work() == 0
    assert Failure.objects.get().reason == "IntegrityError"


def sever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_lost_connection_says_nothing_of_the_event() -> None:
    severs = True
    heard = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append(seq)
        if severs:
            sever()

    open_one("a")
    with pytest.raises(OperationalError):
        work()
    connection.close()
    assert not Failure.objects.exists()
    severs = False
    assert work() == 1
    assert heard == [0, 0]


def test_a_closed_connection_says_nothing_of_the_event() -> None:
    closes = True

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        if closes:
            connection.connection.close()
            rows("SELECT 1")

    open_one("a")
    with pytest.raises(Exception, match="closed"):
        work()
    connection.close()
    assert not Failure.objects.exists()
    closes = False
    assert work() == 1


def test_an_event_that_kills_its_reader_is_found_and_parked() -> None:
    heard = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append(seq)
        if event.number == "n2":
            sever()

    open_many(4)
    sequence()
    deaths = 0
    for _ in range(30):
        try:
            run_after_handlers(now=NOW)
        except OperationalError:
            connection.close()
            deaths += 1
    assert deaths == 10
    assert heard == [0, 1, 2] * 5 + [0, 1] + [2] * 5 + [3]
    [parked] = list_parked()
    assert (parked.seq, parked.attempts, parked.parked_at) == (2, 1, NOW)
    assert parked.reason == "the process ended each time while it was handled"
    assert Cursor.objects.get(handler=NAME) .seq == 3
    assert Cursor.objects.get(handler=NAME).tries == 0


def test_one_by_one_ends_when_all_is_read() -> None:
    hearing()
    open_many(3)
    sequence()
    Cursor.objects.create(handler=NAME, seq=-1, tries=5)
    for seen, tries in ((0, 5), (1, 5), (2, 0)):
        assert run_after_handlers(now=NOW) == 1
        found = Cursor.objects.get(handler=NAME)
        assert (found.seq, found.tries) == (seen, tries)


def test_four_deaths_are_no_reason_yet_to_go_one_by_one() -> None:
    hearing()
    open_many(3)
    sequence()
    Cursor.objects.create(handler=NAME, seq=-1, tries=4)
    assert run_after_handlers(now=NOW) == 3
    assert Cursor.objects.get(handler=NAME).tries == 0


def test_nine_deaths_are_no_reason_yet_to_park() -> None:
    heard = hearing()
    open_many(2)
    sequence()
    Cursor.objects.create(handler=NAME, seq=-1, tries=9)
    assert run_after_handlers(now=NOW) == 1
    assert list_parked() == []
    assert heard == [("n0", 0)]


def test_after_a_parked_killer_events_are_taken_together_again() -> None:
    hearing()
    open_many(4)
    sequence()
    Cursor.objects.create(handler=NAME, seq=-1, tries=10)
    assert run_after_handlers(now=NOW) == 0
    assert [each.seq for each in list_parked()] == [0]
    assert run_after_handlers(now=NOW) == 3


def test_a_reader_that_was_overtaken_keeps_nothing() -> None:
    """The cursor's conditional move is the fence: two readers of one handler cannot both take a batch."""
    overtakes = True
    heard = []

    @after(Opened)
    def hear(event: Opened, *, seq: int, now: datetime) -> None:
        heard.append(seq)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_cursor (handler, seq, tries) VALUES (%s, 0, 0)", [f"effect {seq}"])
            if overtakes:  # as if another reader had moved it, seen from this transaction
                cursor.execute("UPDATE audit_cursor SET seq = 77 WHERE handler = %s", [NAME])

    open_many(2)
    assert work() == 0
    assert heard == [0, 1]
    assert effects() == []
    assert cursor_at() == -1
    overtakes = False
    assert work() == 2


def test_a_reader_that_comes_late_does_not_begin() -> None:
    heard = hearing()
    open_many(2)
    sequence()

    @after(Closed)
    def other(event: Closed, *, seq: int, now: datetime) -> None:
        raise AssertionError

    from miaopi.apps.audit.actions.handle import _begin, _Overtaken
    from miaopi.apps.audit.queries.readers import find_batch

    stale = find_batch(NAME, "Opened", NOW, stood=(-1, 0), size=count_numbered(), gaze=Gaze())
    assert stale is not None
    assert run_after_handlers(now=NOW) == 2
    with pytest.raises(_Overtaken):
        _begin(NAME, stale)
    assert len(heard) == 2


def test_where_nothing_is_new_all_handlers_cost_two_statements_and_none_misses_what_comes() -> None:
    heard, closed, gaze = hearing(), list[int](), Gaze()

    @after(Closed)
    def listen(event: Closed, *, seq: int, now: datetime) -> None:
        closed.append(seq)

    open_many(3)
    sequence()
    assert run_after_handlers(now=NOW, gaze=gaze) == 3
    run_after_handlers(now=NOW, gaze=gaze)
    told: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        assert run_after_handlers(now=NOW, gaze=gaze) == 0
    assert len(told) == 2
    with act(by=ANNA, now=NOW) as unit:
        unit.record(Closed("n1"))
    open_many(1)
    sequence()
    assert run_after_handlers(now=NOW, gaze=gaze) == 2
    assert (len(heard), len(closed)) == (4, 1)


def test_two_handlers_cannot_share_a_place() -> None:
    def make(where: str) -> Any:
        def hear(event: Opened, *, seq: int, now: datetime) -> None: ...

        hear.__module__ = where
        return hear

    hear = make("miaopi.apps.licence.handlers")
    assert after(Opened)(hear) is hear
    assert after(Opened)(hear) is hear
    with pytest.raises(ValueError, match=r"share the place of licence.hear"):
        after(Closed)(make("miaopi.apps.licence.handlers.second"))
    assert list(list_lags()) == ["licence.hear"]


def counting(fails: Any = lambda event: False) -> list[list[tuple[str, datetime]]]:
    """A handler that takes batches and writes down each, with the moments; it raises where `fails` says so of one of them."""
    heard: list[list[tuple[str, datetime]]] = []

    @after_many(Opened)
    def count(events: Sequence[tuple[Opened, datetime]], *, now: datetime) -> None:
        heard.append([(event.number, at) for event, at in events])
        if any(fails(event) for event, _ in events):
            raise Wrong("secret")

    return heard


def test_a_handler_of_many_takes_a_batch_at_once() -> None:
    heard = counting()
    open_many(3)
    assert work() == 3
    assert heard == [[("n0", NOW), ("n1", NOW), ("n2", NOW)]]
    assert work() == 0


def test_where_a_batch_fails_its_events_are_taken_one_by_one_and_the_bad_one_is_parked() -> None:
    heard = counting(fails=lambda event: event.number == "n1")
    open_many(3)
    assert work() == 1
    assert [[number for number, _ in batch] for batch in heard] == [["n0", "n1", "n2"], ["n0"], ["n1"]]
    fail_five_times()
    [parked] = list_parked()
    assert (parked.handler, parked.seq) == ("test_handlers.count", 1)
    assert [number for number, _ in heard[-1]] == ["n2"]
    assert replay(handler="test_handlers.count", seq=1, now=NOW) is False
