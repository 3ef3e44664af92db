"""Every kind of connector says how a question came to nothing: nobody took it, no answer in time, or an answer that is none."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paramiko
import pytest
from django.test import override_settings

from miaopi.apps.exchange.adapters.answers import Failure
from miaopi.apps.exchange.adapters.directory import KINDS, city_directory, load
from miaopi.apps.exchange.adapters.lines import Call, Line, ask_side_by_side
from miaopi.apps.exchange.adapters.port import Emptiness, Place, Question
from miaopi.apps.exchange.api import list_sources
from miaopi.instance.platform import choose_port
from miaopi.kernel.credential import public_key_of
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import NOW, SECRET
from tests.unit.exchange.counterparts_sftp import known
from tests.unit.exchange.counterparts_streams import USER, Broker
from tests.waiting import LONG

SEED = bytes(range(32))
HOST = {"host": "127.0.0.1", "user": "miaopi", "password": SECRET}
ADDRESSES: dict[str, Callable[[int], dict[str, Any]]] = {
    "sql": lambda port: {"url": f"postgresql://miaopi@127.0.0.1:{port}/agency?sslmode=disable", "password": SECRET},
    "mysql": lambda port: {**HOST, "port": port, "database": "agency"},
    "http": lambda port: {"url": f"http://127.0.0.1:{port}", "token": SECRET},
    "soap": lambda port: {"url": f"http://127.0.0.1:{port}", "token": SECRET},
    "file": lambda port: {**HOST, "port": port, "host_key": known(paramiko.ECDSAKey.generate()), "folder": "/out"},
    "gateway": lambda port: {"url": f"http://127.0.0.1:{port}", "seed": SEED.hex(), "agency_key": public_key_of(SEED).hex()},
    "upstream": lambda port: {"url": f"http://127.0.0.1:{port}", "token": SECRET},
}
PLACE = Place(
    "person", "demo", "person", "/person", "id_number", Emptiness.EMPTY, options={"operation": "QueryPerson", "namespace": "urn:agency"}
)
QUESTION = Question(PLACE, ("name",), "test", "receipt", "11010519491231002X", NOW, request="a-name")


CONFIGURED = {
    "sql": "public.person", "mysql": "person", "http": "/person", "file": "person", "gateway": "person", "upstream": "P-100",
    "nats": "agency.person", "soap": "/person, operation: QueryPerson, namespace: 'urn:agency'",
}  # fmt: skip


def fail(kind: str, port: int, seconds: float = LONG) -> Failure:
    connector = load(KINDS[kind])("demo", ADDRESSES[kind](port))
    with pytest.raises(UpstreamError) as caught:
        connector.ask(QUESTION, seconds=seconds)
    connector.close()
    return Failure(caught.value.failure)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_where_nobody_listens_the_question_was_refused(kind: str) -> None:
    assert fail(kind, choose_port(0)) is Failure.REFUSED


@pytest.mark.parametrize("kind", ADDRESSES)
def test_who_takes_a_line_and_says_nothing_is_late(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert fail(kind, mute.getsockname()[1], seconds=0.2) is Failure.TIMEOUT


class Listening:
    """Takes each line, hears what comes first, says `said` and hangs up. `lines` counts those that said something."""

    def __init__(self, said: bytes) -> None:
        self._said, self.lines = said, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                with line, suppress(OSError):
                    self.lines += bool(line.recv(65536))
                    line.sendall(self._said)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def listening() -> Iterator[Callable[[bytes], Listening]]:
    made: list[Listening] = []

    def listen(said: bytes) -> Listening:
        made.append(Listening(said))
        return made[-1]

    yield listen
    for one in made:
        one.close()


@pytest.mark.parametrize("kind", ["http", "soap", "upstream", "gateway"])
@pytest.mark.parametrize("said", [b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", b"nonsense\r\n\r\n"])
def test_an_answer_that_is_none_is_not_asked_for_again(listening: Callable[[bytes], Listening], kind: str, said: bytes) -> None:
    there = listening(said)
    line = Line("demo", load(KINDS[kind])("demo", ADDRESSES[kind](there.port)), 2)
    assert line.ask(QUESTION, seconds=LONG) is None
    assert (there.lines, line.recall().failures) == (1, {"garbage": 1})
    line.connector.close()


@pytest.mark.parametrize(
    ("kind", "lines", "failure"), [("http", 2, "refused"), ("soap", 2, "refused"), ("upstream", 2, "refused"), ("gateway", 1, "garbage")]
)
def test_a_question_that_was_cut_off_is_put_again_where_that_changes_nothing(
    listening: Callable[[bytes], Listening], kind: str, lines: int, failure: str
) -> None:
    """A read, or a request that has a name; not what an agency's gateway counts against its day."""
    there = listening(b"")
    line = Line("demo", load(KINDS[kind])("demo", ADDRESSES[kind](there.port)), 2)
    assert line.ask(QUESTION, seconds=LONG) is None
    assert (there.lines, line.recall().failures) == (lines, {failure: 1})
    line.connector.close()


def test_a_broker_where_the_agency_does_not_listen_refuses_at_once_and_one_that_is_away_is_waited_for() -> None:
    broker = Broker()
    connector = load(KINDS["nats"])("demo", {"url": broker.url, "user": USER, "password": SECRET})
    place = dataclasses.replace(PLACE, at="agency.nobody")
    with pytest.raises(UpstreamError) as caught:
        connector.ask(dataclasses.replace(QUESTION, place=place), seconds=LONG)
    assert caught.value.failure is Failure.REFUSED
    broker.kill()
    with pytest.raises(UpstreamError) as caught:
        connector.ask(dataclasses.replace(QUESTION, place=place), seconds=0.2)
    assert caught.value.failure is Failure.TIMEOUT, "it comes back within a question's time"
    connector.close()


@pytest.mark.usefixtures("database")
def test_the_sources_of_a_city_tell_their_failures_by_kind_whatever_kind_they_are(tmp_path: Path) -> None:
    port = choose_port(0)
    quota = {"upstream": ", daily_quota: 9"}
    agencies = "".join(f"  {kind}: {{kind: {kind}, seconds: 5{quota.get(kind, '')}}}\n" for kind in CONFIGURED)
    sources = "".join(
        f"  of_{kind}: {{sources: [{{agency: {kind}, key: id_number, absent: empty, fields: {{name: name}}, at: {at}}}]}}\n"
        for kind, at in CONFIGURED.items()
    )
    (tmp_path / "exchange.yaml").write_text(f"agencies:\n{agencies}resources:\n{sources}", encoding="utf-8")
    message = {"nats": {"url": f"nats://127.0.0.1:{port}", "user": USER, "password": SECRET}}
    known = {kind: {"kind": kind, **(message.get(kind) or ADDRESSES[kind](port))} for kind in CONFIGURED}
    (tmp_path / "agencies.json").write_text(json.dumps(known), encoding="utf-8")
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(tmp_path / "agencies.json")):
        book = city_directory()
        resources = book.configuration.resources.values()
        calls = [Call(book.line(source.place.agency), dataclasses.replace(QUESTION, place=source.place)) for (source,) in
                 (resource.sources for resource in resources)]  # fmt: skip
        assert ask_side_by_side(calls, seconds=5) == [None] * len(CONFIGURED)
        found = {source.agency: (source.state, source.failures) for source in list_sources(now=NOW)}
    expected = {kind: ("silent", {"refused": 1}) for kind in CONFIGURED}
    assert found == {**expected, "nats": ("silent", {"timeout": 1})}
