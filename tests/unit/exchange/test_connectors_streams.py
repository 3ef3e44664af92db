"""The contract of `test_connectors.py` for those who stand between us and an agency's rows, and the bad days that only they have."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Place, Rows
from miaopi.apps.exchange.adapters.relays.nats import NatsConnector
from miaopi.apps.exchange.adapters.relays.nkeys import (
    read_user_seed,
    write_user_key,
    write_user_seed,
)
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import BehindSql, Counterpart
from tests.unit.exchange.counterparts_streams import (
    BehindGateway,
    BehindNats,
    Broker,
    Paging,
    Reply,
    Responder,
    records_of,
    written,
)
from tests.unit.exchange.test_connectors import (  # noqa: F401 - promises are collected here again, for this file's `make`
    LI,
    OTHER,
    ROW,
    question,
    test_a_found_person_is_answered_with_the_asked_columns_alone,
    test_a_person_the_source_does_not_have_is_absent_by_rule,
    test_a_source_that_comes_back_is_asked_again,
    test_a_source_that_is_down_slow_or_mad_is_silent_in_time,
    test_an_empty_column_passes_no_filter_and_leaves_a_predicate_open,
    test_nothing_of_an_outage_shows_address_secret_or_number,
    test_of_a_predicate_the_truth_alone_is_on_the_wire,
    test_only_asked_columns_are_on_the_wire,
    test_rows_outside_a_filter_are_not_shown_and_prove_no_absence,
    test_two_rows_for_one_key_are_both_handed_on,
    test_what_is_handed_on_never_holds_a_surplus_column,
    test_without_a_rule_an_empty_answer_says_nothing,
)
from tests.waiting import FOREVER, LONG

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    made = Broker()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def register(agency_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BehindSql]:
    made = BehindSql(agency_server, tmp_path_factory.mktemp("register"))
    yield made
    made.close()


@pytest.fixture(params=["nats", "gateway"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[Counterpart] = []

    def counterpart(**how: Emptiness) -> Counterpart:
        if request.param == "nats":
            made.append(BehindNats(request.getfixturevalue("broker"), **how))
        else:
            register = request.getfixturevalue("register")
            made.append(BehindGateway(request.getfixturevalue("agency_server"), tmp_path, inside=register, **how))
        return made[-1]

    yield counterpart
    for one in made:
        one.close()


@pytest.fixture
def agency(broker: Broker) -> Iterator[BehindNats]:
    made = BehindNats(broker)
    made.hold([ROW])
    yield made
    made.close()


NAME = {"columns": ("name",)}
NESTED = b'{"question": ' + b"[" * 10_000
LIES: dict[str, Reply] = {
    "an answer to another question": lambda asked: written([ROW], {**asked, "question": "f" * 32}),
    "an answer to no question": lambda asked: written([ROW], {**asked, "question": None}),
    "somebody else": lambda asked: written([OTHER], asked),
    "ten thousand brackets": lambda asked: NESTED,
    "too much": lambda asked: written([{**ROW, "remark": "x" * 70_000}], asked),
    "an empty message": lambda asked: b"",
    "nothing at all": lambda asked: None,
    "a page that leads back": lambda asked: written([ROW], asked, next="again"),
    "a cursor that is none": lambda asked: written([ROW], asked, next=7),
    "pages without end": lambda asked: written([], asked, next=f"{asked.get('after', '')}x"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_by_message_is_silence_and_never_a_value(agency: BehindNats, lie: Reply) -> None:
    agency.reply = lie
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place, **NAME), seconds=0.5)
    agency.reply = None
    assert isinstance(agency.connector.ask(question(agency.place, **NAME), seconds=LONG), Rows)


def test_an_answer_that_comes_late_is_dropped(agency: BehindNats) -> None:
    over = threading.Event()

    def late(asked: dict[str, Any]) -> bytes:
        over.wait(FOREVER)
        return written([{**ROW, "name": "late"}], asked)

    agency.reply = late
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place, **NAME), seconds=0.3)
    over.set()
    agency.reply = None
    for _ in range(3):
        assert agency.connector.ask(question(agency.place, **NAME), seconds=LONG) == Rows(({"name": "李测试"},))


def test_the_number_stands_in_the_message_and_in_no_subject(agency: BehindNats) -> None:
    agency.connector.ask(question(agency.place), seconds=LONG)
    published = [line for line in agency.asked().splitlines() if line.startswith(("PUB ", "HPUB ", "SUB "))]
    assert published and LI in agency.asked()
    assert not [line for line in published if LI in line]


def test_a_broker_that_lets_nobody_in_is_silence(agency: BehindNats, broker: Broker) -> None:
    stranger = NatsConnector("demo", {"url": broker.url, "user": "stranger", "password": "no"})
    with pytest.raises(UpstreamError):
        stranger.ask(question(agency.place), seconds=0.5)
    stranger.close()


def test_a_broker_lets_in_who_signs_with_a_known_nkey_and_nobody_else(tmp_path: Path) -> None:
    ours, agencys, strangers = (bytes([number]) * 32 for number in (1, 2, 3))
    users = ", ".join(f'{{nkey: "{write_user_key(seed)}"}}' for seed in (ours, agencys))
    (tmp_path / "broker.conf").write_text(f"authorization {{ users: [ {users} ] }}")
    broker = Broker("-c", str(tmp_path / "broker.conf"))
    seed = write_user_seed(agencys)
    responder = Responder(broker.url, "agency.query", lambda asked: written(records_of([ROW], asked), asked), nkeys_seed_str=seed)
    place = Place("person", "demo", "person", "agency.query", "id_number", Emptiness.EMPTY)
    known, unknown = (NatsConnector("demo", {"url": broker.url, "nkey": write_user_seed(each)}) for each in (ours, strangers))
    assert isinstance(known.ask(question(place), seconds=LONG), Rows)
    with pytest.raises(UpstreamError):
        unknown.ask(question(place), seconds=0.5)
    for each in (known, unknown, responder):
        each.close()
    broker.kill()


def test_an_nkey_is_read_as_nats_writes_it_and_nothing_else_is_one() -> None:
    seed = bytes(range(32))
    text = write_user_seed(seed)
    assert (text[:2], len(text), read_user_seed(f" {text}\n")) == ("SU", 58, seed)
    for broken in ("", "SU", text[:-1] + "B", "SA" + text[2:], text.lower(), write_user_key(seed)):
        with pytest.raises(ValueError, match="no nkey"):
            NatsConnector("demo", {"url": "nats://127.0.0.1:1", "nkey": broken})


def test_an_outage_of_the_broker_writes_nothing_and_heals_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    broker = Broker()
    agency = BehindNats(broker)
    agency.hold([ROW])
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)
    capfd.readouterr()
    broker.kill()
    until = time.monotonic() + 1
    while time.monotonic() < until:
        with pytest.raises(UpstreamError):
            agency.connector.ask(question(agency.place), seconds=0.2)
    assert capfd.readouterr() == ("", "")
    broker.start()
    assert isinstance(agency.connector.ask(question(agency.place), seconds=LONG), Rows)
    agency.close()
    broker.kill()


SEVERAL = [{**ROW, "name": f"李{serial}"} for serial in range(7)]


def test_a_list_comes_in_pages_and_is_whole(agency: BehindNats) -> None:
    agency.reply = paged(SEVERAL, 3)
    answer = agency.connector.ask(question(agency.place, **NAME), seconds=LONG)
    assert isinstance(answer, Rows)
    assert [row["name"] for row in answer.rows] == [row["name"] for row in SEVERAL]


def test_half_a_list_is_none(agency: BehindNats) -> None:
    pages = paged(SEVERAL, 3)
    agency.reply = lambda asked: None if asked.get("after") == "6" else pages(asked)
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place, **NAME), seconds=0.5)


def test_by_http_a_list_comes_in_pages_within_one_deadline() -> None:
    with Paging(paged(SEVERAL, 3)) as served:
        connector = HttpConnector("demo", {"url": served.url, "token": "t"})
        place = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND)
        answer = connector.ask(question(place, **NAME), seconds=LONG)
        assert isinstance(answer, Rows) and len(answer.rows) == 7
        assert served.cursors == [None, "3", "6"]
        served.pause = 0.3
        with pytest.raises(UpstreamError):
            connector.ask(question(place, **NAME), seconds=0.7)
        connector.close()


def paged(rows: list[dict[str, Any]], size: int) -> Reply:
    def page(asked: dict[str, Any]) -> bytes:
        start = int(asked.get("after", 0))
        records = records_of(rows, asked)
        more = {"next": str(start + size)} if start + size < len(records) else {}
        return written(records[start : start + size], asked, **more)

    return page
