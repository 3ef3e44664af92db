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
SMALL = 256 * 1024  # bytes of a table that are quicker deleted than cut off; rows that were deleted count until they are cut off
SESSIONS = 300  # a thread that has ended keeps its own until the collector comes by


class Emptying:
    """A session that removes what tests leave in one database."""

    def __init__(self, url: str) -> None:
        self._session = psycopg.connect(url, autocommit=True, options="-c session_replication_role=replica")

    def empty(self) -> None:
        names = [row[0] for row in self._session.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'", prepare=True
        )]
        if not names:
            return
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name)) for name in names
        )
        if filled := [row[0] for row in self._session.execute(asked, prepare=True)]:
            self._remove(filled)

    def _remove(self, filled: list[str]) -> None:
        tables = {name: sql.Identifier(name) for name in filled}
        with self._session.transaction():
            # What a test left running ends first: a row that it commits afterwards would be found by the next test.
            self._session.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(sql.SQL(", ").join(tables.values())))
            large = {row[0] for row in self._session.execute(
                "SELECT name FROM unnest(%s::text[]) AS name WHERE pg_relation_size(quote_ident(name)::regclass) > %s", [filled, SMALL]
            )}
            for name in tables.keys() - large:
                self._session.execute(sql.SQL("DELETE FROM {}").format(tables[name]))
            if large:
                self._session.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables[name] for name in sorted(large))))
            self._session.execute("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")


class Server:
    """The server of this run, as every worker sees it: known by the folder that the first process made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.embedded = EmbeddedServer(folder / "postgres", "tests", durable=False, sessions=SESSIONS)
        self._emptying: dict[str, Emptying] = {}

    def url(self, database: str, role: str = APPLICATION) -> str:
        return self.embedded.url(role, database)

    def clone(self, name: str) -> None:
        """A fresh copy of the migrated template; replaces a database of that name."""
        self._make_template()
        self._emptying.pop(name, None)
        with psycopg.connect(self.embedded.superuser_url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(OWNER)
                )
            )

    def drop(self, name: str) -> None:
        self._emptying.pop(name, None)
        with psycopg.connect(self.embedded.superuser_url(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self, name: str) -> None:
        """Remove every row that a test wrote, as nobody in the house may: neither triggers nor keys are asked.

        Done after each of thousands of tests, and most fill few tables or none: one session is kept for all of them, and small
        tables are emptied row by row, at a tenth of what it costs to make the files of a table and its indexes anew.
        """
        try:
            self._emptying_of(name).empty()
        except psycopg.OperationalError:  # a test may end every session of its database
            del self._emptying[name]
            self._emptying_of(name).empty()

    def _emptying_of(self, name: str) -> Emptying:
        if name not in self._emptying:
            self._emptying[name] = Emptying(self.embedded.superuser_url(name))
        return self._emptying[name]

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
