"""A small city on a server of its own, with its agencies as processes, for all tests of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.shown import BEHIND_GATEWAY
from demo_city.databases import agency_url, city_server, fill, make_databases, reader_url, writer_url
from demo_city.founding import choose_ports, tell_tenants
from demo_city.gateways import gateway, is_listening
from demo_city.kept.tables import all_registers
from demo_city.population.generate import generate
from demo_city.population.people import Person, Population
from demo_city.population.registers import AGENCIES
from demo_city.premises import ALL_AGENCIES, DESKS, Premises
from miaopi.instance.postgres import EmbeddedServer
from tests.waiting import LONG, until

DAY = date(2026, 11, 23)


@dataclass
class City:
    """A running city. `ask` speaks to an HTTP agency as the platform does, `read` looks at the register's views as its reader."""

    population: Population
    premises: Premises
    server: EmbeddedServer
    ports: Mapping[str, int]

    def owner(self, agency: str) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(agency_url(self.server, agency, self.premises.secrets()), autocommit=True, row_factory=dict_row)

    def reader(self, agency: str = "population") -> psycopg.Connection[dict[str, Any]]:
        secret = self.premises.secrets()[f"{agency}.reader"]
        return psycopg.connect(reader_url(self.server, agency), password=secret, autocommit=True, row_factory=dict_row)

    def writer(self, agency: str) -> psycopg.Connection[dict[str, Any]]:
        secret = self.premises.secrets()[f"{agency}.writer"]
        return psycopg.connect(writer_url(self.server, agency), password=secret, autocommit=True, row_factory=dict_row)

    def read(self, view: str, person: Person, columns: str = "*", *, agency: str = "population") -> list[dict[str, Any]]:
        with self.reader(agency) as register:
            return register.execute(f"SELECT {columns} FROM {view} WHERE id_number = %s", [person.id_number]).fetchall()

    def ask(
        self, agency: str, resource: str, person: Person, *fields: str, token: str | None = None, seconds: float = LONG
    ) -> tuple[int, bytes]:
        question = {
            "resource": resource, "key": {"id_number": person.id_number}, "fields": list(fields),
            "purpose": "certificate", "receipt": "r-1",
        }  # fmt: skip
        return self.post(agency, "/query", question, token=token, seconds=seconds)

    def post(self, agency: str, path: str, body: object, *, token: str | None = None, seconds: float = LONG) -> tuple[int, bytes]:
        secret = self.premises.secrets()[f"{agency}.token"] if token is None else token
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[agency]}{path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with closing(urllib.request.urlopen(request, timeout=seconds)) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def turn(self, agency: str, mode: Mode) -> None:
        switch = Switch(self.premises.home, agency)
        switch.turn(mode)
        assert switch.has_followed(mode, within=LONG)


@pytest.fixture(scope="package")
def running_city() -> Iterator[City]:
    with tempfile.TemporaryDirectory(prefix="mc-", ignore_cleanup_errors=True) as folder:
        premises = Premises(Path(folder))
        server = city_server(premises.server_data, durable=False)
        server.start()
        population = generate(people=2000, seed=1, day=DAY)
        make_databases(server)
        fill(server, premises.secrets(), all_registers(population))
        city = City(population, premises, server, choose_ports())
        agencies = [*(_start(city, agency) for agency in AGENCIES), _start_tenants(city)]
        agencies += [_gate(city, agency) for agency in BEHIND_GATEWAY]
        try:
            for agency in ALL_AGENCIES:
                assert Switch(premises.home, agency).has_followed(Mode.UP, within=LONG)
            until(lambda: all(is_listening(city.ports[each]) for each in BEHIND_GATEWAY))
            yield city
        finally:
            for process in agencies:
                process.terminate()
            for process in agencies:
                process.wait(LONG)
            server.stop()


def _start(city: City, agency: str) -> subprocess.Popen[bytes]:
    secrets = city.premises.secrets()
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "MIAOPI_HOME": str(city.premises.home),
        "CITY_DATABASE": agency_url(city.server, agency, secrets), "CITY_TOKEN": secrets[f"{agency}.token"],
        **({"CITY_WRITER_TOKEN": secrets[f"{agency}.writer"]} if agency in DESKS else {}),
    }  # fmt: skip
    port = 0 if agency in BEHIND_GATEWAY else city.ports.get(agency, 0)
    command = [sys.executable, "-m", "demo_city.agencies", agency, "--port", str(port)]
    return subprocess.Popen(command, env=environment, start_new_session=True)


def _start_tenants(city: City) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "MIAOPI_HOME": str(city.premises.home),
        "CITY_TENANTS": json.dumps(tell_tenants(city.premises, city.server, city.ports)),
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "demo_city.agencies", "tenants"], env=environment, start_new_session=True)


def _gate(city: City, agency: str) -> subprocess.Popen[bytes]:
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "MIAOPI_HOME": str(city.premises.home)}
    child = gateway(city.premises, city.server, agency, city.ports[agency], surroundings)
    return subprocess.Popen(child.command, env=child.environment, start_new_session=True)


@pytest.fixture
def city(running_city: City) -> Iterator[City]:
    """The city with every agency up before and after."""
    yield running_city
    for agency in ALL_AGENCIES:
        if Switch(running_city.premises.home, agency).read() is not Mode.UP:
            running_city.turn(agency, Mode.UP)
