"""One contract for every connector: fake, SQL, HTTP and file drop behave alike, so that a fake may be believed."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Nothing, Place, Question, Rows, Unsaid
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import (
    CANARY,
    NOW,
    SECRET,
    BehindHttp,
    BehindSql,
    Counterpart,
    InFiles,
    InMemory,
)

LI, WANG = "11010519491231002X", "440524188001010014"
ROW = {"id_number": LI, "name": "李测试", "birth_date": date(1949, 12, 31), "is_local": True, "identities": 1, "remark": CANARY}
OTHER = {**ROW, "id_number": WANG, "name": "王测试"}
ASKED = ("name", "birth_date", "is_local", "identities")

Make = Callable[..., Any]


@pytest.fixture(params=["fake", "sql", "http", "file"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[Counterpart] = []

    def counterpart(**how: Emptiness) -> Counterpart:
        match request.param:
            case "fake":
                made.append(InMemory(**how))
            case "sql":
                made.append(BehindSql(request.getfixturevalue("agency_server"), tmp_path, **how))
            case "file":
                made.append(InFiles(tmp_path / "drop", **how))
            case _:
                made.append(BehindHttp(**how))
        return made[-1]

    yield counterpart
    for one in made:
        one.close()


def question(place: Place, *, key: str = LI, columns: tuple[str, ...] = ASKED) -> Question:
    return Question(place, columns, purpose="no-criminal-record", receipt="receipt-1", key=key, at=NOW)


def test_a_found_person_is_answered_with_the_asked_columns_alone(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    answer = agency.connector.ask(question(agency.place), seconds=2)
    assert isinstance(answer, Rows)
    (row,) = answer.rows
    assert {name: str(value) for name, value in row.items()} == {name: str(ROW[name]) for name in ASKED}


def test_only_asked_columns_are_on_the_wire(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    agency.connector.ask(question(agency.place, columns=("name",)), seconds=2)
    assert "name" in agency.asked() or isinstance(agency, InFiles)  # a file is read, nobody is asked
    assert not {"birth_date", "is_local", "identities", "remark"} & set(agency.asked().replace('"', " ").replace("'", " ").split())
    assert CANARY not in agency.answered()
    assert "王测试" not in agency.answered()
    assert "1949-12-31" not in agency.answered()


def test_what_is_handed_on_never_holds_a_surplus_column(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    answer = agency.connector.ask(question(agency.place, columns=("name",)), seconds=2)
    assert repr([dict(row) for row in answer.rows]) == "[{'name': '李测试'}]"


def test_a_person_the_source_does_not_have_is_absent_by_rule(make: Make) -> None:
    agency = make()
    agency.hold([OTHER])
    assert agency.connector.ask(question(agency.place), seconds=2) == Nothing()


def test_without_a_rule_an_empty_answer_says_nothing(make: Make) -> None:
    agency = make(absent=Emptiness.NEVER)
    agency.hold([OTHER])
    assert agency.connector.ask(question(agency.place), seconds=2) == Unsaid()


def test_two_rows_for_one_key_are_both_handed_on(make: Make) -> None:
    agency = make()
    agency.hold([ROW, {**ROW, "name": "李二测试"}])
    answer = agency.connector.ask(question(agency.place), seconds=2)
    assert isinstance(answer, Rows)
    assert sorted(str(row["name"]) for row in answer.rows) == ["李二测试", "李测试"]


TODAY = date(2026, 11, 25)
TESTED = {
    'name = "李测试"': True,
    'name in ("王测试", "李测试")': True,
    'name != "李测试"': False,
    'birth_date < @"1950-01-01"': True,
    '@"1949-12-31" = birth_date': True,
    'birth_date between @"1950-01-01" and @"1960-01-01"': False,
    "identities >= 2": False,
    "identities in [1..3]": True,
    "identities in (1, 7)": True,
    "identities > -1 and identities < 2": True,
    'identities = 1 and name = "王测试"': False,
    "age on(birth_date, today) >= 76": True,
    "age on(birth_date, today) = 76": True,
    "age on(birth_date, today) > 76": False,
    "age on(birth_date, today) < 77": True,
    "age on(birth_date, today) <= 75": False,
}


def source_of(agency: Counterpart) -> Source:
    kinds = {"name": "string", "birth_date": "date", "identities": "number"}
    return Source(agency.place, {name: Column(name, kind) for name, kind in kinds.items()})


def test_rows_outside_a_filter_are_not_shown_and_prove_no_absence(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    found = {}
    for text in TESTED:
        where = read_filter(text, source_of(agency), TODAY)
        answer = agency.connector.ask(dataclasses.replace(question(agency.place, columns=("name",)), where=where), seconds=2)
        found[text] = isinstance(answer, Rows)
        assert answer in (Rows(({"name": "李测试"},)), Unsaid())
    assert found == TESTED
    assert CANARY not in agency.answered()


def test_of_a_predicate_the_truth_alone_is_on_the_wire(make: Make) -> None:
    agency = make()
    agency.hold([ROW])
    found = {}
    for text in TESTED:
        asked = dataclasses.replace(question(agency.place, columns=("it",)), tests={"it": read_filter(text, source_of(agency), TODAY)})
        answer = agency.connector.ask(asked, seconds=2)
        assert isinstance(answer, Rows) and [row.keys() for row in answer.rows] == [{"it"}]
        found[text] = answer.rows[0]["it"] in (True, "true")
    assert found == TESTED
    assert not [value for value in ("李测试", "1949-12-31", CANARY) if value in agency.answered()]


def test_an_empty_column_passes_no_filter_and_leaves_a_predicate_open(make: Make) -> None:
    agency = make()
    agency.hold([{**ROW, "birth_date": None}])
    open_, false = "age on(birth_date, today) >= 70", "age on(birth_date, today) >= 70 and identities > 1"
    for text in (open_, 'birth_date != @"1949-12-31"'):
        where = read_filter(text, source_of(agency), TODAY)
        assert agency.connector.ask(dataclasses.replace(question(agency.place), where=where), seconds=2) == Unsaid()
    tests = {"open": read_filter(open_, source_of(agency), TODAY), "false": read_filter(false, source_of(agency), TODAY)}
    answer = agency.connector.ask(dataclasses.replace(question(agency.place, columns=("open", "false")), tests=tests), seconds=2)
    assert [(row["open"], row["false"] in (False, "false")) for row in answer.rows] == [(None, True)]


def test_an_agency_that_does_not_say_which_rows_it_showed_is_not_believed() -> None:
    agency = BehindHttp()
    agency.reply = (200, {}, json.dumps({"records": [{"id_number": LI, "name": "李测试"}], "at": "2026-11-25T00:00:00+08:00"}).encode())
    asked = dataclasses.replace(question(agency.place, columns=("name",)), where=read_filter("identities = 1", source_of(agency), TODAY))
    with pytest.raises(UpstreamError):
        agency.connector.ask(asked, seconds=2)
    agency.close()


@pytest.mark.parametrize("mode", ["down", "slow", "garbage"])
@pytest.mark.parametrize("is_connected", [True, False])
def test_a_source_that_is_down_slow_or_mad_is_silent_in_time(make: Make, mode: str, is_connected: bool) -> None:
    agency = make()
    agency.hold([ROW])
    if is_connected:
        agency.connector.ask(question(agency.place), seconds=2)
    agency.set_mode(mode)
    begun = time.monotonic()
    with pytest.raises(UpstreamError) as caught:
        agency.connector.ask(question(agency.place), seconds=0.5)
    assert time.monotonic() - begun < 5
    assert caught.value.source == "demo"


def test_a_source_that_comes_back_is_asked_again(make: Make) -> None:
    agency = make()
    agency.hold([ROW])
    agency.connector.ask(question(agency.place), seconds=2)
    agency.set_mode("down")
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=1)
    agency.set_mode("up")
    assert isinstance(agency.connector.ask(question(agency.place), seconds=2), Rows)


def test_nothing_of_an_outage_shows_address_secret_or_number(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    agency = make()
    agency.hold([ROW])
    with caplog.at_level(logging.DEBUG):
        agency.connector.ask(question(agency.place), seconds=2)
        agency.set_mode("down")
        with pytest.raises(UpstreamError) as caught:
            agency.connector.ask(question(agency.place), seconds=1)
    said = f"{caplog.text} {caught.value} {caught.value.text} {caught.value.__cause__} {question(agency.place)!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for word in (SECRET, LI, "127.0.0.1", ".s.PGSQL", "李测试"):
        assert word not in said


@pytest.fixture
def agency() -> Iterator[BehindHttp]:
    made = BehindHttp()
    made.hold([ROW])
    yield made
    made.close()


RECORD = {name: str(value) for name, value in ROW.items()}
NONSENSE = {
    "another person's record": json.dumps({"records": [{**RECORD, "id_number": WANG}]}),
    "her record beside another person's": json.dumps({"records": [RECORD, {**RECORD, "id_number": WANG}]}),
    "a record without its key": json.dumps({"records": [{name: RECORD[name] for name in ASKED}]}),
    "a record without an asked field": json.dumps({"records": [{"id_number": LI, "name": "李测试"}]}),
    "records that are no list": json.dumps({"records": RECORD}),
    "a record that is no object": json.dumps({"records": [LI]}),
    "an answer that is a list": json.dumps([RECORD]),
    "a number that is none": json.dumps({"records": [{**RECORD, "identities": float("nan")}]}),
    "a name that stands twice": json.dumps({"records": [RECORD]}).replace('"name"', '"name": "甲", "name"'),
    "a page of HTML": "<html>please log in</html>",
    "half an answer": json.dumps({"records": [RECORD]})[:-5],
    "a deep nest": "[" * 100_000,
    "too much": json.dumps({"records": [RECORD], "more": "x" * 70_000}),
    "too many rows": json.dumps({"records": [{name: RECORD[name] for name in (*ASKED, "id_number")}] * 101}),
    "no JSON text at all": b"\xff\xfe\x00".decode("latin-1"),
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_over_http_is_silence_and_never_a_value(agency: BehindHttp, body: str) -> None:
    agency.reply = (200, {}, body.encode("latin-1") if "\xff" in body else body.encode())
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=2)


@pytest.mark.parametrize("status", [204, 301, 307, 400, 401, 403, 500, 503])
def test_only_200_and_404_are_answers(agency: BehindHttp, status: int) -> None:
    agency.reply = (status, {"Location": "/elsewhere"}, json.dumps({"records": [RECORD]}).encode())
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=2)
    assert "/elsewhere" not in agency.asked()


def test_fields_nobody_asked_for_stay_in_the_adapter(agency: BehindHttp) -> None:
    agency.reply = (200, {}, json.dumps({"records": [RECORD], "at": "", "more": 1}).encode())
    answer = agency.connector.ask(question(agency.place, columns=("name",)), seconds=2)
    assert isinstance(answer, Rows)
    assert [dict(row) for row in answer.rows] == [{"name": "李测试"}]


def test_the_number_stands_in_the_body_and_never_in_the_address(agency: BehindHttp) -> None:
    agency.connector.ask(question(agency.place), seconds=2)
    head, _, body = agency.asked().partition("\r\n\r\n")
    assert head.startswith("POST /query HTTP/1.1\r\n")
    assert LI not in head
    assert json.loads(body) == {
        "resource": "person",
        "key": {"id_number": LI},
        "fields": ["id_number", *ASKED],
        "purpose": "no-criminal-record",
        "receipt": "receipt-1",
    }


@pytest.fixture
def register(agency_server: str, tmp_path: Path) -> Iterator[BehindSql]:
    made = BehindSql(agency_server, tmp_path)
    made.hold([ROW])
    yield made
    made.close()


def test_a_statement_nobody_waits_for_ends_in_the_agencys_database(register: BehindSql) -> None:
    register.make_slow()
    with pytest.raises(UpstreamError):
        register.connector.ask(question(register.place), seconds=0.4)
    until = time.monotonic() + 2
    while register.running() and time.monotonic() < until:
        time.sleep(0.05)
    assert register.running() == 0


def test_a_restarted_agency_is_no_outage(register: BehindSql) -> None:
    register.connector.ask(question(register.place), seconds=2)
    register.cut()
    assert isinstance(register.connector.ask(question(register.place), seconds=2), Rows)


def test_a_number_is_a_parameter_and_never_text_of_a_statement(register: BehindSql) -> None:
    assert register.connector.ask(question(register.place, key="' OR '1'='1"), seconds=2) == Nothing()


def test_a_column_the_agency_did_not_open_is_silence(register: BehindSql) -> None:
    with pytest.raises(UpstreamError):
        register.connector.ask(question(register.place, columns=("no_such_column",)), seconds=2)


def test_an_answer_that_drips_for_ever_is_let_go_in_time() -> None:
    """Byte by byte, each sooner than any limit for one read, and never so much that it would be too large."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                for _ in range(200):
                    line.sendall(b" ")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        connector = HttpConnector("demo", {"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "token": SECRET})
        place = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND)
        began = time.monotonic()
        with pytest.raises(UpstreamError):
            connector.ask(Question(place, ("name",), "test", "receipt", "11010519491231002X", NOW), seconds=0.5)
        assert time.monotonic() - began < 5  # ten if it is waited for
        connector.close()


@pytest.fixture
def drop(tmp_path: Path) -> InFiles:
    made = InFiles(tmp_path / "drop")
    made.hold([OTHER])
    return made


def is_silent(drop: InFiles, **how: Any) -> bool:
    try:
        drop.connector.ask(dataclasses.replace(question(drop.place), **how), seconds=2)
    except UpstreamError:
        return True
    return False


def test_only_a_whole_and_fresh_drop_says_that_somebody_is_not_in_it(drop: InFiles) -> None:
    assert drop.connector.ask(question(drop.place), seconds=2) == Nothing()
    assert not is_silent(drop, at=NOW + timedelta(days=1))
    assert is_silent(drop, at=NOW + timedelta(days=2)), "a drop of the day before yesterday"
    assert is_silent(drop, at=NOW - timedelta(days=1)), "a drop of tomorrow"


MISHAPS: dict[str, Callable[[InFiles], object]] = {
    "no manifest": lambda drop: drop.manifest.unlink(),
    "half a manifest": lambda drop: drop.manifest.write_bytes(drop.manifest.read_bytes()[:40]),
    "a manifest that is a list": lambda drop: drop.manifest.write_text("[]"),
    "a manifest without this file": lambda drop: drop.write(files={}),
    "no file": lambda drop: drop.file.unlink(),
    "half a file": lambda drop: drop.file.write_bytes(drop.file.read_bytes()[:-20]),
    "a file with one row more": lambda drop: drop.file.write_bytes(drop.file.read_bytes() * 2),
    "a file of the same length, altered": lambda drop: drop.file.write_bytes(drop.file.read_bytes().replace(b"440524", b"440525")),
    "a count that is another": lambda drop: drop.write(rows=7),
    "a path out of the folder": lambda drop: drop.write(path="../elsewhere.csv"),
    "a pipe": lambda drop: (drop.file.unlink(), os.mkfifo(drop.file)),
    "a torn row": lambda drop: drop.write(content=b"id_number,name\r\n440524188001010014\r\n"),
    "no column of the key": lambda drop: drop.write(content=b"number,name\r\n440524188001010014,x\r\n"),
    "a column twice": lambda drop: drop.write(content=b"id_number,name,name\r\n440524188001010014,x,y\r\n"),
    "a line that does not end": lambda drop: drop.write(content=b"id_number,name\r\n440524188001010014," + b"x" * 200_000),
    "no text": lambda drop: drop.write(content=b"id_number,name\r\n\xff\xfe,x\r\n"),
}


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=MISHAPS)
@pytest.mark.parametrize("was_read", [True, False])
def test_a_drop_that_is_not_what_its_manifest_says_tells_nothing(
    drop: InFiles, mishap: Callable[[InFiles], object], was_read: bool
) -> None:
    if was_read:
        assert not is_silent(drop)
    mishap(drop)
    assert is_silent(drop)


def test_the_next_days_drop_is_read_without_a_restart(drop: InFiles) -> None:
    assert drop.connector.ask(question(drop.place), seconds=2) == Nothing()
    drop.hold([ROW, OTHER])
    assert isinstance(drop.connector.ask(question(drop.place), seconds=2), Rows)
