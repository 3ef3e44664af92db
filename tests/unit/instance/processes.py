"""Small programs that the tests of this folder start, watch and kill, each a process of its own.

`python -m tests.unit.instance.processes NAME FOLDER` runs one of them in FOLDER.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from demo_city.agencies.together import bear
from miaopi.config.logs import log_to_stderr
from miaopi.instance.home import Home
from miaopi.instance.locks import AlreadySupervised, shared
from miaopi.instance.postgres import EmbeddedServer
from miaopi.instance.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parents[3]
PATIENT = """
import os, pathlib, signal, sys, time
name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
def stop(*_):
    with open(folder / "stopped", "a") as file: file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
(folder / f"{name}.pid").write_text(str(os.getpid()))
while True: time.sleep(0.05)
"""


def hold_server(folder: Path) -> None:
    """Start a server, say so, and stay until killed."""
    server = EmbeddedServer(folder / "held", "held", durable=False)
    server.start()
    assert server.process is not None
    (folder / "held.pid").write_text(str(server.process.pid))
    time.sleep(600)


def start_and_stop(folder: Path) -> None:
    """A server from nothing to a committed row and back, as whoever we are."""
    server = EmbeddedServer(folder / "brief", "brief", durable=False)
    server.start()
    server.stop()
    (folder / "brief.owner").write_text(f"{os.geteuid()} {(folder / 'brief').stat().st_uid}")


def supervise(folder: Path, hold: bool = True, servers: Sequence[str] = ("first", "second")) -> None:
    """Two servers side by side and two patient children, `agency` before `web`."""
    log_to_stderr(logging.INFO)
    home = Home(folder).ready()
    owned = [EmbeddedServer(folder / name, name, durable=False) for name in servers]

    def children() -> Sequence[Child]:
        environment: Mapping[str, str] = dict(os.environ)
        return [
            Child(name, [sys.executable, "-c", PATIENT, name, str(folder)], environment, (folder / f"{name}.pid").exists)
            for name in ("agency", "web")
        ]

    def describe() -> None:
        home.description.write_text(str(os.getpid()))

    try:
        sys.exit(Supervisor(home, owned, lambda: None, children, describe, hold).run())
    except AlreadySupervised:
        sys.exit(75)


def supervise_together(folder: Path) -> None:
    """Two children that are made at once, of a program that can."""
    log_to_stderr(logging.INFO)
    home, stem = Home(folder).ready(), [sys.executable, "-m", __spec__.name]

    def children() -> Sequence[Child]:
        told = [({**os.environ, "SECRET": f"kept by {name}"}, name) for name in ("one", "two")]
        return [
            Child(name, [*stem, "be_patient", name, str(folder)], environment, (folder / f"{name}.pid").exists, stem=len(stem))
            for environment, name in told
        ]

    sys.exit(Supervisor(home, [], lambda: None, children, lambda: home.description.write_text(str(os.getpid())), hold=True).run())


def be_patient(words: Sequence[str]) -> int:
    """`be_patient NAME FOLDER`: writes what it was told and its number, and stays until it is ended."""
    name, folder = words[1], Path(words[2])
    (folder / f"{name}.told").write_text(os.environ["SECRET"])
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    time.sleep(600)
    return 0


def hold_verb(folder: Path) -> None:
    """Be a verb until killed."""
    with shared(Home(folder)):
        (folder / "verb.pid").write_text(str(os.getpid()))
        time.sleep(600)


PROGRAMS: Mapping[str, Callable[[Path], None]] = {
    "hold_server": hold_server,
    "start_and_stop": start_and_stop,
    "supervise": supervise,
    "supervise_for_verbs": lambda folder: supervise(folder, hold=False, servers=()),
    "supervise_together": supervise_together,
    "hold_verb": hold_verb,
}


def start(name: str, folder: Path, **variables: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **variables}
    command = [sys.executable, "-m", "tests.unit.instance.processes", name, str(folder)]
    with open(folder / f"{name}.out", "ab") as output:
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def number_in(path: Path) -> int:
    return int(path.read_text().split("\n")[0])


if __name__ == "__main__":
    match sys.argv[1]:
        case "together":
            sys.exit(bear(sys.argv[2:], be_patient))
        case "be_patient":
            sys.exit(be_patient(sys.argv[1:]))
    PROGRAMS[sys.argv[1]](Path(sys.argv[2]))
