"""Starts processes that end with us, each in a session of its own, from one thread that lives as long as we do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final, Protocol

CHILD: Final = Path(__file__).with_name("child.py")
AS_WE_ARE: Final = "-"


class Process(Protocol):
    """A child of ours, whoever made it."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


class _Spawner:
    """The kernel ties a child to the *thread* that made it, so one thread makes them all and never ends."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[tuple[Sequence[str], dict[str, object], Future[subprocess.Popen[bytes]]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="spawner", daemon=True).start()

    def start(self, command: Sequence[str], options: dict[str, object]) -> subprocess.Popen[bytes]:
        made: Future[subprocess.Popen[bytes]] = Future()
        self._orders.put((command, options, made))
        return made.result()

    def _serve(self) -> None:
        while True:
            command, options, made = self._orders.get()
            try:
                made.set_result(subprocess.Popen(command, **options))  # type: ignore[call-overload]  # options are ours, below
            except OSError as error:
                made.set_exception(error)


@cache
def _spawner(process: int) -> _Spawner:
    """One a process: a fork has no threads."""
    return _Spawner()


def spawn(
    command: Sequence[str],
    *,
    log: IO[bytes],
    environment: Mapping[str, str] | None = None,
    account: str = AS_WE_ARE,
    when_orphaned: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` (the first word an absolute path) with `log` as its output; our end is its `when_orphaned`.

    Of our descriptors it has those to `keep`, under their numbers, and no others.
    """
    entry = [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), str(int(when_orphaned)), account]
    return _spawner(os.getpid()).start(
        [*entry, *command],
        {
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": log,
            "env": dict(environment) if environment is not None else None,
            "cwd": folder,
            "pass_fds": tuple(keep),
            "start_new_session": True,
        },
    )


def end(process: Process, first: signal.Signals, patience: float) -> None:
    """Ask with `first`; after `patience` seconds kill. What is left of its session goes with it."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    sweep(process)


def sweep(process: Process) -> None:
    """Kill what a dead child left behind in its process group: a worker of its own would keep the port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
