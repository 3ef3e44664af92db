"""One contract for every gateway: fake, spool and the HTTP adapter against a real process."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from miaopi.apps.notification.adapters.fake import FakeGateway
from miaopi.apps.notification.adapters.http import HttpGateway
from miaopi.apps.notification.adapters.port import Arrival, Gateway
from miaopi.apps.notification.adapters.spool import SpoolGateway
from miaopi.kernel.errors import UpstreamError

OUTSIDE = Path(__file__).resolve().parents[2] / "outside" / "gateway.py"


@dataclass
class Line:
    """A gateway with a way to ask the other end which keys it carried."""

    gateway: Gateway
    carried: Callable[[], list[str]]


@pytest.fixture
def outside_gateway(tmp_path: Path) -> Iterator[str]:
    with subprocess.Popen([sys.executable, str(OUTSIDE), str(tmp_path / "book")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        process.kill()


@pytest.fixture(params=["fake", "spool", "http"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Line:
    if request.param == "fake":
        fake = FakeGateway()
        return Line(fake, lambda: sorted(fake.carried))
    if request.param == "spool":
        path = tmp_path / "spool" / "sms.jsonl"
        return Line(SpoolGateway(str(path)), lambda: sorted(json.loads(row)["key"] for row in path.read_text().splitlines()))
    url = request.getfixturevalue("outside_gateway")
    return Line(HttpGateway(url), lambda: json.load(urllib.request.urlopen(url))["keys"])


def test_a_message_key_is_carried_once(line: Line) -> None:
    first = line.gateway.send(to="19900000001", text="办好了", key="k1")
    again = line.gateway.send(to="19900000001", text="办好了", key="k1")
    other = line.gateway.send(to="19900000001", text="办好了", key="k2")
    assert first.reference == again.reference != other.reference
    assert line.carried() == ["k1", "k2"]


def test_what_was_carried_has_arrived_and_an_unknown_key_has_not(line: Line) -> None:
    line.gateway.send(to="19900000001", text="办好了", key="n1-approve")
    assert line.gateway.ask(key="n1-approve") is Arrival.DELIVERED
    assert line.gateway.ask(key="n1/../approve") is Arrival.WAITING
    assert line.carried() == ["n1-approve"]


def test_a_gateway_may_take_a_message_and_never_deliver_it(outside_gateway: str) -> None:
    gateway = HttpGateway(outside_gateway)
    turn(outside_gateway, "off")
    gateway.send(to="19900000001", text="办好了", key="k1")
    assert gateway.ask(key="k1") is Arrival.WAITING
    turn(outside_gateway, "gone")
    assert gateway.ask(key="k1") is Arrival.FAILED
    turn(outside_gateway, "on")
    assert gateway.ask(key="k1") is Arrival.FAILED
    gateway.send(to="19900000001", text="又一条", key="k2")
    assert gateway.ask(key="k2") is Arrival.DELIVERED


def turn(url: str, state: str) -> None:
    urllib.request.urlopen(f"{url}telephones", data=json.dumps({"state": state}).encode()).close()


def test_a_second_spool_on_the_same_file_knows_what_the_first_wrote(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    SpoolGateway(str(path)).send(to="19900000001", text="一", key="k1")
    SpoolGateway(str(path)).send(to="19900000001", text="一", key="k1")
    assert len(path.read_text().splitlines()) == 1
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_torn_by_a_crash_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    gateway = SpoolGateway(str(path))
    gateway.send(to="19900000001", text="一", key="k1")
    with path.open("ab") as spool:
        spool.write(b'{"key": "k2", "to')
    gateway.send(to="19900000001", text="二", key="k2")
    assert [json.loads(row)["key"] for row in path.read_text().splitlines()] == ["k1", "k2"]


def test_a_gateway_that_is_gone_is_an_upstream_error() -> None:
    with pytest.raises(UpstreamError):
        HttpGateway("http://127.0.0.1:9/").send(to="19900000001", text="一", key="k1")
    with pytest.raises(UpstreamError):
        HttpGateway("http://127.0.0.1:9/").ask(key="k1")
