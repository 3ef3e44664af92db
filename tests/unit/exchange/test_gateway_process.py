"""The manual of the gateway, followed to the letter with processes of its own: keys, the file, serve, log – and killed in between."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from miaopi.apps.exchange.adapters.port import Emptiness, Hindered, Hindrance, Place, Question, Rows
from miaopi.apps.exchange.adapters.relays.gateway import GatewayConnector
from miaopi.config.environment import ROOT
from miaopi.gateway.keys import find_public_key, make_seed
from miaopi.instance.platform import choose_port
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import NOW, SECRET, BehindSql
from tests.unit.exchange.test_connectors import LI, OTHER, ROW
from tests.waiting import FOREVER, LONG, until

PAGE = (ROOT / "docs/how-to/run-a-gateway.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(# gateway\.yaml\n.*?)```", PAGE, re.S)[0]
PLACE = Place("ownership", "real-estate", "ownership", "ownership", "id_number", Emptiness.EMPTY)
ASKED = Question(PLACE, ("name",), "上门看望高龄老人", "receipt-1", LI, NOW, service="elder-visits")


class Beside:
    """The agency's machine: a folder, and the program in it."""

    def __init__(self, folder: Path, database: BehindSql, server: str) -> None:
        self.folder, self.port, self.database = folder, choose_port(0), database
        self._environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "src"), "MIAOPI_HOME": str(folder / "none"), "MIAOPI_CLOCK": NOW.isoformat(),
        }  # fmt: skip
        self.platform = find_public_key(make_seed(folder / "platform.seed"))
        self.agency_key = find_public_key(make_seed(folder / "gateway.seed"))
        address = psycopg.conninfo.make_conninfo(server, dbname=database.name, user=database.name, password=SECRET)
        (folder / "database.url").write_text(address)
        text = EXAMPLE.replace("THE-PUBLIC-KEY-OF-THE-PLATFORM", self.platform).replace("8790", str(self.port))
        text = text.replace("shared.ownership", "public.person").replace("[share]", "[name]").replace("registered_on", "birth_date")
        (folder / "gateway.yaml").write_text(text, encoding="utf-8")

    @property
    def address(self) -> dict[str, str]:
        seed = (self.folder / "platform.seed").read_text(encoding="ascii")
        return {"url": f"http://127.0.0.1:{self.port}", "seed": seed, "agency_key": self.agency_key}

    def run(self, *words: str, typed: str = "") -> Any:
        command, how = self._command(*words, "--json"), {"env": self._environment, "cwd": self.folder}
        return json.loads(subprocess.run(command, **how, input=typed, capture_output=True, text=True, check=True).stdout)

    def serve(self) -> None:
        command = self._command("serve", "--config", "gateway.yaml")
        self.process = subprocess.Popen(command, env=self._environment, cwd=self.folder, stderr=subprocess.PIPE)
        assert self.process.stderr is not None
        assert b"real-estate" in self.process.stderr.readline()

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "miaopi", "gateway", *words]


@pytest.fixture
def beside(agency_server: str, tmp_path: Path) -> Iterator[Beside]:
    register = BehindSql(agency_server, tmp_path)
    register.hold([ROW, OTHER])
    made = Beside(tmp_path, register, agency_server)
    yield made
    made.process.kill()
    made.process.communicate(timeout=LONG)
    register.close()


def test_the_manual_leads_to_an_answer_and_a_killed_gateway_back_to_one(beside: Beside) -> None:
    beside.serve()
    connector = GatewayConnector("real-estate", beside.address)
    assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "李测试"},))
    beside.process.kill()
    beside.process.communicate(timeout=LONG)
    with pytest.raises(UpstreamError):
        connector.ask(ASKED, seconds=1)
    beside.serve()
    answers: list[object] = []

    def is_answered() -> bool:
        with suppress(UpstreamError):
            answers.append(connector.ask(ASKED, seconds=LONG))
        return bool(answers)

    until(is_answered)
    assert answers[-1] == Rows(({"name": "李测试"},))
    refused = Question(PLACE, ("name",), "别的用途", "receipt-2", LI, NOW, service="elder-visits")
    assert connector.ask(refused, seconds=LONG) == Hindered(Hindrance.AGENCY_POLICY, said="use")
    connector.close()
    told = beside.run("log", "--config", "gateway.yaml", "--day", "2026-11-25", "--person", typed=f"{LI}\n")
    assert (told["whole"], [entry["outcome"] for entry in told["entries"]]) == (True, ["answered", "answered", "refused"])
    assert LI not in json.dumps(told)
    beside.process.terminate()
    assert beside.process.wait(timeout=LONG) == 0


def test_a_gateway_that_is_killed_while_it_answers_has_answered_nothing_and_goes_on_from_its_log(beside: Beside) -> None:
    beside.serve()
    connector = GatewayConnector("real-estate", beside.address)
    assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "李测试"},))
    beside.database.make_slow()
    with ThreadPoolExecutor(1) as citizen:
        asked = citizen.submit(connector.ask, ASKED, seconds=FOREVER)
        until(beside.database.running)
        beside.process.kill()
        beside.process.communicate(timeout=LONG)
        with pytest.raises(UpstreamError):
            asked.result(timeout=LONG)  # a line that was cut is no reason to wait on
    beside.database.cut()
    beside.database.hold([ROW, OTHER])
    beside.database.rebuild("CREATE OR REPLACE VIEW person AS SELECT * FROM kept")
    with (beside.folder / "gateway.log").open("ab") as log:
        log.write(b'{"after":"","at":"2026-11-25T08:00')  # as far as it came with a line
    beside.serve()
    assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "李测试"},))
    connector.close()
    told = beside.run("log", "--config", "gateway.yaml")
    assert (told["whole"], [entry["outcome"] for entry in told["entries"]]) == (True, ["answered", "answered"])


def test_a_gateway_whose_disk_is_full_answers_nothing_and_keeps_its_log_whole(beside: Beside) -> None:
    beside.serve()
    connector = GatewayConnector("real-estate", beside.address)
    assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "李测试"},))
    size = (beside.folder / "gateway.log").stat().st_size
    resource.prlimit(beside.process.pid, resource.RLIMIT_FSIZE, (size + 40, resource.RLIM_INFINITY))
    for _ in range(2):
        with pytest.raises(UpstreamError):
            connector.ask(ASKED, seconds=LONG)
    resource.prlimit(beside.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert connector.ask(ASKED, seconds=LONG) == Rows(({"name": "李测试"},))
    connector.close()
    told = beside.run("log", "--config", "gateway.yaml")
    assert (told["whole"], [entry["outcome"] for entry in told["entries"]]) == (True, ["answered", "answered"])
