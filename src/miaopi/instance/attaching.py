"""A verb's way to the instance: find its supervisor or start one, hold it while the verb runs, and set Django up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from miaopi.config.city import current_city
from miaopi.config.environment import ROOT
from miaopi.config.loading import set_up
from miaopi.instance.home import Home, current_home
from miaopi.instance.locks import find_supervisor, shared
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

PATIENCE: Final = 300.0


class InstanceFailed(MiaopiError):
    """The instance did not come up; `text` says where its log is."""


@frozen
class Instance:
    """A running instance, held for as long as the verb that asked for it."""

    home: Home
    base_url: str
    supervisor: int

    def is_alive(self) -> bool:
        return find_supervisor(self.home) == self.supervisor


@contextmanager
def attach(
    *, arguments: Sequence[str] = (), report: Callable[[str], None] | None = None, as_worker: bool = False
) -> Iterator[Instance]:
    """The instance of `MIAOPI_HOME`, up and held; `arguments` go to a supervisor that has to be started.

    `report` is told, line by line, what a new supervisor does. `as_worker`: this process may sign, like the worker whose
    task it takes over. Raises InstanceFailed.
    """
    home = current_home().ready()
    with shared(home):
        found = find_instance(home) or _start(home, arguments, report or (lambda line: None))
        os.environ["MIAOPI_DATABASE_URL"] = str(found["database_url"])
        os.environ["DJANGO_SETTINGS_MODULE"] = "miaopi.config.settings"
        if as_worker:  # only now: a supervisor started by us must not inherit it
            os.environ["MIAOPI_PROCESS"] = "worker"
        set_up()
        yield Instance(home, str(found["base_url"]), int(found["pid"]))


def wait_until_gone(home: Home, within: float = 60.0) -> bool:
    """Whether the home is free of a supervisor, after waiting at most so long."""
    deadline = time.monotonic() + within
    while find_supervisor(home) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def find_instance(home: Home) -> dict[str, Any] | None:
    """The description that the present owner of the home wrote: one that a killed owner left behind is not it."""
    owner = find_supervisor(home)
    try:
        found: dict[str, Any] = json.loads(home.description.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if owner is not None and found["pid"] == owner else None


def _start(home: Home, arguments: Sequence[str], report: Callable[[str], None]) -> dict[str, Any]:
    log = home.logs / "supervisor.log"
    read = log.stat().st_size if log.exists() else 0
    deadline, started = time.monotonic() + PATIENCE, None
    while time.monotonic() < deadline:
        if (found := find_instance(home)) is not None:
            return found
        if started is None and find_supervisor(home) is None:
            started = _spawn(log, arguments)
        read = _tell_news(log, read, report)
        if started is not None and started.poll() is not None and find_supervisor(home) is None:
            break
        time.sleep(0.05)
    raise InstanceFailed(
        Text(zh=f"实例没有启动成功，日志在 {log}。", en=f"The instance did not come up; its log is {log}.")
    )


def _spawn(log: Path, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Not tied to us: it serves whichever verbs come, and goes by itself when none is left."""
    command = current_city().beside or ("miaopi", "supervise")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with open(log, "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command, *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=ROOT, start_new_session=True,
        )  # fmt: skip


def _tell_news(log: Path, read: int, report: Callable[[str], None]) -> int:
    """Hand on the whole lines written since `read`; returns where they end."""
    if not log.exists():
        return read
    with open(log, "rb") as file:
        file.seek(read)
        news = file.read()
    whole = news.rpartition(b"\n")[0]
    for line in whole.decode("utf-8", "replace").splitlines():
        report(line)
    return read + len(whole) + (1 if whole else 0)
