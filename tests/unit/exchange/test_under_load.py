"""Many at once: an agreement that ends in the middle ends for every process, and an agency that hangs costs its own facts alone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from miaopi.apps.exchange.adapters.fake import FakeConnector
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.lines import MOST_AT_ONCE, OPENS_AFTER, Call, Line, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Answer, Emptiness, Place, Question, Rows
from miaopi.apps.exchange.api import resume_agreement, revoke_agreement, suspend_agreement
from tests.unit.exchange.case import KINDS, Case
from tests.unit.exchange.case import Place as City
from tests.unit.exchange.entries import entries
from tests.unit.exchange.puller import THREADS
from tests.unit.exchange.running import ROOT
from tests.waiting import FOREVER, LONG, not_held_up, until

KEY = "11010519491231002X"
ASKED = Question(
    Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND), ("name",), "test", "receipt", KEY,
    datetime(2026, 11, 25, tzinfo=UTC),
)  # fmt: skip
WHY = {"reason": "演示"}
PROCESSES = 2
MORE = 4 * PROCESSES * THREADS  # pulls: more than were begun before, however the machine shares out its time


@pytest.fixture
def city(agency_server: str, tmp_path: Path) -> Iterator[City]:
    made = City(KINDS["sql"], agency_server, tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made
    made.close()


def puller(case: Case, receipt: str) -> subprocess.Popen[str]:
    plan = {
        "folder": str(case.place.folder), "addresses": case.place.settings["MIAOPI_AGENCIES"], "source": case.source, "receipt": receipt,
        "service": case.service, "application": case.application, "party": case.place.anna,
    }  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.unit.exchange.puller", json.dumps(plan)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.xdist_group("agencies")  # an agency's database bears its name, so there is one of each on a server
def test_two_processes_under_load_have_nothing_a_second_after_a_suspension_or_revocation(city: City) -> None:
    case = Case(city, 0).agree()
    receipt = case.consent()
    running = [puller(case, receipt) for _ in range(PROCESSES)]
    for each in running:
        assert each.stdout is not None and each.stdout.readline() == "going\n"
    case.do(suspend_agreement, **WHY)
    suspended = time.monotonic()
    time.sleep(1.3)
    resuming = time.monotonic()
    case.do(resume_agreement)
    looks_before = len(entries("DataPulled"))
    until(lambda: len(entries("DataPulled")) >= looks_before + MORE)
    case.do(revoke_agreement, **WHY)
    revoked = time.monotonic()
    time.sleep(1.1)
    refused_before = len(entries("PullRefused"))
    until(lambda: len(entries("PullRefused")) >= refused_before + MORE)
    said = [each.communicate("", timeout=LONG)[0] for each in running]
    pulls = sorted(tuple(pull) for text in said for pull in json.loads(text))

    had = [(began, ended) for began, ended, has_value, _ in pulls if has_value]
    assert had[0][0] < suspended and any(resuming < began < revoked for began, _ in had), "it was had before, and between"
    assert any(began > revoked + 1 for began, *_ in pulls), "somebody still asks"
    assert not [began for began, _ in had if suspended <= began < resuming or began >= revoked], "not even by the first who asks after it"
    assert not [ended for _, ended in had if suspended + 1 < ended < resuming or ended > revoked + 1]
    refused = [code for *_, has_value, code in pulls if not has_value]
    assert set(refused) <= {"suspended", "revoked"}
    looks = entries("DataPulled")
    assert len(entries("PullRefused")) == len(refused)
    assert len(had) <= len(looks) <= len(had) + len(refused), "a look whose answer came too late left its entry, too"
    assert {look["result"] for look in looks} == {"found"}


Behave = Callable[[socket.socket], None]


def never_answer(line: socket.socket) -> None:
    while line.recv(65536):
        pass


def say_one_byte(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"H")
    never_answer(line)


def say_a_megabyte(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(16):
        line.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    never_answer(line)


@contextmanager
def agency(behave: Behave) -> Iterator[tuple[HttpConnector, list[socket.socket]]]:
    """An agency that takes every line and behaves badly on it; `taken` are the lines."""
    taken: list[socket.socket] = []

    def serve(line: socket.socket) -> None:
        with suppress(OSError):
            behave(line)

    def take() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                taken.append(line)
                threading.Thread(target=serve, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        threading.Thread(target=take, daemon=True).start()
        connector = HttpConnector("demo", {"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "token": "t"})
        yield connector, taken
        connector.close()
        listening.shutdown(socket.SHUT_RDWR)
        for line in taken:
            line.close()


def healthy() -> Line:
    return Line("other", FakeConnector("other", {"rows": {"person": [{"id_number": KEY, "name": "演示"}]}}), 5)


@pytest.mark.parametrize("behave", [never_answer, say_one_byte, say_a_megabyte])
def test_a_mad_agency_delays_no_other_fact_beyond_the_deadline(behave: Behave) -> None:
    with agency(behave) as (connector, _):
        with not_held_up():
            mad, other = ask_side_by_side([Call(Line("demo", connector, FOREVER), ASKED), Call(healthy(), ASKED)], seconds=2)
        assert mad is None
        assert isinstance(other, Rows)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_two_hundred_pulls_against_an_agency_that_hangs_pile_up_neither_lines_nor_threads() -> None:
    with agency(never_answer) as (connector, taken):
        hanging, other = Line("demo", connector, 5), healthy()
        before_threads, before_files, ends = threading.active_count(), open_files(), list[list[Answer | None]]()

        def pull() -> None:
            ends.append(ask_side_by_side([Call(hanging, ASKED), Call(other, ASKED)], seconds=5))

        pulls = [threading.Thread(target=pull) for _ in range(200)]
        for each in pulls:
            each.start()
        most = 0
        while any(each.is_alive() for each in pulls):
            most = max(most, threading.active_count() - before_threads - 200 - len(taken))
            time.sleep(0.02)
        assert len(ends) == 200 and all(end[0] is None for end in ends)
        assert sum(isinstance(end[1], Rows) for end in ends) == 200
        assert len(taken) < MOST_AT_ONCE + OPENS_AFTER, "whoever waited for a turn asks until the line rests"
        assert most <= 2 * MOST_AT_ONCE, "those that make lines, and those of the connector that knows no other way"
        assert hanging.is_resting()
    until(lambda: open_files() <= before_files + 4 and threading.active_count() <= before_threads + 4)


def test_an_agency_that_had_closed_a_kept_line_is_asked_on_a_new_one() -> None:
    def answer_once(line: socket.socket) -> None:
        line.recv(65536)
        body = json.dumps({"records": [{"id_number": KEY, "name": "演示"}]}).encode()
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        line.shutdown(socket.SHUT_RDWR)

    with agency(answer_once) as (connector, taken):
        answers: list[Any] = [connector.ask(ASKED, seconds=LONG) for _ in range(3)]
        assert answers == [Rows(({"name": "演示"},))] * 3
        assert len(taken) == 3


def count_plans() -> dict[str, int]:
    """How often the server planned each statement that it keeps for this connection for the values of one call alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, custom_plans FROM pg_prepared_statements")
        return dict(cursor.fetchall())


def test_no_statement_of_a_pull_is_planned_each_time_anew(city: City) -> None:
    case = Case(city, 0).agree(daily_quota=1000)
    with connection.cursor() as cursor:  # as many as a city has: of a few the server reads all, whatever is asked
        cursor.execute(
            "INSERT INTO exchange_agreement SELECT (jsonb_populate_record(a, jsonb_build_object('id', md5(a.id || n)))).*"
            " FROM exchange_agreement a, generate_series(1, 1000) n"
        )
    before, receipt = count_plans(), case.consent()
    for _ in range(12):
        assert case.pull(receipt=receipt) == ""
    planned = {name: times - before.get(name, 0) for name, times in count_plans().items()}
    assert planned and max(planned.values()) <= 5  # PostgreSQL weighs the values of the first five calls
