"""One agency of the demo city: its database on the server of the tests, its own process, its switch, and where the platform finds it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.shown import SQL, reader_of, writer_of
from demo_city.databases import schema_of

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PASSWORD = "demo-reader-password"

Statements = Sequence[tuple[str, Mapping[str, str]]]


class RunningAgency:
    """`address` is what the platform is told of it. An agency's database bears its name, so there is one of each on a server."""

    def __init__(self, name: str, server: str, home: Path, statements: Statements) -> None:
        self.name, self._server = name, server
        self.switch = Switch(home, name)
        database = self._make_database(statements)
        self.port, token = _free_port(), secrets.token_hex(8)
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "MIAOPI_HOME": str(home), "CITY_DATABASE": database,
            "CITY_TOKEN": token, "CITY_WRITER_TOKEN": "unused", "MIAOPI_CLOCK": NOW.isoformat(),
        }
        command = [sys.executable, "-m", "demo_city.agencies", name, "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=environment, cwd=ROOT)
        self.address = self._address(home, token)
        assert self.switch.has_followed(Mode.UP, within=20)

    def turn(self, mode: Mode) -> None:
        self.switch.turn(mode)
        assert self.switch.has_followed(mode, within=10)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _make_database(self, statements: Statements) -> str:
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.name)))
            owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(self.name)))
            for role in (reader_of(self.name), writer_of(self.name)):
                if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(PASSWORD)))
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as inside:
            inside.execute(schema_of(self.name))
            for statement, values in statements:
                inside.execute(statement.encode(), values)
        return psycopg.conninfo.make_conninfo(self._server, dbname=self.name)

    def _address(self, home: Path, token: str) -> dict[str, str]:
        if self.name == "death":
            return {"kind": "file", "folder": str(home / "agencies" / "death")}
        if self.name not in SQL:
            return {"kind": "http", "url": f"http://127.0.0.1:{self.port}", "token": token}
        url = psycopg.conninfo.make_conninfo(self._server, dbname=self.name, user=reader_of(self.name))
        return {"kind": "sql", "url": url, "password": PASSWORD}


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
