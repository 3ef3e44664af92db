"""The demo city's authority as a process of its own, with one account in a database of its own. The person is made up."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from demo_city.agencies.modes import Mode, Switch
from miaopi.apps.identity.adapters.http import HttpAuthority
from miaopi.apps.identity.adapters.port import Assertion
from tests.waiting import LONG

ROOT = Path(__file__).parents[3]


class DemoAuthority:
    """Its process, its switch, and our line to it. `anna` is the short name of its one account."""

    def __init__(self, server: str, home: Path, port: int, person: Assertion) -> None:
        self._server, self._database = server, f"authority_{secrets.token_hex(4)}"
        with psycopg.connect(server, autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self._database)))
        with psycopg.connect(server, dbname=self._database, autocommit=True) as inside:
            inside.execute((ROOT / "demo_city/schemas/authority.sql").read_bytes())
            inside.execute(
                "INSERT INTO accounts VALUES (1, %s, %s, %s, %s, 'ABCDEFGH')",
                [person.name, person.id_number, person.document_type, person.mobile],
            )
            inside.execute("INSERT INTO aliases VALUES ('anna', 1)")
        token = secrets.token_hex(8)
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "MIAOPI_HOME": str(home), "CITY_TOKEN": token,
            "CITY_DATABASE": psycopg.conninfo.make_conninfo(server, dbname=self._database),
        }
        command = [sys.executable, "-m", "demo_city.agencies", "authority", "--port", str(port)]
        self._process = subprocess.Popen(command, env=environment, cwd=ROOT)
        self._switch = Switch(home, "authority")
        self.wire = HttpAuthority(f"http://127.0.0.1:{port}", token=token)
        assert self._switch.has_followed(Mode.UP, within=LONG)

    def turn(self, mode: Mode) -> None:
        self._switch.turn(mode)
        assert self._switch.has_followed(mode, within=LONG)

    def close(self) -> None:
        self.wire.close()
        self._process.terminate()
        self._process.wait(timeout=LONG)
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._database)))
