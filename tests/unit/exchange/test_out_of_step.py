"""An agency that answers out of step: what it says to one question comes again in front of the answer to the next. “There is none” names
nobody, so the next person must not become absent by it."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.dialects.soap import SoapConnector
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Nothing, Place, Question, Rows
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts_soap import NAMESPACE, BehindSoap
from tests.unit.exchange.counterparts_streams import records_of
from tests.unit.exchange.test_connectors import LI, ROW, WANG, question
from tests.waiting import LONG

Answer = Callable[[bytes], tuple[int, bytes]]
KNOWN = Rows(({"name": "李测试"},))


class OutOfStep:
    """Keeps connections open; to the second question on one and to all that follow it says first what it said to the one before.
    `lines`: how many connections were made."""

    def __init__(self, answer: Answer) -> None:
        self.lines, outer = 0, self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.lines += 1
                before = b""
                while head := self._read_head():
                    status, body = answer(self.rfile.read(int(head["content-length"])))
                    said = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                    self.wfile.write(before + said)
                    before = said

            def _read_head(self) -> dict[str, str]:
                lines = iter(lambda: self.rfile.readline().decode().strip(), "")
                return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def answer_by_http(absent: Emptiness) -> Answer:
    def answer(body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body)
        found = records_of([ROW], asked)
        name = {"question": asked["question"]} if "question" in asked else {}
        return (200 if found or absent is Emptiness.EMPTY else 404), json.dumps({"records": found, **name}, default=str).encode()

    return answer


@contextmanager
def by_http(absent: Emptiness, *, echoes: bool) -> Iterator[tuple[OutOfStep, Any, Place]]:
    served = OutOfStep(answer_by_http(absent))
    connector = HttpConnector("demo", {"url": served.url, "token": "t"})
    yield served, connector, Place("person", "demo", "person", "/query", "id_number", absent, echoes=echoes)
    connector.close()
    served.close()


@contextmanager
def by_soap(absent: Emptiness, *, echoes: bool) -> Iterator[tuple[OutOfStep, Any, Place]]:
    agency = BehindSoap(absent)
    agency.hold([ROW])
    served = OutOfStep(agency.answer)
    connector = SoapConnector("demo", {"url": served.url, "token": "t"})
    options = {"operation": "QueryPerson", "namespace": NAMESPACE}
    yield served, connector, Place("person", "demo", "person", "/PersonService", "id_number", absent, options=options, echoes=echoes)
    connector.close()
    served.close()
    agency.close()


WAYS = pytest.mark.parametrize(
    ("way", "absent"), [(by_http, Emptiness.NOT_FOUND), (by_http, Emptiness.EMPTY), (by_soap, Emptiness.EMPTY)],
    ids=["http not_found", "http empty", "soap empty"],
)  # fmt: skip


def about(place: Place, number: str) -> Question:
    return question(place, key=number, columns=("name",))


@WAYS
def test_who_repeats_the_name_of_a_question_is_not_believed_out_of_step_and_not_asked_there_again(way: Any, absent: Emptiness) -> None:
    with way(absent, echoes=True) as (served, connector, place):
        assert connector.ask(about(place, WANG), seconds=LONG) == Nothing()
        with pytest.raises(UpstreamError):
            connector.ask(about(place, LI), seconds=LONG)
        assert connector.ask(about(place, LI), seconds=LONG) == KNOWN
        assert served.lines == 2


@WAYS
def test_who_does_not_is_asked_once_a_connection(way: Any, absent: Emptiness) -> None:
    with way(absent, echoes=False) as (served, connector, place):
        for _ in range(2):
            assert connector.ask(about(place, WANG), seconds=LONG) == Nothing()
            assert connector.ask(about(place, LI), seconds=LONG) == KNOWN
        assert served.lines == 4


@pytest.mark.parametrize("said", [{}, {"question": None}, {"question": "f" * 32}, {"question": 7}])
def test_a_404_that_does_not_repeat_the_name_is_nobodys(said: dict[str, Any]) -> None:
    served = OutOfStep(lambda body: (404, json.dumps(said).encode()))
    connector = HttpConnector("demo", {"url": served.url, "token": "t"})
    place = Place("person", "demo", "person", "/query", "id_number", Emptiness.NOT_FOUND, echoes=True)
    with pytest.raises(UpstreamError):
        connector.ask(about(place, LI), seconds=LONG)
    connector.close()
    served.close()
