"""Show 3, for those between us and an agency's rows: stop it – the breaker opens, the citizen is told to wait – and it heals by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.test import override_settings

from miaopi.apps.approval.api import list_decisions, retry_waiting
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.lines import OPENS_AFTER
from tests.unit.exchange.counterparts import COLUMNS
from tests.unit.exchange.counterparts_streams import (
    BehindGateway,
    Broker,
    Responder,
    records_of,
    written,
)
from tests.unit.exchange.province import Province
from tests.unit.exchange.wire import Wire
from tests.unit.filing.scene import ANNA, NOW, SERVICE, Scene
from tests.waiting import awaited

ROW = {"id_number": ANNA.id_number, "condition_met": "true", "queried_at": "2026-11-23T09:30:00+08:00"}


class Relay(Protocol):
    """`kind` and `at` as the city configures them, `fields` for a register with other names, and what the platform is told of it."""

    kind: str
    at: str
    fields: str
    address: dict[str, Any]

    def turn(self, now: datetime) -> None: ...
    def stop(self) -> None: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


class Nats:
    kind, at, fields = "nats, seconds: 0.4", "police.criminal.query", ""

    def __init__(self) -> None:
        self._broker = Broker()
        self._responder = Responder(self._broker.url, self.at, lambda asked: written(records_of([ROW], asked), asked))
        self.address = {"kind": "nats", "url": self._broker.url, "user": "exchange", "password": "canary-secret-of-the-line"}
        self.stop, self.start = self._broker.kill, self._broker.start

    def turn(self, now: datetime) -> None:
        """It has no clock."""

    def close(self) -> None:
        self._responder.close()
        self._broker.kill()


class Gateway:
    kind, at = "gateway, seconds: 0.4", "person"
    fields = "{condition_met: {column: name}, queried_at: {column: remark, type: date and time}}"

    def __init__(self, server: str, folder: Path) -> None:
        uses = {SERVICE: None}
        self._agency = BehindGateway(server, folder, agency="criminal", shows=frozenset({"name", "remark"}), uses=uses)
        row = {**dict.fromkeys(COLUMNS), "id_number": ANNA.id_number, "name": "true", "remark": ROW["queried_at"]}
        self._agency.hold([row])
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self._agency.policy.port))
        self.address = {**self._agency.address, "url": "http://{}:{}".format(*self._wire.address)}

    def turn(self, now: datetime) -> None:
        self._agency.clock = now

    def stop(self) -> None:
        self._wire.set_mode("down")
        self._agency.stop()

    def start(self) -> None:
        self._agency.start()
        self._wire.set_mode("up")

    def close(self) -> None:
        self._wire.close()
        self._agency.close()


class Upstream:
    kind, at, fields = "upstream, seconds: 0.4, daily_quota: 100", "P-100", ""

    def __init__(self) -> None:
        self._province = Province([ROW], now=NOW, latency=timedelta(seconds=2))
        self._province.fields = list(ROW)
        self.address = self._province.address
        self.stop, self.start = self._province.stop, self._province.start

    def turn(self, now: datetime) -> None:
        self._province.now = now

    def close(self) -> None:
        self._province.stop()


class RelayedScene(Scene):
    """The city of the tests of cases, with the register of criminal records behind a relay."""

    def __init__(self, folder: Path, relay: Relay) -> None:
        self._relay = relay
        super().__init__(folder)
        text = (folder / "exchange.yaml").read_text(encoding="utf-8")
        text = text.replace("criminal: {kind: fake, seconds: 3}", f"criminal: {{kind: {relay.kind}}}")
        head, _, rest = text.partition("  criminal_record:\n")
        block, _, rest = rest.partition("\n\n")
        block = re.sub(r" at: \S+", f" at: {relay.at}", block, count=1)
        if relay.fields:
            block = re.sub(r"fields:\n(?s:.*)", f"fields: {relay.fields}", block)
        (folder / "exchange.yaml").write_text(f"{head}  criminal_record:\n{block}\n\n{rest}", encoding="utf-8")

    def publish(self) -> None:
        super().publish()
        known = json.loads(self.addresses.read_text(encoding="utf-8"))
        self.addresses.write_text(json.dumps({**known, "criminal": self._relay.address}), encoding="utf-8")


@pytest.fixture(params=["nats", "gateway", "upstream"])
def relay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Relay]:
    folder = tmp_path / "agency"
    folder.mkdir()
    with ExitStack() as kept:
        match request.param:
            case "nats":
                made: Relay = Nats()
            case "gateway":
                made = Gateway(request.getfixturevalue("agency_server"), folder)
            case _:
                made = Upstream()
        kept.callback(made.close)
        yield made


@pytest.fixture
def scene(relay: Relay, tmp_path: Path) -> Iterator[RelayedScene]:
    built = RelayedScene(tmp_path, relay)
    with override_settings(**built.settings):
        built.open()
        yield built


def test_stopped_it_makes_citizens_wait_and_started_again_it_decides_their_cases(relay: Relay, scene: RelayedScene) -> None:
    relay.turn(NOW)
    relay.stop()
    case = scene.draft()
    scene.confirm(case)
    result = scene.result(case)
    assert (result.state, result.outcome) == ("waiting", "wait")
    assert [each.source for each in result.waiting_for] == ["criminal_record"]
    line, now = city_directory().line("criminal"), NOW
    for _ in range(OPENS_AFTER + 1):
        now += timedelta(minutes=1)
        relay.turn(now)
        assert retry_waiting(now=now) == 0
    assert line is not None and line.is_resting()
    relay.start()

    def decided() -> int:
        nonlocal now
        now += timedelta(seconds=5)
        relay.turn(now)
        return retry_waiting(now=now)

    assert awaited(decided, every=0.2) == 1
    assert [row.outcome for row in list_decisions(number=case.number, reader=scene.anna)] == ["wait", "approve"]
