"""An agency's gateway and those who would speak in its name, or in ours: nothing unsigned is believed, nothing ungranted leaves."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
import time as time_of
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from miaopi.apps.exchange.adapters.filters import read_filter
from miaopi.apps.exchange.adapters.port import (
    Emptiness,
    Hindered,
    Hindrance,
    Place,
    Question,
    Rows,
)
from miaopi.apps.exchange.adapters.relays.gateway import GatewayConnector
from miaopi.gateway.book import compute_person, read_book
from miaopi.gateway.keys import find_public_key, make_seed
from miaopi.gateway.messages import (
    ANSWERED,
    FRESH,
    PATH,
    SIGNATURE,
    STATEMENT,
    Statement,
    compute_digest,
    read_statement,
    write_question,
    write_statement,
)
from miaopi.gateway.server import MOST_AT_ONCE, WHOLE, GatewayServer
from miaopi.kernel.errors import InputError, UpstreamError
from tests.unit.exchange.counterparts import CANARY, NOW, SECRET, BehindSql
from tests.unit.exchange.counterparts_streams import BehindGateway
from tests.unit.exchange.test_connectors import LI, OTHER, ROW, TODAY, WANG, source_of
from tests.waiting import LONG

Make = Callable[..., BehindGateway]
HEAD = b"\r\n\r\n"


@pytest.fixture(scope="module")
def register(agency_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BehindSql]:
    made = BehindSql(agency_server, tmp_path_factory.mktemp("register"))
    yield made
    made.close()


@pytest.fixture
def make(agency_server: str, register: BehindSql, tmp_path: Path) -> Iterator[Make]:
    made: list[BehindGateway] = []
    register._wire.forget()

    def gateway(**terms: Any) -> BehindGateway:
        made.append(BehindGateway(agency_server, tmp_path, inside=register, **terms))
        made[-1].hold([ROW, OTHER])
        return made[-1]

    yield gateway
    for one in made:
        one.close()


@pytest.fixture
def agency(make: Make) -> BehindGateway:
    return make()


def question(agency: BehindGateway, *columns: str, **more: Any) -> Question:
    return Question(agency.place, columns or ("name",), purpose="看望", receipt="receipt-1", key=LI, at=NOW, **more)


def ask(agency: BehindGateway, *columns: str, **more: Any) -> object:
    return agency.connector.ask(question(agency, *columns, **more), seconds=LONG)


def is_silent(connector: GatewayConnector, asked: Question) -> bool:
    try:
        connector.ask(asked, seconds=LONG)
    except UpstreamError:
        return True
    return False


# What leaves the house


def test_the_number_goes_one_way_and_of_the_rows_the_granted_columns_alone(agency: BehindGateway) -> None:
    assert ask(agency, "name", "id_number") == Rows(({"name": "李测试", "id_number": LI},))
    assert agency.log()[0]["fields"] == ["name"]
    assert LI in agency.asked()
    for word in (LI, WANG, CANARY, "王测试", "1949-12-31", "identities"):
        assert word not in agency.answered()


def test_in_the_agencys_database_too_nothing_but_the_granted_columns_is_read(agency: BehindGateway) -> None:
    agency.stop()
    (agency.folder / "database").write_text(agency.recorded)
    agency.start()
    where = read_filter('birth_date < @"1950-01-01"', source_of(agency), TODAY)
    assert ask(agency, "name", where=where) == Rows(({"name": "李测试"},))
    read = agency.inside.answered()
    assert "李测试" in read
    assert not [word for word in (LI, WANG, CANARY, "王测试", "1949-12-31") if word in read]


# The agency's own policy

POLICIES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a column it does not let out": ({}, {"columns": ("name", "remark")}, "field"),
    "a test of such a column": ({"shows": frozenset({"name"})}, {"where": "birth_date"}, "field"),
    "a use it does not know": ({}, {"service": "marketing"}, "use"),
    "a known service for another purpose": ({}, {"service": "elder-visits", "purpose": "统计"}, "use"),
    "an hour at which it is closed": ({"opens": time(18), "closes": time(20)}, {}, "hours"),
}


@pytest.mark.parametrize(("terms", "asks", "word"), POLICIES.values(), ids=POLICIES)
def test_what_its_policy_forbids_is_a_typed_refusal_and_no_value(make: Make, terms: Any, asks: Any, word: str) -> None:
    agency = make(**terms)
    asked = question(agency, *asks.get("columns", ()))
    asked = dataclasses.replace(asked, service=asks.get("service", ""), purpose=asks.get("purpose", "看望"))
    if "where" in asks:
        asked = dataclasses.replace(asked, where=read_filter('birth_date < @"1950-01-01"', source_of(agency), TODAY))
    assert agency.connector.ask(asked, seconds=LONG) == Hindered(Hindrance.AGENCY_POLICY, said=word)
    assert not [value for value in (CANARY, "李测试", "1949-12-31") if value in agency.answered()]
    assert [(entry["outcome"], entry["code"]) for entry in agency.log()] == [("refused", word)]


def test_another_resource_is_refused_by_name(agency: BehindGateway) -> None:
    place = dataclasses.replace(agency.place, at="salaries")
    answer = agency.connector.ask(dataclasses.replace(question(agency), place=place), seconds=LONG)
    assert answer == Hindered(Hindrance.AGENCY_POLICY, said="resource")


def test_a_database_that_lost_a_column_is_said_by_signature_and_makes_nobody_absent(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    agency = make(shows=frozenset({"name", "gone"}))
    asked = question(agency, "name", "gone")
    assert agency.connector.ask(asked, seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED, said="schema")
    assert "agency demo: person no longer has all of id_number, name, gone" in caplog.text
    assert [(entry["outcome"], entry["code"]) for entry in agency.log()] == [("refused", "schema")]


def test_what_it_gives_a_day_is_counted_across_a_restart_and_anew_the_next_day(make: Make) -> None:
    agency = make(daily=2)
    assert isinstance(ask(agency), Rows)
    agency.stop()
    agency.start()
    assert isinstance(ask(agency), Rows)
    assert ask(agency) == Hindered(Hindrance.AGENCY_POLICY, said="daily")
    agency.clock = tomorrow = NOW + timedelta(days=1)
    assert isinstance(agency.connector.ask(dataclasses.replace(question(agency), at=tomorrow), seconds=LONG), Rows)


# Those who speak in the platform's name


def recorded(agency: BehindGateway) -> tuple[dict[str, str], bytes]:
    """The last question as it stood on the wire."""
    head, _, body = bytes(agency._wire.asked).partition(HEAD)
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {SIGNATURE: {name.lower(): value for name, value in lines.items()}[SIGNATURE.lower()]}, body


def send(agency: BehindGateway, headers: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{agency.policy.port}{PATH}", headers=headers, content=body, trust_env=False, timeout=LONG)


def test_a_question_is_answered_once_even_after_a_restart(agency: BehindGateway) -> None:
    assert isinstance(ask(agency), Rows)
    headers, body = recorded(agency)
    assert send(agency, headers, body).status_code == 409
    agency.stop()
    agency.start()
    replayed = send(agency, headers, body)
    assert (replayed.status_code, replayed.content, STATEMENT in replayed.headers) == (409, b"", False)
    assert len(agency.log()) == 1


def test_a_question_that_the_platform_did_not_sign_is_not_even_read(agency: BehindGateway, tmp_path: Path) -> None:
    assert isinstance(ask(agency), Rows)
    headers, body = recorded(agency)
    stranger = make_seed(tmp_path / "stranger.seed")
    nested = b'{"agency": ' + b"[" * 10_000
    for tried in (
        send(agency, {}, body), send(agency, {SIGNATURE: "no base64"}, body), send(agency, headers, body.replace(b'"name"', b'"remark"')),
        send(agency, {SIGNATURE: write_question(json.loads(body), stranger)[1]}, body), send(agency, headers, nested),
    ):  # fmt: skip
        assert (tried.status_code, tried.content) == (403, b"")
    assert len(agency.log()) == 1


@pytest.mark.parametrize("length", ["0" * 9 + "70000", "0" * 9 + "9" * 12, "+5", "\u0665", "5_0"])
def test_a_length_that_is_too_large_or_none_is_refused_before_a_byte_is_read(agency: BehindGateway, length: str) -> None:
    with socket.create_connection(("127.0.0.1", agency.policy.port), timeout=LONG) as line:
        line.sendall(f"POST {PATH} HTTP/1.1\r\nHost: agency\r\nContent-Length: {length}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")


def test_whoever_holds_all_its_places_and_says_nothing_does_not_shut_the_platform_out(agency: BehindGateway) -> None:
    strangers = [socket.create_connection(("127.0.0.1", agency.policy.port), timeout=LONG) for _ in range(MOST_AT_ONCE)]
    try:
        for stranger in strangers:
            stranger.sendall(b"POST /question HTTP/1.1\r\nContent-Le")
        assert ask(agency) == Rows(({"name": "李测试"},))
    finally:
        for stranger in strangers:
            stranger.close()


def test_a_question_that_drips_in_is_let_go_unread(agency: BehindGateway) -> None:
    begun = time_of.monotonic()
    with socket.create_connection(("127.0.0.1", agency.policy.port), timeout=0.2) as line:
        line.sendall(b"POST /question HTTP/1.1\r\n")
        while time_of.monotonic() < begun + 4 * WHOLE:
            try:
                line.sendall(b"a: b\r\n")
                assert line.recv(1) == b""
                break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("it is still being read")
    assert agency.log() == []


@pytest.mark.parametrize("skew", [FRESH + timedelta(seconds=1), -FRESH - timedelta(seconds=1)])
def test_clocks_too_far_apart_are_silence_on_both_sides(agency: BehindGateway, skew: timedelta) -> None:
    agency.clock = NOW + skew
    assert is_silent(agency.connector, question(agency))
    agency.clock = NOW + skew * 0.9
    assert isinstance(ask(agency), Rows)


def test_a_question_to_another_agency_is_not_answered(agency: BehindGateway) -> None:
    other = GatewayConnector("another", agency.address)
    assert is_silent(other, question(agency))
    other.close()


SIGNED_NONSENSE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a field that is no name": lambda asked: {**asked, "fields": ['name"; DROP TABLE kept; --']},
    "a test that is no test": lambda asked: {
        **asked, "where": [{"field": "name", "operator": "OR 1=1", "values": ["x"], "type": "string"}]
    },
    "a value that is not of its type": lambda asked: {
        **asked, "where": [{"field": "birth_date", "operator": "=", "values": ["yesterday"], "type": "date"}]
    },
    "nothing asked": lambda asked: {**asked, "fields": []},
    "a list": lambda asked: [asked],
    "no moment": lambda asked: {**asked, "at": "2026-11-25"},
    "no nonce": lambda asked: {**asked, "nonce": "1"},
}  # fmt: skip


@pytest.mark.parametrize("alter", SIGNED_NONSENSE.values(), ids=SIGNED_NONSENSE)
def test_nonsense_that_is_signed_is_nonsense(agency: BehindGateway, alter: Callable[[dict[str, Any]], Any]) -> None:
    seed = make_seed(agency.folder / "platform.seed")
    asked = agency.connector._written(question(agency), "")
    body, signature = write_question(alter(asked), seed)
    tried = send(agency, {SIGNATURE: signature}, body)
    assert (tried.status_code, tried.content, agency.log()) == (400, b"", [])


# Those who speak in the agency's name


class Liar:
    """Answers questions with whatever `says` makes of them: status 200, headers and a body."""

    def __init__(self, says: Callable[[bytes], tuple[dict[str, str], bytes]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                headers, body = says(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


SEED, FOREIGN = b"\x01" * 32, b"\x02" * 32
SAID = b'{"salt":"00","next":"","records":[{"name":"forged"}]}'


def signed(asked: bytes, *, seed: bytes = SEED, body: bytes = SAID, sent: bytes = SAID, **other: Any) -> tuple[dict[str, str], bytes]:
    given = {"agency": "demo", "question": compute_digest(asked), "body": compute_digest(body), "at": NOW, "outcome": ANSWERED, **other}
    statement, signature = write_statement(Statement(**given), seed)
    return {STATEMENT: statement, SIGNATURE: signature}, sent


def of_body(body: bytes) -> Callable[[bytes], tuple[dict[str, str], bytes]]:
    return lambda asked: signed(asked, body=body, sent=body)


LIES: dict[str, Callable[[bytes], tuple[dict[str, str], bytes]]] = {
    "unsigned": lambda asked: ({}, SAID),
    "a statement without its signature": lambda asked: ({STATEMENT: signed(asked)[0][STATEMENT]}, SAID),
    "signed by somebody else": lambda asked: signed(asked, seed=FOREIGN),
    "a body altered under way": lambda asked: signed(asked, sent=SAID.replace(b"forged", b"worse!")),
    "an answer to another question": lambda asked: signed(asked, question="0" * 64),
    "in another agency's name": lambda asked: signed(asked, agency="population"),
    "an old answer": lambda asked: signed(asked, at=NOW - FRESH - timedelta(seconds=1)),
    "an answer of tomorrow": lambda asked: signed(asked, at=NOW + timedelta(days=1)),
    "an outcome nobody knows": lambda asked: signed(asked, outcome="perhaps"),
    "a refusal in more than a word": lambda asked: signed(asked, outcome="refused", code="no, because of 11010519491231002X"),
    "ten thousand brackets, signed": of_body(b'{"records": ' + b"[" * 10_000),
    "somebody else, signed": of_body(b'{"salt":"0","next":"","records":[{"id_number":"440524188001010014","name":"forged"}]}'),
    "no records, signed": of_body(b'{"salt":"0","next":""}'),
    "rows that are none, signed": of_body(b'{"salt":"0","next":"","records":["name"]}'),
    "too much, signed": of_body(b'{"records": "' + b"x" * 70_000 + b'"}'),
}


def asked_of(says: Callable[[bytes], tuple[dict[str, str], bytes]]) -> object:
    liar = Liar(says)
    connector = GatewayConnector("demo", {"url": liar.url, "seed": "03" * 32, "agency_key": find_public_key(SEED)})
    place = Place("person", "demo", "person", "person", "id_number", Emptiness.EMPTY)
    try:
        return connector.ask(Question(place, ("name",), purpose="看望", receipt="r", key=LI, at=NOW), seconds=LONG)
    finally:
        connector.close()
        liar.close()


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_the_agency_did_not_sign_for_this_question_is_silence(lie: Callable[[bytes], tuple[dict[str, str], bytes]]) -> None:
    with pytest.raises(UpstreamError):
        asked_of(lie)


def test_what_it_signed_is_believed_and_its_surplus_dropped() -> None:
    assert asked_of(signed) == Rows(({"name": "forged"},))
    surplus = b'{"salt":"0","next":"","records":[{"name":"forged","remark":"canary"}]}'
    assert asked_of(of_body(surplus)) == Rows(({"name": "forged"},))
    assert asked_of(of_body(b'{"salt":"0","next":"","records":[{"sex":"x"}]}')) == Hindered(Hindrance.SCHEMA_CHANGED)
    assert asked_of(lambda asked: signed(asked, outcome="refused", code="hours")) == Hindered(Hindrance.AGENCY_POLICY, said="hours")


def test_an_answer_that_was_good_once_is_not_good_again(agency: BehindGateway) -> None:
    assert isinstance(ask(agency), Rows)
    head, _, body = bytes(agency._wire.answered).partition(HEAD)
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    headers = {name: value for name, value in lines if name in {STATEMENT, SIGNATURE}}
    liar = Liar(lambda asked: (headers, body))
    connector = GatewayConnector("demo", {**agency.address, "url": liar.url})
    assert is_silent(connector, question(agency))
    connector.close()
    liar.close()


def test_a_statement_is_a_proof_without_a_value_in_it(agency: BehindGateway) -> None:
    assert isinstance(ask(agency), Rows)
    _, asked = recorded(agency)
    head, _, body = bytes(agency._wire.answered).partition(HEAD)
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    said = read_statement(headers[STATEMENT], headers[SIGNATURE], bytes.fromhex(agency.address["agency_key"]))
    assert said == Statement("demo", compute_digest(asked), compute_digest(body), NOW, ANSWERED)
    assert json.loads(body).keys() == {"salt", "next", "records"}


# Pages, outages and the log


def test_a_list_comes_in_pages_and_counts_once(make: Make) -> None:
    agency = make(daily=1)
    agency.hold([{**ROW, "name": f"李{serial:02d}"} for serial in range(80)])
    answer = ask(agency)
    assert isinstance(answer, Rows)
    assert [row["name"] for row in answer.rows] == [f"李{serial:02d}" for serial in range(80)]
    assert [entry["rows"] for entry in agency.log()] == [50, 30]
    assert ask(agency) == Hindered(Hindrance.AGENCY_POLICY, said="daily")


def test_a_list_that_changes_between_its_pages_is_none(agency: BehindGateway) -> None:
    agency.hold([{**ROW, "name": f"李{serial:02d}"} for serial in range(80)])
    first = agency.connector._ask_page(question(agency), "", time_of.monotonic() + 5)
    start, _, mark = first.next.partition(".")
    with pytest.raises(UpstreamError):
        agency.connector._ask_page(question(agency), f"0.{mark}", time_of.monotonic() + 5)  # the first page again, uncounted
    agency.hold([{**ROW, "name": f"王{serial:02d}"} for serial in range(80)])
    with pytest.raises(UpstreamError):
        agency.connector._ask_page(question(agency), first.next, time_of.monotonic() + 5)
    assert (start, [entry["code"] for entry in agency.log()]) == ("50", ["", "changed", "changed"])


def test_a_database_that_is_away_is_silence_and_back_is_an_answer(agency: BehindGateway) -> None:
    assert isinstance(ask(agency), Rows)
    agency.inside.cut()
    assert isinstance(ask(agency), Rows), "a restart is no outage"
    (agency.folder / "database").write_text("host=127.0.0.1 port=1 dbname=none")
    agency.stop()
    agency.start()
    assert is_silent(agency.connector, question(agency))
    assert [(entry["outcome"], entry["code"]) for entry in agency.log()][-1] == ("silent", "database")


def test_the_log_tells_the_agency_everything_and_nobody_a_number(agency: BehindGateway) -> None:
    ask(agency, "name", grants=("grant-1",))
    agency.connector.ask(dataclasses.replace(question(agency), key=WANG), seconds=LONG)
    first, second = agency.log()
    told = {name: first[name] for name in ("resource", "purpose", "receipt", "grants", "fields", "outcome", "rows")}
    assert told == {
        "resource": "person", "purpose": "看望", "receipt": "receipt-1", "grants": ["grant-1"], "fields": ["name"], "outcome": "answered",
        "rows": 1,
    }  # fmt: skip
    written = agency.policy.log.read_text(encoding="utf-8")
    for word in (LI, WANG, "李测试", "王测试", SECRET):
        assert word not in written
    seed = make_seed(agency.policy.seed)
    assert [entry["person"] == compute_person(seed, LI) for entry in (first, second)] == [True, False]


ALTERED: dict[str, Callable[[list[str]], list[str]]] = {
    "a line is gone": lambda lines: [lines[0], lines[2]],
    "a word is another": lambda lines: [lines[0].replace("answered", "refused!"), *lines[1:]],
    "two lines change places": lambda lines: [lines[1], lines[0], lines[2]],
    "a line is no JSON": lambda lines: [lines[0], "perhaps", lines[2]],
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_a_log_that_was_altered_is_found_out(agency: BehindGateway, alter: Callable[[list[str]], list[str]]) -> None:
    for _ in range(3):
        ask(agency)
    agency.stop()
    whole = agency.policy.log.read_text(encoding="utf-8")
    agency.policy.log.write_text("\n".join(alter(whole.splitlines())) + "\n", encoding="utf-8")
    assert read_book(agency.policy.log)[1] is not None
    with pytest.raises(InputError, match="altered"):
        agency.start()
    agency.policy.log.write_text(whole, encoding="utf-8")
    agency.start()


def test_two_gateways_do_not_share_a_log(agency: BehindGateway) -> None:
    with pytest.raises(InputError, match="another gateway"):
        GatewayServer(dataclasses.replace(agency.policy, port=0), clock=lambda: NOW)
