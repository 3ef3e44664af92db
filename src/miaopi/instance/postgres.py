"""An embedded PostgreSQL 18 as a child of ours: a private socket, never TCP; alive means that it commits a row.

Started directly and waited for, so that a killed server is back within two seconds: through another program it would
stay a zombie that still holds its lock file.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from miaopi.instance.moulds import edition_of, take_cast
from miaopi.instance.programs import (
    Account,
    chosen_account,
    reachable_data,
    reachable_programs,
    reachable_sockets,
)
from miaopi.instance.spawning import end, spawn
from miaopi.kernel.frozen import frozen

SUPERUSER: Final = "postgres"
OWNER: Final = "miaopi_owner"
APPLICATION: Final = "miaopi_app"
DATABASE: Final = "miaopi"

CONFIGURATION: Final = """\
# Written at each start; a change here is lost.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = {sessions}
shared_buffers = 64MB
max_wal_size = 1GB
# A session keeps the plan of a foreign key: made for a table of four pages it read all of it, row by row, once there were thousands.
random_page_cost = 1.1
checkpoint_timeout = 5min
fsync = {durable}
full_page_writes = {durable}
synchronous_commit = on
restart_after_crash = on
timezone = 'UTC'
log_timezone = 'UTC'
password_encryption = scram-sha-256
# A statement or the detail of an error may hold somebody's number.
log_error_verbosity = terse
log_min_error_statement = panic
log_checkpoints = off
"""

LIMITS: Final = {
    "statement_timeout": "5s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "5s",
    "transaction_timeout": "10s",
}


class ServerDown(Exception):
    """The server did not come up, or stopped committing; `log` says where its own words are."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"the database server {name} does not commit; its log is {log}")


@frozen
class Furnishing:
    """What a new server holds from its first start on, alike for everybody; it is made once and copied (`moulds.py`).

    `make` is given a running server; `files` are those that say what it makes there.
    """

    name: str
    make: Callable[[EmbeddedServer], None]
    files: Sequence[Path]


@dataclass
class EmbeddedServer:
    """The server whose files are in `data`; `peers` are roles that our own account may take without a password.

    `durable=False` is for tests alone: a crash of the machine may lose what was committed, a crash of the server does not.
    `sessions`: how many may be open at a time. `furnished` is what it begins with; where nothing can be kept for copies it begins
    empty, and whoever needs more makes it.
    """

    data: Path
    name: str
    peers: Sequence[str] = (OWNER, APPLICATION)
    durable: bool = True
    sessions: int = 100
    furnished: Furnishing | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.data.parent / "log" / f"{self.name}.log"

    @property
    def sockets(self) -> Path:
        """The private folder of its socket."""
        return reachable_sockets(self.data, chosen_account())

    def url(self, role: str, database: str = DATABASE, password: str = "") -> str:
        """The address of `database` for `role`, in libpq's words."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{role}{secret}@/{database}?host={quote(str(self.sockets), safe='')}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(SUPERUSER, database)

    def start(self, *, within: float = 30.0) -> None:
        """Bring it up, from nothing or after a crash; returns once it has committed a row, else raises ServerDown."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").is_file():
            self._initialise()
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self._clear_stale_locks(deadline)
            self._launch()
            while self.process and self.process.poll() is None and time.monotonic() < deadline:
                if self.commits():
                    return
                time.sleep(0.02)
            # Backends of a killed server may hold its shared memory for a moment longer.
            time.sleep(0.1)
        self.stop()
        raise ServerDown(self.name, self.log)

    def commits(self) -> bool:
        """Whether a probe row can be committed now: an open port or a live process proves nothing."""
        try:
            with psycopg.connect(self.superuser_url(), connect_timeout=2, options="-c statement_timeout=2000") as probe:
                probe.execute("CREATE TABLE IF NOT EXISTS probe (one boolean PRIMARY KEY, count bigint NOT NULL)")
                probe.execute(
                    "INSERT INTO probe VALUES (true, 1) ON CONFLICT (one) DO UPDATE SET count = probe.count + 1"
                )
            return True
        except psycopg.Error:
            return False

    def has_died(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """A fast, clean stop: open transactions are rolled back, a checkpoint is written."""
        if self.process is not None:
            end(self.process, signal.SIGINT, 15)
            self.process = None

    def make_roles(self, database: str = DATABASE) -> None:
        """The owner, the application role with its limits, and a database of the owner's. May be called at each start."""
        with psycopg.connect(self.superuser_url(), autocommit=True) as server:
            server.execute("SELECT pg_advisory_lock(hashtext('miaopi.roles'))")  # two starts at once: roles are rows of the whole server
            for role in (OWNER, APPLICATION):
                if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            for name, limit in LIMITS.items():
                server.execute(
                    sql.SQL("ALTER ROLE {} SET {} = {}").format(
                        sql.Identifier(APPLICATION), sql.Identifier(name), sql.Literal(limit)
                    )
                )
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                server.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
                )
        with psycopg.connect(self.superuser_url(database), autocommit=True) as inside:
            inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
            inside.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(APPLICATION))
            )
            grant_to_application(inside)

    def _initialise(self) -> None:
        """As a copy of what was made once. Where root must leave its own account the files lie elsewhere, and are made anew."""
        account, with_ = chosen_account(), self.furnished
        files = [Path(__file__), *(with_.files if with_ else ())]
        name = with_.name if with_ else "bare"
        try:
            if account.switched is None and take_cast(self.data, name, edition_of(files), self._make_mould, durable=self.durable):
                return
        except (OSError, subprocess.SubprocessError) as error:
            self._note(f"no copy was taken: {error}")
            raise ServerDown(self.name, self.log) from None
        self._make_cluster(account)

    def _make_mould(self, folder: Path) -> None:
        made = EmbeddedServer(folder, self.name, self.peers, durable=False, sessions=self.sessions)
        made.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            made._make_cluster(chosen_account())
            if self.furnished is not None:
                made.start()
                self.furnished.make(made)
                made.stop()
                made._run("pg_resetwal", "-D", str(folder))  # what was logged until a clean stop is of no use to a copy
        finally:
            made.stop()
            if made.log.is_file():
                self._note(made.log.read_text(encoding="utf-8", errors="replace"))

    def _note(self, text: str) -> None:
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{text}\n")

    def _make_cluster(self, account: Account) -> None:
        data = reachable_data(self.data, account)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._run(
            "initdb", "-D", str(data), "-U", SUPERUSER, "-A", "peer", "-E", "UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums", "--no-instructions", *([] if self.durable else ["--no-sync"]),
        )

    def _run(self, program: str, *words: str) -> None:
        account = chosen_account()
        command = [str(reachable_programs(account) / program), *words]
        with open(self.log, "ab") as log:
            if spawn(command, log=log, account=account.name, folder=Path("/")).wait() != 0:
                raise ServerDown(self.name, self.log)

    def _launch(self) -> None:
        account = chosen_account()
        data = reachable_data(self.data, account)
        self._configure(data, account.clients)
        with open(self.log, "ab") as log:
            self.process = spawn(
                [str(reachable_programs(account) / "postgres"), "-D", str(data), "-k", str(self.sockets), "-p", "5432"],
                log=log,
                account=account.name,
                when_orphaned=signal.SIGINT,
                folder=Path("/"),
            )

    def _configure(self, data: Path, clients: Sequence[str]) -> None:
        """Only our account comes in without a password, and only by the roles of the house; anybody else needs one."""
        house = (SUPERUSER, *self.peers)
        hba = f"local all {','.join(house)} peer map=house\nlocal all all scram-sha-256\n"
        ident = "".join(f'house "{client}" {role}\n' for client in clients for role in house)
        settings = CONFIGURATION.format(durable="on" if self.durable else "off", sessions=self.sessions)
        (data / "postgresql.conf").write_text(settings, encoding="ascii")
        (data / "pg_hba.conf").write_text(hba, encoding="ascii")
        (data / "pg_ident.conf").write_text(ident, encoding="utf-8")

    def _clear_stale_locks(self, deadline: float) -> None:
        """A number in `postmaster.pid` may belong to somebody else by now; a server that lost its parent is on its way out."""
        lock = self.data / "postmaster.pid"
        while (process := _number_in(lock)) and is_server_of(self.data, process) and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGINT)
            time.sleep(0.1)
        if process := _number_in(lock):
            with suppress(FileNotFoundError):
                lock.unlink()
            for path in self.sockets.glob(".s.PGSQL.*"):
                path.unlink(missing_ok=True)


def grant_to_application(connection: psycopg.Connection) -> None:
    """What the owner makes from now on, the application may read and write; migrations take back what it may not."""
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APPLICATION)))
    connection.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
    for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}").format(
                sql.Identifier(OWNER), sql.SQL(rights), sql.SQL(things), sql.Identifier(APPLICATION)
            )
        )


def is_server_of(data: Path, process: int) -> bool:
    """Whether this number is the PostgreSQL of `data`, in which it stands, and not another process that came to bear it.

    That might be the server of somebody else, and we would end it.
    """
    try:
        is_postgres = re.search(rb"(^|/)postgres\0", Path(f"/proc/{process}/cmdline").read_bytes()) is not None
        return is_postgres and os.path.samefile(f"/proc/{process}/cwd", data)
    except OSError:
        return False


def _number_in(lock: Path) -> int | None:
    try:
        first = lock.read_text(encoding="ascii").split("\n", 1)[0]
        return int(first)
    except (OSError, ValueError):
        return None
