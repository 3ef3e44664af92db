"""Databases for tests: one server a run, one template migrated once, one clone a worker or a test."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from miaopi.instance.postgres import APPLICATION, OWNER, EmbeddedServer

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "template_of_tests"


class Server:
    """The server of this run, as every worker sees it: known by the folder that the first process made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.embedded = EmbeddedServer(folder / "postgres", "tests", durable=False)

    def url(self, database: str, role: str = APPLICATION) -> str:
        return self.embedded.url(role, database)

    def clone(self, name: str) -> None:
        """A fresh copy of the migrated template; replaces a database of that name."""
        self._make_template()
        with psycopg.connect(self.embedded.superuser_url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(OWNER)
                )
            )

    def drop(self, name: str) -> None:
        with psycopg.connect(self.embedded.superuser_url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self, name: str) -> None:
        """Remove every row that a test wrote, as the owner: the application may not."""
        with psycopg.connect(self.url(name, OWNER), autocommit=True) as owner:
            tables = [row[0] for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
            )]
            if not tables:
                return
            asked = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(table), sql.Identifier(table))
                for table in tables
            )
            if filled := [sql.Identifier(row[0]) for row in owner.execute(asked)]:
                owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(filled)))

    def _make_template(self) -> None:
        with open(self.folder / "template.lock", "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = self.folder / "template.done"
            if done.exists():
                return
            self.embedded.make_roles(TEMPLATE)
            environment = {
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "MIAOPI_DATABASE_URL": self.url(TEMPLATE, OWNER),
            }
            command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
            subprocess.run(command, env=environment, cwd=ROOT, check=True)
            done.touch()


@contextmanager
def running_server() -> Iterator[Server]:
    """A server in a folder of its own under the temporary folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mp-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        server.embedded.start()
        try:
            yield server
        finally:
            server.embedded.stop()
