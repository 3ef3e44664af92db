"""Several children out of one process that has loaded what all of them need: it forks each, and ends.

`STEM together REPORT ORDER …` is started with a descriptor for its report and one for each order. It reads no order: each child reads its
own, `{"arguments", "environment", "log", "parent", "signal"}`, when it has closed those of the others, so that nobody's secrets were ever
in a memory that another was copied from. The report is the number of each child, a line each, in the order of the orders. When the
process has ended the children are ours, tied to us and reaped by us like any other; one that dies is started by its whole command.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from miaopi.instance.spawning import spawn
from miaopi.kernel.frozen import frozen

PR_SET_CHILD_SUBREAPER: Final = 36
GLANCE: Final = 0.02


@frozen
class Order:
    """What one of them is told: the words of its command behind the stem, its whole environment, the file of its output."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path

    def write(self) -> int:
        """A descriptor from which it can be read, of a file that has no name."""
        descriptor = os.memfd_create("order")
        told = {
            "arguments": list(self.arguments), "environment": dict(self.environment), "log": str(self.log), "parent": os.getpid(),
            "signal": int(signal.SIGTERM),
        }  # fmt: skip
        with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor


@dataclass
class Adopted:
    """A child that another process made for us. One that did not become ours has ended: it goes by itself."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = self.pid, 1 << 8
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(GLANCE)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def bear(stem: Sequence[str], orders: Sequence[Order], *, environment: Mapping[str, str], log: Path) -> list[Adopted]:
    """The children, in the order of their orders; fewer where the process that makes them failed: its words are in `log`."""
    with ExitStack() as opened:
        read, write = os.pipe()
        report = opened.enter_context(os.fdopen(read, encoding="ascii"))
        told = [order.write() for order in orders]
        with _adopting(), open(log, "ab") as output:
            words = ["together", str(write), *map(str, told)]
            try:
                process = spawn([*stem, *words], log=output, environment=environment, keep=[write, *told])
            finally:
                for descriptor in (write, *told):
                    os.close(descriptor)
            born = [Adopted(int(line)) for line in report]
            process.wait()
    return born


@contextmanager
def _adopting() -> Iterator[None]:
    """Whoever of our descendants loses her parent meanwhile becomes our child."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
