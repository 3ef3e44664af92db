"""The platform as an instance: its server, its migrations, worker and web; and whatever a city runs beside it."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import chain, count, islice
from pathlib import Path
from typing import Final

from miaopi.config.environment import ROOT, is_behind_tls
from miaopi.instance.home import Home, current_home
from miaopi.instance.postgres import APPLICATION, DATABASE, OWNER, EmbeddedServer, Furnishing
from miaopi.instance.supervisor import Child, ChildDown, Supervisor
from miaopi.kernel.errors import InputError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

HOST: Final = "127.0.0.1"
USUAL_PORT: Final = 8000
ANY: Final = range(10_000, 32_000)  # below those that kernels lend to whoever calls out
_turns: Final = count(64 * os.getpid())  # processes that choose at the same moment begin at different places


def nothing() -> None:
    """What a city without anything beside it prepares."""


@frozen
class Beside:
    """What runs beside the platform: servers of its own, what to prepare once all servers stand, and processes.

    `prepare` runs after the migrations, with `MIAOPI_DATABASE_URL` in the environment; `children` is asked after it and
    given the environment of the instance.
    """

    servers: Sequence[EmbeddedServer] = ()
    prepare: Callable[[], None] = nothing
    children: Callable[[Mapping[str, str]], Sequence[Child]] = lambda environment: ()


def supervise(*, port: int | None = None, hold: bool = False, beside: Beside | None = None) -> int:
    """Own the instance of `MIAOPI_HOME` until stopped; returns the exit code. `port` 0 takes any free one."""
    home, beside = current_home().ready(), beside or Beside()
    outside = os.environ.get("MIAOPI_DATABASE_URL")
    own = None if outside else platform_server(home)
    chosen = choose_port(port)
    base_url = f"http://{HOST}:{chosen}"
    urls = {
        "MIAOPI_DATABASE_URL": outside or (own.url(APPLICATION) if own else ""),
        "MIAOPI_OWNER_URL": os.environ.get("MIAOPI_OWNER_URL") or outside or (own.url(OWNER) if own else ""),
    }

    def prepare() -> None:
        os.environ["MIAOPI_DATABASE_URL"] = urls["MIAOPI_DATABASE_URL"]
        if own is not None:
            own.make_roles()
        is_own = own is not None and urls["MIAOPI_OWNER_URL"] == own.url(OWNER)
        migrate(home, urls["MIAOPI_OWNER_URL"], data=own.data if own and is_own else None)
        beside.prepare()

    def children() -> Sequence[Child]:
        environment = instance_environment(home, urls["MIAOPI_DATABASE_URL"])
        return [*beside.children(environment), worker(environment), web(environment, chosen)]

    def describe() -> None:
        description = {"pid": os.getpid(), "base_url": base_url, "database_url": urls["MIAOPI_DATABASE_URL"]}
        beside_it = home.description.with_suffix(".new")
        descriptor = os.open(beside_it, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(description, file)
        beside_it.replace(home.description)

    servers = [*([own] if own else []), *beside.servers]
    return Supervisor(home, servers, prepare, children, describe, hold).run()


def platform_server(home: Home) -> EmbeddedServer:
    """The embedded server of the platform; a new one has its roles and empty tables already."""

    def furnish(server: EmbeddedServer) -> None:
        server.make_roles()
        migrate(home, server.url(OWNER), data=server.data)

    return EmbeddedServer(home.platform, "platform", furnished=Furnishing("platform", furnish, list_migrations()))


def owner_address(home: Home) -> str:
    """Where the tables can be changed: the owner's address of an outside server, or the socket of our own."""
    outside = os.environ.get("MIAOPI_OWNER_URL")
    return outside or EmbeddedServer(home.platform, "platform").superuser_url(DATABASE)


def instance_environment(home: Home, database_url: str) -> dict[str, str]:
    """What every child is told; the owner's address is not among it."""
    kept = {name: value for name, value in os.environ.items() if name not in {"MIAOPI_OWNER_URL", "MIAOPI_PROCESS"}}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "miaopi.config.settings",
        "MIAOPI_DATABASE_URL": database_url,
        "MIAOPI_HOME": str(home.folder),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
    }


def migrate(home: Home, owner_url: str, *, data: Path | None = None) -> None:
    """Bring the database to this version, as its owner; nothing to do when the same files did it before.

    That they did is written in `data`, the folder of an embedded server, and so goes where the rows go. Of a database
    elsewhere we cannot know what befell it: it is asked each time.
    """
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in list_migrations())).hexdigest()
    stamp = data and data / "migrated"
    if stamp and stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return
    environment = instance_environment(home, owner_url)
    with open(home.logs / "migrate.log", "ab") as log:
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "1", "--no-color", "--skip-checks"]
        if subprocess.run(command, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False).returncode != 0:
            raise ChildDown(f"the migrations failed; their log is {home.logs / 'migrate.log'}")
    if stamp:
        stamp.write_text(digest, encoding="ascii")


def list_migrations() -> Sequence[Path]:
    return sorted((ROOT / "src" / "miaopi" / "apps").glob("*/migrations/0*.py"))


def worker(environment: Mapping[str, str]) -> Child:
    """The one process that is shown the keys."""
    return Child("worker", [sys.executable, "-m", "miaopi", "worker"], {**environment, "MIAOPI_PROCESS": "worker"})


def web(environment: Mapping[str, str], port: int) -> Child:
    command = web_command(HOST, port)
    return Child("web", command, environment, is_ready=lambda: answers(port), patience=20)


def web_command(host: str, port: int, workers: int = 1) -> list[str]:
    """The web server's command line: drains on SIGTERM for at most fifteen seconds."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--backlog", "1024", "--no-ws", "--http", "1",
        "--workers-kill-timeout", "15", "--log-level", "warning", "--no-access-log",
        "--static-path-route", "/static", "--static-path-mount", str(ROOT / "src/miaopi/portal/static"),
        "--static-path-expires", "300", "miaopi.site.wsgi:application",
    ]  # fmt: skip


def answers(port: int) -> bool:
    """Whether `/readyz` says that a citizen can be served."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection:
        try:
            connection.request("GET", "/readyz", headers={"X-Forwarded-Proto": "https"} if is_behind_tls() else {})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def choose_port(wanted: int | None) -> int:
    """The wanted port, the usual one if free, else any. InputError where the wanted one is taken: the web server would share it.

    A free one is taken later, by another process: it is none that the kernel may lend to a caller meanwhile, and none named here before.
    """
    any_ = (ANY[turn % len(ANY)] for turn in islice(_turns, len(ANY)))
    for port in [wanted] if wanted else chain([USUAL_PORT], any_) if wanted is None else any_:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise InputError(
        "port",
        Text(zh=f"端口 {wanted or 0} 已被占用。", en=f"port {wanted or 0} is taken."),
        Text(zh="换一个端口，或用 --port 0 任选。", en="Name another, or let --port 0 take any."),
    )
