"""A database that lost its tables is migrated again, whatever was written down about the one before it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from miaopi.instance.home import Home
from miaopi.instance.platform import migrate
from miaopi.instance.postgres import OWNER
from tests.databases import Server

NAME = f"to_be_migrated_{os.getpid()}"


@pytest.fixture
def owner_url(server: Server) -> Iterator[str]:
    server.embedded.make_roles(NAME)
    yield server.url(NAME, OWNER)
    server.drop(NAME)


def count_tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return int(row[0]) if row else 0


def lose_tables(server: Server) -> None:
    server.drop(NAME)
    server.embedded.make_roles(NAME)


def test_an_embedded_server_whose_data_were_deleted_is_migrated_again(server: Server, owner_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path).ready()
    home.platform.mkdir()
    migrate(home, owner_url, data=home.platform)
    written = home.logs / "migrate.log"
    size = written.stat().st_size
    migrate(home, owner_url, data=home.platform)
    assert written.stat().st_size == size  # the same files did it before: nothing ran
    lose_tables(server)
    shutil.rmtree(home.platform)
    home.platform.mkdir()
    (home.platform / "PG_VERSION").write_text("18\n")
    migrate(home, owner_url, data=home.platform)
    assert count_tables(owner_url) > 10


def test_a_database_elsewhere_is_asked_each_time(server: Server, owner_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path).ready()
    migrate(home, owner_url)
    lose_tables(server)
    migrate(home, owner_url)
    assert count_tables(owner_url) > 10
