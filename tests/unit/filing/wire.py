"""A proxy on the database's Unix socket that reads what a client says: statements are counted, and stopped, on the wire itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.waiting import LONG

STARTUP_3_0 = 196608
STATEMENTS = {b"Q", b"E"}  # a simple query; the execution of a parsed one


class Wire:
    """Stands at `folder` as the server stands at its own. `said` holds the statements, in order of arrival.

    `before(number, text)` is called with each statement, counted from 1, before the server sees it; where it gives False the
    statement goes no further and the line is cut. `after(number, text)` is called when nothing can keep it from the server any
    more; where it gives False the client never hears the answer.
    """

    def __init__(self, folder: Path, server: str, port: str) -> None:
        self.folder = str(folder)
        self.said: list[str] = []
        self.before: Callable[[int, str], bool] = lambda number, text: True
        self.after: Callable[[int, str], bool] = lambda number, text: True
        self._target = f"{server}/.s.PGSQL.{port}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self.folder}/.s.PGSQL.{port}")
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def kill_at(self, number: int, start: Callable[[], BaseProcess], *, reached: bool) -> BaseProcess:
        """A process that dies by SIGKILL at that statement, which the server got (`reached`) or not; it has ended, killed or not."""
        child: list[BaseProcess] = []

        def kill() -> None:
            pid = child[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

        def before(seen: int, text: str) -> bool:
            if seen != number or reached:
                return True
            kill()
            return False

        def after(seen: int, text: str) -> bool:
            if reached and seen == number:
                kill()
            return True

        self.said.clear()
        self.before, self.after = before, after
        child.append(start())
        child[0].join(LONG)
        self.before = self.after = lambda seen, text: True
        return child[0]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                threading.Thread(target=self._listen, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _listen(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            self._start(client, server)
            parsed = ""
            while True:
                kind, body = _message(client)
                if kind == b"P":  # name, text, types of parameters
                    parsed = body.split(b"\0")[1].decode("utf-8", "replace")
                if kind not in STATEMENTS:
                    server.sendall(kind + struct.pack("!I", len(body) + 4) + body)
                    continue
                self.said.append(text := body.rstrip(b"\0").decode("utf-8", "replace") if kind == b"Q" else parsed)
                number = len(self.said)
                if not self.before(number, text):
                    break
                goes_on = self.after(number, text)
                if not goes_on:
                    client.shutdown(socket.SHUT_RDWR)
                server.sendall(kind + struct.pack("!I", len(body) + 4) + body)
                if not goes_on:
                    break
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)  # what it has, it carries out
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()

    def _start(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            head = _exactly(client, 8)
            length, code = struct.unpack("!II", head)
            server.sendall(head + _exactly(client, length - 8))
            if code == STARTUP_3_0:
                return


def _message(client: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(client, 5)
    return head[:1], _exactly(client, struct.unpack("!I", head[1:])[0] - 4)


def _exactly(end: socket.socket, size: int) -> bytes:
    kept = b""
    while len(kept) < size:
        more = end.recv(size - len(kept))
        if not more:
            raise EOFError
        kept += more
    return kept


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := server.recv(65536):
            client.sendall(chunk)
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    server.close()
