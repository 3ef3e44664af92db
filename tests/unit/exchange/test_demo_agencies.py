"""The demo city's agencies as processes of their own, asked by the connectors that the city configures, in each of their modes."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.shown import SQL, reader_of, writer_of
from demo_city.databases import schema_of
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.facts import ROWS as LIST
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.file import FileConnector
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.lines import Line
from miaopi.apps.exchange.adapters.port import Connector, Question
from miaopi.apps.exchange.adapters.sql import SqlConnector
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown

pytestmark = pytest.mark.xdist_group("agencies")  # an agency's database bears its name, so there is one of each on a server

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
SOMEBODY, NOBODY = "11010519491231002X", "440300195602290019"
PASSWORD = "demo-reader-password"
ROWS = {
    "population": [
        "INSERT INTO kept.people VALUES (1, %(n)s, '演示·安娜', NULL, '女', '汉族', '1949-12-31', '正常', NULL, 1, '户主')",
        "INSERT INTO kept.identities VALUES (%(n)s, 1, '演示·安娜', '1949-12-31')",
    ],
    "residence": ["INSERT INTO permits VALUES (%(n)s, '4403000000000001', '2026-01-01', '2027-01-01', '有效')"],
    "criminal": ["INSERT INTO identities VALUES (%(n)s, 1, '1949-12-31', true)"],
    "education": ["INSERT INTO destinations VALUES (%(n)s, '待就业', NULL, NULL, true, '否', '2026-06-30')"],
    "hr": ["INSERT INTO kept.cases VALUES ('RC1', %(n)s, '440304', '在办', NULL, NULL)"],
    "civil-affairs": ["INSERT INTO elders VALUES (%(n)s, false)", "INSERT INTO allowances VALUES (%(n)s, '2024-05', NULL)"],
    "death": ["INSERT INTO numbers VALUES (%(n)s)", "INSERT INTO cremation VALUES (%(n)s, '2026-11-20')"],
    "credit": ["INSERT INTO subjects VALUES (%(n)s)"],
    "real-estate": ["INSERT INTO kept.shares VALUES (%(n)s, '440304001000101', '演示路1号', '住宅', 50, '演示派出所')"],
}
ASKED = {
    "population": ("population_basic", "birth_date", date(1949, 12, 31)),
    "residence": ("residence_permit", "endorsed_to", date(2027, 1, 1)),
    "criminal": ("criminal_record", "condition_met", "true"),
    "education": ("graduate_employment", "in_national_plan", True),
    "hr": ("talent_introduction", "open_case_no", "RC1"),
    "civil-affairs": ("old_age_allowance_ledger", "active_since", "2024-05"),
    "death": ("cremation", "cremated_on", date(2026, 11, 20)),
    "credit": ("dishonest_debtor", "active_count", Decimal(0)),
    "real-estate": ("real_estate", LIST, [{"house_code": "440304001000101", "share": Decimal(50)}]),
}
OF_A_LIST = ("house_code", "share")


class Running:
    """One agency: database, process, switch, and our line to it."""

    def __init__(self, name: str, server: str, home: Path) -> None:
        self.name, self._server = name, server
        self.switch = Switch(home, name)
        self.resource, self.field, self.value = ASKED[name]
        database = self._make_database()
        self._home, token, port = home, secrets.token_hex(8), _free_port()
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "MIAOPI_HOME": str(home), "CITY_DATABASE": database,
            "CITY_TOKEN": token, "CITY_WRITER_TOKEN": "unused", "MIAOPI_CLOCK": NOW.isoformat(),
        }
        command = [sys.executable, "-m", "demo_city.agencies", name, "--port", str(port)]
        self._process = subprocess.Popen(command, env=environment, cwd=ROOT)
        self._connector = self._connect(token, port)
        configured = read_configuration(ROOT / "cities/demo/exchange.yaml")
        self._source = configured.resources[self.resource].sources[0]
        self._line = Line(name, self._connector, configured.agencies[name].limit.total_seconds())
        assert self.switch.has_followed(Mode.UP, within=20)

    def ask(self, number: str, *, seconds: float = 2) -> Fact:
        fields = OF_A_LIST if self._source.has_many else (self.field,)
        columns = tuple(self._source.columns[field].name for field in fields)
        answer = self._line.ask(Question(self._source.place, columns, "purpose", "receipt", number, NOW), seconds=seconds)
        return read_facts(self._source, answer, fields, now=NOW)[self.field]

    def turn(self, mode: Mode) -> None:
        self.switch.turn(mode)
        assert self.switch.has_followed(mode, within=10)

    def close(self) -> None:
        self._connector.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _make_database(self) -> str:
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.name)))
            owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(self.name)))
            for role in (reader_of(self.name), writer_of(self.name)):
                if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(PASSWORD)))
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as inside:
            inside.execute(schema_of(self.name))
            for statement in ROWS[self.name]:
                inside.execute(statement.encode(), {"n": SOMEBODY})
        return psycopg.conninfo.make_conninfo(self._server, dbname=self.name)

    def _connect(self, token: str, port: int) -> Connector:
        if self.name == "death":
            return FileConnector(self.name, {"folder": str(self._home / "agencies" / "death")})
        if self.name not in SQL:
            return HttpConnector(self.name, {"url": f"http://127.0.0.1:{port}", "token": token})
        url = psycopg.conninfo.make_conninfo(self._server, dbname=self.name, user=reader_of(self.name))
        return SqlConnector(self.name, {"url": url, "password": PASSWORD})


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module", params=list(ASKED))
def running(request: pytest.FixtureRequest, agency_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(request.param, agency_server, tmp_path_factory.mktemp("home"))
    yield made
    made.close()


@pytest.fixture
def agency(running: Running) -> Iterator[Running]:
    yield running
    running.turn(Mode.UP)


def test_a_person_of_the_register_is_known(agency: Running) -> None:
    assert agency.ask(SOMEBODY) == Known(agency.value, agency.resource, NOW)


def test_a_person_it_does_not_have_is_absent_by_rule_and_otherwise_unproven(agency: Running) -> None:
    fact = agency.ask(NOBODY)
    if agency.name == "criminal":
        assert fact == Unknown(Doubt.UNPROVEN, agency.resource)
    else:
        assert fact == Absent(agency.resource, NOW)


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.SLOW, Mode.WRONG])
def test_an_agency_in_trouble_is_silent_and_believed_again_afterwards(agency: Running, mode: Mode) -> None:
    agency.ask(SOMEBODY)
    agency.turn(mode)
    assert [agency.ask(SOMEBODY, seconds=0.5) for _ in range(2)] == [Unknown(Doubt.UNAVAILABLE, agency.resource)] * 2
    agency.turn(Mode.UP)
    assert agency.ask(SOMEBODY) == Known(agency.value, agency.resource, NOW)


def test_two_records_that_differ_are_a_conflict(agency: Running) -> None:
    agency.turn(Mode.CONFLICT)
    assert agency.ask(SOMEBODY) == Unknown(Doubt.CONFLICT, agency.resource)
