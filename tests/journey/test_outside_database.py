"""A database of the city's own, by address: the same journey, and no embedded server for the platform."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psycopg

from miaopi.instance.postgres import OWNER
from tests.databases import Server
from tests.journey.cities import PEOPLE, ROOT, environment


def test_an_application_is_decided_on_a_server_of_the_city(server: Server, tmp_path: Path) -> None:
    name = "of_the_city"
    server.embedded.make_roles(name)
    given = environment(
        tmp_path / "home", MIAOPI_DATABASE_URL=server.url(name), MIAOPI_OWNER_URL=server.url(name, OWNER)
    )
    command = [str(ROOT / "miaopi"), "demo", "--once", "--port", "0", "--people", str(PEOPLE), "--json"]
    try:
        ran = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr[-2000:]
        decided = json.loads(ran.stdout)["application"]
        assert decided["outcome"] == "approve"
        with psycopg.connect(server.url(name)) as connection:
            found = connection.execute("SELECT count(*) FROM application_application WHERE number = %s", [decided["number"]]).fetchone()
        assert found == (1,)
        assert not (tmp_path / "home" / "platform").exists()
    finally:
        server.drop(name)
