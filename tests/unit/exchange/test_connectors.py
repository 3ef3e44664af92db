"""One contract for every connector: whatever an agency keeps its rows in, they behave alike, so that a fake may be believed."""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.answers import MOST_ROWS
from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import (
    Emptiness,
    Hindered,
    Hindrance,
    Nothing,
    Place,
    Question,
    Rows,
    Term,
    Unsaid,
)
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.fact import Doubt, Known, Unknown
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
from tests.unit.exchange.counterparts_sftp import BehindSftp
from tests.unit.exchange.counterparts_soap import BehindSoap
from tests.waiting import LONG, awaited, not_held_up

LI, WANG = "11010519491231002X", "440524188001010014"
ROW = {
    "id_number": LI, "name": "李测试", "birth_date": date(1949, 12, 31), "is_local": True, "identities": 1, "amount": Decimal("12.50"),
    "seen_at": datetime(2026, 5, 23, 10), "remark": CANARY,
}  # fmt: skip
OTHER = {**ROW, "id_number": WANG, "name": "王测试"}
ASKED = ("name", "birth_date", "is_local", "identities")

Make = Callable[..., Any]


MAKERS: dict[str, Callable[..., Counterpart]] = {
    "fake": lambda folder, server, **how: InMemory(**how),
    "sql": lambda folder, server, **how: BehindSql(server, folder, **how),
    "http": lambda folder, server, **how: BehindHttp(echoes=True, **how),
    "http-single": lambda folder, server, **how: BehindHttp(**how),
    "soap": lambda folder, server, **how: BehindSoap(echoes=True, **how),
    "soap-single": lambda folder, server, **how: BehindSoap(**how),
    "csv": lambda folder, server, **how: InFiles(folder / "drop", **how),
    "xlsx": lambda folder, server, **how: InFiles(folder / "drop", format="xlsx", **how),
    "parquet": lambda folder, server, **how: InFiles(folder / "drop", format="parquet", **how),
    "sftp": lambda folder, server, **how: BehindSftp(folder / "drop", **how),
}


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[Counterpart] = []

    def counterpart(**how: Emptiness) -> Counterpart:
        made.append(MAKERS[request.param](tmp_path, request.getfixturevalue("agency_server"), **how))
        return made[-1]

    yield counterpart
    for one in made:
        one.close()


def question(place: Place, *, key: str = LI, columns: tuple[str, ...] = ASKED) -> Question:
    return Question(place, columns, purpose="no-criminal-record", receipt="receipt-1", key=key, at=NOW)


def test_a_found_person_is_answered_with_the_asked_columns_alone(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    answer = agency.connector.ask(question(agency.place), seconds=LONG)
    assert isinstance(answer, Rows)
    (row,) = answer.rows
    assert {name: str(value).lower() for name, value in row.items()} == {name: str(ROW[name]).lower() for name in ASKED}


def test_only_asked_columns_are_on_the_wire(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG)
    assert "name" in agency.asked() or isinstance(agency, InFiles)  # a file is read, nobody is asked
    assert not {"birth_date", "is_local", "identities", "remark"} & set(re.findall(r"\w+", agency.asked()))
    assert CANARY not in agency.answered()
    assert "王测试" not in agency.answered()
    assert "1949-12-31" not in agency.answered()


def test_what_is_handed_on_never_holds_a_surplus_column(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    answer = agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG)
    assert repr([dict(row) for row in answer.rows]) == "[{'name': '李测试'}]"


def test_a_person_the_source_does_not_have_is_absent_by_rule(make: Make) -> None:
    agency = make()
    agency.hold([OTHER])
    assert agency.connector.ask(question(agency.place), seconds=LONG) == Nothing()


def test_without_a_rule_an_empty_answer_says_nothing(make: Make) -> None:
    agency = make(absent=Emptiness.NEVER)
    agency.hold([OTHER])
    assert agency.connector.ask(question(agency.place), seconds=LONG) == Unsaid()


def test_two_rows_for_one_key_are_both_handed_on(make: Make) -> None:
    agency = make()
    agency.hold([ROW, {**ROW, "name": "李二测试"}])
    answer = agency.connector.ask(question(agency.place), seconds=LONG)
    assert isinstance(answer, Rows)
    assert sorted(str(row["name"]) for row in answer.rows) == ["李二测试", "李测试"]


TYPES = {"name": "string", "birth_date": "date", "is_local": "boolean", "identities": "number", "seen_at": "date and time"}


def test_values_become_facts_of_their_types_whatever_the_wire(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    has_text = isinstance(agency, BehindSoap) or agency.place.options.get("format") == "csv"
    columns = {name: Column(name, kind) for name, kind in TYPES.items()}
    source = Source(agency.place, columns, is_text=has_text, offset=timezone(timedelta(hours=8)))
    answer = agency.connector.ask(question(agency.place, columns=tuple(TYPES)), seconds=LONG)
    facts = read_facts(source, answer, TYPES, now=NOW)
    assert {name: fact.value for name, fact in facts.items() if isinstance(fact, Known)} == {
        "name": "李测试", "birth_date": date(1949, 12, 31), "is_local": True, "identities": Decimal(1),
        "seen_at": datetime(2026, 5, 23, 2, tzinfo=UTC),
    }  # fmt: skip


def test_a_column_that_is_of_another_type_now_is_no_value_and_said_in_the_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    agency = make()
    agency.hold([ROW])
    has_text = isinstance(agency, BehindSoap) or agency.place.options.get("format") == "csv"
    source = Source(agency.place, {"name": Column("name", "number"), "birth_date": Column("birth_date", "boolean")}, is_text=has_text)
    answer = agency.connector.ask(question(agency.place, columns=("name", "birth_date")), seconds=LONG)
    facts = read_facts(source, answer, ("name", "birth_date"), now=NOW)
    assert set(facts.values()) == {Unknown(Doubt.UNAVAILABLE, "person")}
    assert "agency demo: person.name is no number" in caplog.text and "person.birth_date is no boolean" in caplog.text
    assert not [value for value in ("李测试", "1949-12-31", LI) if value in caplog.text]


ATTACKS = (
    "' OR 1=1 -- ", '" OR ""="', "\\' OR 1=1 -- ", "'; DROP TABLE kept; --", "</q:id_number><q:field>remark</q:field>", "]]>&lt;&#x26;<!--",
    "=1+1", "=cmd|' /C calc'!A0", "../../etc/passwd", "%s%(name)s{0}", "*", "%",
)  # fmt: skip


def test_a_number_that_is_an_attack_is_nobodys(make: Make) -> None:
    agency = make()
    agency.hold([ROW, OTHER])
    assert {attack: agency.connector.ask(question(agency.place, key=attack), seconds=LONG) for attack in ATTACKS} == dict.fromkeys(
        ATTACKS, Nothing()
    )
    assert CANARY not in agency.answered()
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)


def test_a_filter_that_tests_for_an_attack_shows_no_row(make: Make) -> None:
    agency = make()
    agency.hold([ROW])
    for attack in ATTACKS:
        where = (Term("name", "=", (attack,), "string"),)
        assert agency.connector.ask(dataclasses.replace(question(agency.place), where=where), seconds=LONG) == Unsaid()


def test_a_value_that_is_an_attack_is_a_text_like_any_other(make: Make) -> None:
    agency = make()
    agency.hold([{**ROW, "id_number": f"{LI[:-2]}{number:02}", "name": attack} for number, attack in enumerate(ATTACKS)])
    for number, attack in enumerate(ATTACKS):
        asked = question(agency.place, key=f"{LI[:-2]}{number:02}", columns=("name",))
        assert agency.connector.ask(asked, seconds=LONG) == Rows(({"name": attack},))


def test_a_column_that_is_gone_or_renamed_is_a_changed_schema_and_said_in_the_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    agency = make()
    agency.hold([ROW])
    answer = agency.connector.ask(question(agency.place, columns=("name", "no_such_column")), seconds=LONG)
    assert answer == Hindered(Hindrance.SCHEMA_CHANGED)
    assert "no longer has all of id_number, name, no_such_column" in caplog.text
    assert not [value for value in (LI, "李测试") if value in caplog.text]
    assert isinstance(agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG), Rows), "the line is as good as before"


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
        answer = agency.connector.ask(dataclasses.replace(question(agency.place, columns=("name",)), where=where), seconds=LONG)
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
        answer = agency.connector.ask(asked, seconds=LONG)
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
        assert agency.connector.ask(dataclasses.replace(question(agency.place), where=where), seconds=LONG) == Unsaid()
    tests = {"open": read_filter(open_, source_of(agency), TODAY), "false": read_filter(false, source_of(agency), TODAY)}
    answer = agency.connector.ask(dataclasses.replace(question(agency.place, columns=("open", "false")), tests=tests), seconds=LONG)
    assert [(row["open"], row["false"] in (False, "false")) for row in answer.rows] == [(None, True)]


def test_an_agency_that_does_not_say_which_rows_it_showed_is_not_believed() -> None:
    agency = BehindHttp()
    agency.reply = (200, {}, json.dumps({"records": [{"id_number": LI, "name": "李测试"}], "at": "2026-11-25T00:00:00+08:00"}).encode())
    asked = dataclasses.replace(question(agency.place, columns=("name",)), where=read_filter("identities = 1", source_of(agency), TODAY))
    with pytest.raises(UpstreamError):
        agency.connector.ask(asked, seconds=LONG)
    agency.close()


@pytest.mark.parametrize("mode", ["down", "slow", "garbage"])
@pytest.mark.parametrize("is_connected", [True, False])
def test_a_source_that_is_down_slow_or_mad_is_silent_in_time(make: Make, mode: str, is_connected: bool) -> None:
    agency = make()
    agency.hold([ROW])
    if is_connected:
        agency.connector.ask(question(agency.place), seconds=LONG)
    agency.set_mode(mode)
    with not_held_up(), pytest.raises(UpstreamError) as caught:
        agency.connector.ask(question(agency.place), seconds=0.5)
    assert caught.value.source == "demo"


def test_a_source_that_comes_back_is_asked_again(make: Make) -> None:
    agency = make()
    agency.hold([ROW])
    agency.connector.ask(question(agency.place), seconds=LONG)
    agency.set_mode("down")
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=1)
    agency.set_mode("up")
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)


def test_nothing_of_an_outage_shows_address_secret_or_number(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    agency = make()
    agency.hold([ROW])
    with caplog.at_level(logging.DEBUG):
        agency.connector.ask(question(agency.place), seconds=LONG)
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
    "half her record beside another person's": json.dumps({"records": [{"id_number": LI}, {**RECORD, "id_number": WANG}]}),
    "records that are no list": json.dumps({"records": RECORD}),
    "a record that is no object": json.dumps({"records": [LI]}),
    "an answer that is a list": json.dumps([RECORD]),
    "a number that is none": json.dumps({"records": [{**RECORD, "identities": float("nan")}]}),
    "a number beyond all exponents": json.dumps({"records": [RECORD]})[:-1] + ', "more": 1e99999999999999999999}',
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
        agency.connector.ask(question(agency.place), seconds=LONG)


LACKING = {
    "its key": {name: RECORD[name] for name in ASKED},
    "an asked field": {"id_number": LI, "name": "李测试"},
}


@pytest.mark.parametrize("record", LACKING.values(), ids=LACKING)
def test_a_record_that_lacks_what_was_asked_for_is_a_changed_schema_and_never_a_value(agency: BehindHttp, record: dict[str, str]) -> None:
    agency.reply = (200, {}, json.dumps({"records": [RECORD, record]}).encode())
    assert agency.connector.ask(question(agency.place), seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED)


@pytest.mark.parametrize("status", [204, 301, 307, 400, 401, 403, 500, 503])
def test_only_200_and_404_are_answers(agency: BehindHttp, status: int) -> None:
    agency.reply = (status, {"Location": "/elsewhere"}, json.dumps({"records": [RECORD]}).encode())
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=LONG)
    assert "/elsewhere" not in agency.asked()


@pytest.mark.parametrize(
    ("said", "at"),
    [('"2026-11-24T00:00:00+08:00"', datetime(2026, 11, 23, 16, tzinfo=UTC)), ('"2026-11-24"', None), ("7", None), ("null", None)],
)
def test_of_which_moment_an_answer_is_comes_along(agency: BehindHttp, said: str, at: datetime | None) -> None:
    agency.reply = (200, {}, f'{{"records": {json.dumps([RECORD])}, "at": {said}}}'.encode())
    found = agency.connector.ask(question(agency.place), seconds=LONG)
    assert isinstance(found, Rows) and found.at == at
    agency.reply = (404, {}, f'{{"records": [], "at": {said}}}'.encode())
    absent = agency.connector.ask(question(agency.place), seconds=LONG)
    assert isinstance(absent, Nothing) and absent.at == at


def test_fields_nobody_asked_for_stay_in_the_adapter(agency: BehindHttp) -> None:
    agency.reply = (200, {}, json.dumps({"records": [RECORD], "at": "", "more": 1}).encode())
    answer = agency.connector.ask(question(agency.place, columns=("name",)), seconds=LONG)
    assert isinstance(answer, Rows)
    assert [dict(row) for row in answer.rows] == [{"name": "李测试"}]


def test_the_number_stands_in_the_body_and_never_in_the_address(agency: BehindHttp) -> None:
    agency.connector.ask(question(agency.place), seconds=LONG)
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
    assert awaited(register.running, lambda running: running == 0) == 0


def test_a_restarted_agency_is_no_outage(register: BehindSql) -> None:
    register.connector.ask(question(register.place), seconds=LONG)
    register.cut()
    assert isinstance(register.connector.ask(question(register.place), seconds=LONG), Rows)


def test_an_answer_that_is_not_believed_leaves_the_connection_to_whoever_has_it_next(register: BehindSql) -> None:
    """Once it is kept, somebody else's question may be on it: closed from here it would be torn from under his."""
    register.connector.ask(question(register.place), seconds=LONG)
    before = register.list_connections()
    register.hold([ROW] * (MOST_ROWS + 1))
    with pytest.raises(UpstreamError):
        register.connector.ask(question(register.place), seconds=LONG)
    register.hold([ROW])
    assert isinstance(register.connector.ask(question(register.place), seconds=LONG), Rows)
    assert len(before) == 1 and register.list_connections() == before


def test_a_number_is_a_parameter_and_never_text_of_a_statement(register: BehindSql) -> None:
    assert register.connector.ask(question(register.place, key="' OR '1'='1"), seconds=LONG) == Nothing()


REBUILT = {
    "a view that is gone": "DROP VIEW person",
    "a view that was renamed": "ALTER VIEW person RENAME TO people",
    "a view that is closed to us": "REVOKE SELECT ON person FROM PUBLIC, {role}",
}


@pytest.mark.parametrize("change", REBUILT.values(), ids=REBUILT)
def test_a_view_that_an_agency_rebuilt_makes_nobody_absent(register: BehindSql, change: str) -> None:
    asked = question(register.place, key=WANG, columns=("name", "birth_date"))
    assert register.connector.ask(asked, seconds=LONG) == Nothing()
    register.rebuild(change)
    assert register.connector.ask(asked, seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED)


def test_an_answer_that_drips_for_ever_is_let_go_in_time() -> None:
    """Byte by byte, each sooner than any limit for one read, and never so much that it would be too large."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
                while True:
                    line.sendall(b" ")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        connector = HttpConnector("demo", {"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "token": SECRET})
        place = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND)
        with not_held_up(), pytest.raises(UpstreamError):
            connector.ask(Question(place, ("name",), "test", "receipt", "11010519491231002X", NOW), seconds=0.5)
        connector.close()
