"""A founding that was interrupted begins again, wherever it had got to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from demo_city.agencies.shown import database_of, kept_schema
from demo_city.databases import MADE, agency_url, city_server, fill, make_databases
from demo_city.kept.tables import all_registers
from demo_city.population.generate import generate
from demo_city.population.tables import Table
from demo_city.premises import Premises
from miaopi.instance.postgres import EmbeddedServer
from tests.unit.demo_city.conftest import DAY


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return Premises(tmp_path)


@pytest.fixture
def server(premises: Premises) -> Iterator[EmbeddedServer]:
    made = city_server(premises.server_data, durable=False)
    made.start()
    yield made
    made.stop()


def count(server: EmbeddedServer, table: Table) -> int:
    with psycopg.connect(server.superuser_url(database_of(table.agency))) as session:
        place = sql.Identifier(kept_schema(table.agency), table.name)
        row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(place)).fetchone()
    return int(row[0]) if row else -1


def test_what_an_interrupted_founding_left_is_in_no_city(server: EmbeddedServer, premises: Premises) -> None:
    early, tables = (all_registers(generate(people=200, seed=seed, day=DAY)) for seed in (2, 1))
    make_databases(server)
    fill(server, premises.secrets(), early)
    fill(server, premises.secrets(), tables)
    assert [count(server, table) for table in tables] == [len(table.rows) for table in tables]
    (server.data / MADE).unlink()  # as it is when databases were being made
    make_databases(server)
    assert not any(count(server, table) for table in tables)
    fill(server, premises.secrets(), tables)
    with psycopg.connect(agency_url(server, "population", premises.secrets())) as owner:
        assert owner.execute("SELECT count(*) FROM kept.people").fetchone() == (200,)
