"""The agency of the city that lets nobody in but its own gateway: its policy says no by itself, and its log what was asked and answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from demo_city.agencies.clock import now
from demo_city.agencies.modes import Mode
from demo_city.founding import address_of
from demo_city.gateways import CONFIG, folder_of
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.port import Answer, Hindered, Hindrance, Question, Rows
from miaopi.apps.exchange.adapters.relays.gateway import GatewayConnector
from miaopi.config.environment import ROOT
from miaopi.kernel.errors import UpstreamError
from tests.unit.demo_city.conftest import City
from tests.waiting import LONG

pytestmark = pytest.mark.xdist_group("small city")

AGENCY = "real-estate"
PLACE = read_configuration(ROOT / "cities/demo/exchange.yaml").resources["real_estate"].sources[0].place


class Owner:
    """Somebody who owns a dwelling, and the platform's line to the gateway."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.connector = GatewayConnector(AGENCY, address_of(city.premises, city.server, AGENCY, city.ports))
        with city.owner(AGENCY) as register:
            found = register.execute("SELECT id_number FROM kept.shares GROUP BY id_number HAVING count(*) = 1 LIMIT 1").fetchone()
        assert found is not None
        self.number = str(found["id_number"])

    def ask(self, *columns: str, service: str = "hukou-graduate", receipt: str = "receipt-7", seconds: float = LONG) -> Answer:
        question = Question(PLACE, columns, "purpose", receipt, self.number, now(self.city.premises.home), service=service)
        return self.connector.ask(question, seconds=seconds)

    def log(self) -> list[dict[str, object]]:
        """As the agency reads it."""
        command = [sys.executable, "-m", "miaopi", "gateway", "log", "--config", str(folder_of(self.city.premises.home, AGENCY) / CONFIG)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "MIAOPI_HOME": str(self.city.premises.home)}
        how = {"env": environment, "input": f"{self.number}\n", "capture_output": True, "text": True, "check": True}
        told: Any = subprocess.run([*command, "--person", "--json"], **how)
        shown = json.loads(told.stdout)
        assert shown["whole"] and self.number not in told.stdout
        return list(shown["entries"])


@pytest.fixture
def owner(city: City) -> Iterator[Owner]:
    made = Owner(city)
    yield made
    made.connector.close()


def test_the_agencys_log_shows_what_was_asked_and_answered_by_whose_consent(owner: Owner) -> None:
    answer = owner.ask("share")
    assert isinstance(answer, Rows) and [list(row) for row in answer.rows] == [["share"]]
    assert owner.ask("share", service="no-criminal-record") == Hindered(Hindrance.AGENCY_POLICY, said="use")
    told = [(entry["service"], entry["receipt"], entry["fields"], entry["outcome"], entry["code"], entry["rows"]) for entry in owner.log()]
    assert told[-2:] == [
        ("hukou-graduate", "receipt-7", ["share"], "answered", "", 1), ("no-criminal-record", "receipt-7", ["share"], "refused", "use", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.SLOW])
def test_an_agency_that_is_away_makes_its_gateway_silent_and_back_again(owner: Owner, mode: Mode) -> None:
    owner.city.turn(AGENCY, mode)
    with pytest.raises(UpstreamError):
        owner.ask("share", receipt=f"receipt-{mode}", seconds=2)
    owner.city.turn(AGENCY, Mode.UP)
    assert isinstance(owner.ask("share"), Rows)


def test_nobody_but_the_gateway_knows_a_way_into_the_database(owner: Owner) -> None:
    told = json.dumps(address_of(owner.city.premises, owner.city.server, AGENCY, owner.city.ports))
    assert owner.city.premises.secrets()[f"{AGENCY}.reader"] not in told
    url = (folder_of(owner.city.premises.home, AGENCY) / "database.url").read_text(encoding="ascii")
    with psycopg.connect(url, autocommit=True) as gateway, pytest.raises(psycopg.errors.InsufficientPrivilege):
        gateway.execute("SELECT * FROM kept.shares")
