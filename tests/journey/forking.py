"""The program, loaded once: whoever asks for a verb gets a child of it, which is that verb and ends with it.

A verb that starts afresh spends nearly all of its time on imports, and journeys type hundreds. What is loaded here has only been
imported: settings, connections and caches are as in a process that has just begun, and the child reads its own environment. The
first time that a verb is typed in a run it starts afresh all the same, by the launcher: `tests.journey.cities`.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

PATIENCE = 300.0
LONGEST = 1 << 18  # bytes of a request: words and an environment


@dataclass(frozen=True)
class Ended:
    """How a verb ended."""

    returncode: int
    stdout: str
    stderr: str


class Program:
    """The loaded program, started when the first verb is asked for. It ends when nobody holds the other end of its line."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._turn = Lock()
        self._line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(PATIENCE)
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(far.fileno())], cwd=root, env=environment, pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def run(self, words: list[str], environment: Mapping[str, str], given: str | None) -> Ended:
        """What `python -m MODULE WORD …` does in that environment, with that on standard input."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            stdin.write((given or "").encode())
            stdin.seek(0)
            asked = json.dumps({"words": words, "environment": dict(environment)}).encode()
            try:
                with self._turn:
                    socket.send_fds(self._line, [asked], [file.fileno() for file in (stdin, stdout, stderr)])
                    code = int(self._line.recv(LONGEST))
            except (OSError, ValueError):  # nothing within the limit, or the program itself is gone
                os.killpg(self._process.pid, signal.SIGKILL)
                raise
            said = []
            for file in (stdout, stderr):
                file.seek(0)
                said.append(file.read().decode())
            return Ended(code, *said)


def load() -> None:
    """Import what verbs import, without reading a setting of any instance."""
    import django

    from miaopi.cli.app import VERBS, find_app

    for verb in VERBS:
        find_app(verb)
    os.environ["DJANGO_SETTINGS_MODULE"] = "miaopi.config.settings"
    django.setup()


def forget() -> None:
    """Whatever this process read of its own surroundings: the child looks for itself, as a fresh process does."""
    from django.conf import settings
    from django.db import connections
    from django.utils.functional import empty

    settings._wrapped = empty
    del sys.modules["miaopi.config.settings"]
    vars(connections).clear()
    connections.__init__()
    kept = type(cache(len))
    for found in gc.get_objects():
        if type(found) is kept:  # `isinstance` would ask a lazy object for its class, and read the settings
            found.cache_clear()


def serve(line: socket.socket) -> None:
    """Answer requests until the other end is closed; in a child, be the verb."""
    load()
    forget()
    gc.freeze()  # a child's collector leaves alone, and so does not copy, what was there before it
    while (asked := socket.recv_fds(line, LONGEST, 3))[0]:
        request, streams, _, _ = asked
        assert len(os.listdir("/proc/self/task")) == 1, "a thread would not be there in the child"
        if (child := os.fork()) == 0:
            line.close()
            become(json.loads(request), streams)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        line.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(request: Mapping[str, Any], streams: list[int]) -> NoReturn:
    """Be `python -m MODULE WORD …` with these standard streams; never comes back."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["words"]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
