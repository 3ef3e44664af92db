"""One agency of the demo city: its database on the server of the tests, its own process, its switch, and where the platform finds it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from demo_city.agencies.modes import Mode, Switch
from demo_city.agencies.shown import BEHIND_GATEWAY, SQL, reader_of, writer_of
from demo_city.databases import schema_of
from demo_city.gateways import address_of_gateway, is_listening, serving, write_policy
from miaopi.instance.platform import choose_port
from tests.waiting import LONG, until

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PASSWORD = "demo-reader-password"

Statements = Sequence[tuple[str, Mapping[str, str]]]


class RunningAgency:
    """`address` is what the platform is told of it, `database` its owner's own way in.

    An agency's database bears its name, so there is one of each on a server.
    """

    def __init__(self, name: str, server: str, home: Path, statements: Statements) -> None:
        self.name, self._server = name, server
        self.switch = Switch(home, name)
        self.database = database = self._make_database(statements)
        self.port, token = choose_port(0), secrets.token_hex(8)
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "MIAOPI_HOME": str(home), "CITY_DATABASE": database,
            "CITY_TOKEN": token, "CITY_WRITER_TOKEN": "unused", "MIAOPI_CLOCK": NOW.isoformat(),
        }
        command = [sys.executable, "-m", "demo_city.agencies", name, "--port", str(self.port)]
        self._processes = [subprocess.Popen(command, env=environment, cwd=ROOT)]
        self.address = self._address(home, token)
        if name in BEHIND_GATEWAY:
            self.policy = write_policy(home, name, port=self.port, database=self._reader_url(password=PASSWORD))
            self._processes.append(subprocess.Popen(serving(self.policy), env=environment, cwd=ROOT))
        assert self.switch.has_followed(Mode.UP, within=LONG)
        until(lambda: name not in BEHIND_GATEWAY or is_listening(self.port))

    def turn(self, mode: Mode) -> None:
        self.switch.turn(mode)
        assert self.switch.has_followed(mode, within=LONG)

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
            process.wait(timeout=LONG)
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

    def _address(self, home: Path, token: str) -> dict[str, object]:
        if self.name == "death":
            return {"kind": "file", "folder": str(home / "agencies" / "death")}
        if self.name in BEHIND_GATEWAY:
            return address_of_gateway(home, self.name, self.port)
        if self.name not in SQL:
            return {"kind": "http", "url": f"http://127.0.0.1:{self.port}", "token": token}
        return {"kind": "sql", "url": self._reader_url(), "password": PASSWORD}

    def _reader_url(self, **more: str) -> str:
        return psycopg.conninfo.make_conninfo(self._server, dbname=self.name, user=reader_of(self.name), **more)
