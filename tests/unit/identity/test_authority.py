"""The port of the identity authority: one contract for the fake and for the wire. All persons here are made up."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demo_city.agencies.modes import Mode
from miaopi.apps.identity.adapters.fake import FakeAuthority
from miaopi.apps.identity.adapters.http import HttpAuthority
from miaopi.apps.identity.adapters.port import Assertion, Authority, StaffAssertion
from miaopi.instance.platform import choose_port
from miaopi.kernel.errors import UpstreamError
from tests.unit.identity.demo_authority import DemoAuthority
from tests.waiting import FOREVER, not_held_up

ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)
WIRE = {
    "name": "演示·安娜", "id_number": "11010519491231002X", "document_type": "resident_id", "mobile": "13800000000",
    "assurance_level": 3, "method": "demo",
}

STAFF = {"staff_id": "officer1", "name": "周演示", "method": "demo"}


class Counterpart:
    """A real HTTP server that answers `POST /verify` as the authority of a city does, or badly."""

    def __init__(self) -> None:
        self.mode: str | bytes = "up"
        self.requests: list[tuple[str, str | None, object]] = []
        counterpart = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                counterpart.requests.append((self.path, self.headers.get("Authorization"), asked))
                status, body = counterpart.answer(asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                """A test prints no requests."""

        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes]:
        if isinstance(self.mode, bytes):
            return 200, self.mode
        if self.mode == "down":
            return 503, b"11010519491231002X is not served"
        if self.mode == "slow":
            self.over.wait(FOREVER)
        if self.mode == "no entry":
            return 401, b"{}"
        return (200, json.dumps(WIRE).encode()) if asked == {"code": "anna"} else (404, b"{}")

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def counterpart() -> Iterator[Counterpart]:
    server = Counterpart()
    yield server
    server.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoAuthority]:
    port = choose_port(0)
    started = DemoAuthority(os.environ["MIAOPI_TEST_SERVER"], tmp_path_factory.mktemp("home"), port, ANNA)
    yield started
    started.close()


@pytest.fixture(params=["fake", "http", "demo"])
def authority(request: pytest.FixtureRequest) -> Iterator[tuple[Authority, Callable[[], None]]]:
    """An authority that knows `anna`, and what makes it fall silent."""
    match request.param:
        case "fake":
            fake = FakeAuthority({"anna": ANNA})
            yield fake, lambda: setattr(fake, "is_down", True)
        case "http":
            counterpart = request.getfixturevalue("counterpart")
            wire = HttpAuthority(counterpart.url)
            yield wire, lambda: setattr(counterpart, "mode", "down")
            wire.close()
        case _:
            demo = request.getfixturevalue("demo")
            yield demo.wire, lambda: demo.turn(Mode.DOWN)
            demo.turn(Mode.UP)


def test_an_authority_says_who_showed_the_code(authority: tuple[Authority, Callable[[], None]]) -> None:
    assert authority[0].verify("anna") == ANNA


@pytest.mark.parametrize("code", ["nobody", "", "' OR 1=1 --", "安" * 500])
def test_an_authority_knows_no_such_code(authority: tuple[Authority, Callable[[], None]], code: str) -> None:
    assert authority[0].verify(code) is None


def test_an_authority_that_is_down_is_an_upstream_error_in_both_languages(authority: tuple[Authority, Callable[[], None]]) -> None:
    asked, fall_silent = authority
    fall_silent()
    with pytest.raises(UpstreamError) as caught:
        asked.verify("anna")
    assert caught.value.source == "authority"
    assert "稍后再试" in caught.value.text.zh
    assert "try again later" in caught.value.text.en


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.WRONG, Mode.CONFLICT])
def test_the_citys_authority_in_trouble_vouches_for_nobody_and_is_believed_again_afterwards(demo: DemoAuthority, mode: Mode) -> None:
    demo.turn(mode)
    for _ in range(2):
        with pytest.raises(UpstreamError):
            demo.wire.verify("anna")
    demo.turn(Mode.UP)
    assert demo.wire.verify("anna") == ANNA


@pytest.mark.parametrize("code", ["ABCDEFGH", "abcdefgh", "p000001", "P1"])
def test_the_citys_authority_knows_a_sign_in_code_and_a_serial(demo: DemoAuthority, code: str) -> None:
    assert demo.wire.verify(code) == ANNA


def test_an_authority_vouches_for_staff_by_the_id_of_their_account(counterpart: Counterpart) -> None:
    counterpart.mode = json.dumps(STAFF).encode()
    wire = HttpAuthority(counterpart.url)
    assert wire.verify("officer1") == StaffAssertion(**STAFF)
    wire.close()


def test_the_wire_keeps_its_connection_and_says_who_asks(counterpart: Counterpart) -> None:
    wire = HttpAuthority(counterpart.url, token="of-the-platform")
    wire.verify("anna")
    assert counterpart.requests == [("/verify", "Bearer of-the-platform", {"code": "anna"})]
    wire.close()


def test_the_wire_does_not_wait_longer_than_its_limit(counterpart: Counterpart) -> None:
    counterpart.mode = "slow"
    wire = HttpAuthority(counterpart.url, time_limit=0.1)
    with not_held_up(), pytest.raises(UpstreamError):
        wire.verify("anna")
    wire.close()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"<html>", b"{}", json.dumps({**WIRE, "assurance_level": 4}).encode(),
        json.dumps({**WIRE, "assurance_level": "3"}).encode(), json.dumps({**WIRE, "assurance_level": True}).encode(),
        json.dumps({**WIRE, "name": ""}).encode(), json.dumps({**WIRE, "id_number": None}).encode(),
        json.dumps({key: word for key, word in WIRE.items() if key != "method"}).encode(),
        json.dumps({**STAFF, "id_number": "11010519491231002X"}).encode(), json.dumps({**STAFF, "staff_id": ""}).encode(),
        json.dumps({**STAFF, "staff_id": 7}).encode(), json.dumps({**STAFF, "name": None}).encode(),
    ],
)
def test_an_answer_that_cannot_be_read_is_an_upstream_error_and_shows_nothing_of_it(counterpart: Counterpart, body: bytes) -> None:
    counterpart.mode = body
    wire = HttpAuthority(counterpart.url)
    with pytest.raises(UpstreamError) as caught:
        wire.verify("anna")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "11010519491231002X" not in str(caught.value)
    wire.close()


def test_a_wire_that_is_not_let_in_is_not_the_persons_mistake(counterpart: Counterpart) -> None:
    counterpart.mode = "no entry"
    wire = HttpAuthority(counterpart.url)
    with pytest.raises(UpstreamError):
        wire.verify("anna")
    wire.close()


def test_nobody_listening_is_an_upstream_error() -> None:
    wire = HttpAuthority("http://127.0.0.1:9")
    with pytest.raises(UpstreamError):
        wire.verify("anna")
    wire.close()


def test_an_answer_that_fills_the_memory_vouches_for_nobody(counterpart: Counterpart) -> None:
    counterpart.mode = b" " * 200_000 + json.dumps(WIRE).encode()
    wire = HttpAuthority(counterpart.url)
    with pytest.raises(UpstreamError):
        wire.verify("anna")
    wire.close()
