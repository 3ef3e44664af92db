"""An agency's MariaDB: a server from Debian's package, one database, one user with a password who may read one view."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pymysql

from miaopi.apps.exchange.adapters.dialects.mysql import MysqlConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Place
from miaopi.instance.platform import choose_port
from tests.prove.servers.packages import environment, unpacked
from tests.unit.exchange.certificates import write_certificate
from tests.unit.exchange.counterparts import COLUMNS, SECRET, TABLE
from tests.unit.exchange.wire import Wire

PACKAGES = ("mariadb-server-core", "libaio1", "liburing2")
NOBODY = "nobody"
OWNER, READER, DATABASE = "owner", "miaopi", "agency"


class MariaDb:
    """The server. `stop` kills it, `start` brings it back with what it held on the same port."""

    def __init__(self, folder: Path) -> None:
        self._root = unpacked(PACKAGES, folder / "packages")
        self._data, self.port = folder / "data", choose_port(0)
        self._data.mkdir()
        if os.getuid() == 0:
            shutil.chown(self._data, NOBODY, pwd.getpwnam(NOBODY).pw_gid)
            for each in (folder, *folder.parents):
                if each.owner() == "root" and str(each).startswith("/tmp/"):  # noqa: S108 - folders of this proof alone
                    each.chmod(0o755)
        self.certificate, self._secret = write_certificate(folder)
        self._secret.chmod(0o644)
        self._process: subprocess.Popen[bytes] | None = None
        self._first = folder / "first.sql"
        self._first.write_text(
            f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4;\n"
            f"CREATE USER '{OWNER}'@'127.0.0.1' IDENTIFIED BY '{SECRET}';\nGRANT ALL ON *.* TO '{OWNER}'@'127.0.0.1' WITH GRANT OPTION;\n"
            f"CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{SECRET}';\n"
        )
        share = self._root / "usr/share/mysql"
        scripts = [(share / f"{name}.sql").read_bytes() for name in ("mysql_system_tables", "mysql_system_tables_data")]
        self._run("--bootstrap", given=b"CREATE DATABASE mysql;\nUSE mysql;\n" + b"\n".join(scripts))
        self.start(f"--init-file={self._first}")

    def start(self, *more: str) -> None:
        self._process = subprocess.Popen(
            self._command("--skip-name-resolve", "--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={self._data}/s",
                          f"--ssl-cert={self.certificate}", f"--ssl-key={self._secret}", *more),
            env=environment(self._root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(pymysql.Error):
                self.execute("SELECT 1")
                return
            time.sleep(0.05)
        raise AssertionError("MariaDB did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)

    def execute(self, statement: str, *values: Sequence[Any], database: str | None = None) -> tuple[Any, ...]:
        with pymysql.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=SECRET, database=database, autocommit=True, charset="utf8mb4"
        ) as connection, connection.cursor() as cursor:
            if values:
                cursor.executemany(statement, values)
            else:
                cursor.execute(statement)
            return tuple(cursor.fetchall())

    def _run(self, *arguments: str, given: bytes) -> None:
        done = subprocess.run(self._command(*arguments), env=environment(self._root), input=given, capture_output=True)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-500:]

    def _command(self, *arguments: str) -> list[str]:
        return [
            str(self._root / "usr/sbin/mariadbd"), "--no-defaults", *(["--user", NOBODY] if os.getuid() == 0 else []),
            f"--datadir={self._data}", f"--basedir={self._root / 'usr'}", f"--lc-messages-dir={self._root / 'usr/share/mysql'}",
            f"--plugin-dir={self._root / 'usr/lib/mysql/plugin'}", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M", *arguments,
        ]  # fmt: skip


class BehindMaria:
    """A view for the reader, behind a recording wire."""

    def __init__(self, server: MariaDb, absent: Emptiness = Emptiness.EMPTY) -> None:
        self.server = server
        for statement in (
            "DROP VIEW IF EXISTS person", "DROP TABLE IF EXISTS kept",
            "CREATE TABLE kept (" + TABLE.format(text="varchar(200)", moment="datetime") + ") CHARACTER SET utf8mb4",
            "CREATE VIEW person AS SELECT * FROM kept", f"GRANT SELECT ON person TO '{READER}'@'127.0.0.1'",
        ):  # fmt: skip
            server.execute(statement, database=DATABASE)
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", server.port))
        host, port = self._wire.address
        self.place = Place("person", "demo", "person", "person", "id_number", absent)
        self.address = {"kind": "mysql", "host": host, "port": port, "user": READER, "password": SECRET, "database": DATABASE}
        self.connector = MysqlConnector("demo", self.address)

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.server.execute("DELETE FROM kept", database=DATABASE)
        if rows:
            marks = ", ".join(["%s"] * len(COLUMNS))
            self.server.execute(f"INSERT INTO kept VALUES ({marks})", *([row[name] for name in COLUMNS] for row in rows), database=DATABASE)

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def asked(self) -> str:
        return self._wire.asked.decode("utf-8", "replace")

    def answered(self) -> str:
        return self._wire.answered.decode("utf-8", "replace")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
