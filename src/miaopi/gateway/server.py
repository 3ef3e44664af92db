"""The gateway's one door: `POST /question`. It says little, waits for nobody long, and lets few in at a time."""

from __future__ import annotations

import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import psycopg

from miaopi.gateway.answering import Gateway, Reply
from miaopi.gateway.book import Book
from miaopi.gateway.database import Database
from miaopi.gateway.keys import read_seed
from miaopi.gateway.messages import LARGEST, PATH, SIGNATURE, STATEMENT
from miaopi.gateway.policy import Policy
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

MOST_AT_ONCE: Final = 32  # connections; the platform keeps a few
PATIENCE: Final = 30.0  # seconds for the next question
WHOLE: Final = 5.0  # seconds from the first byte of a question to its last: who drips holds no place
PLACE: Final = 1.0  # seconds for a line that was shut to give its place up
LENGTH: Final = re.compile(r"\d{1,9}", re.ASCII)


class GatewayServer(ThreadingHTTPServer):
    """A gateway that listens; `serve_forever` answers."""

    daemon_threads = True
    request_queue_size = MOST_AT_ONCE

    def __init__(self, policy: Policy, *, clock: Callable[[], datetime]) -> None:
        """Raises InputError for keys, a database address, a log or a port that cannot be used."""
        seed = read_seed(policy.seed)
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lines: set[socket.socket] = set()
        self._strangers: dict[socket.socket, None] = {}  # lines on which the platform has not spoken yet, the oldest first
        self._database = _database_of(policy)
        self._book = Book(policy.log, seed)
        self.gateway = Gateway(policy, seed=seed, database=self._database, book=self._book, clock=clock)
        try:
            super().__init__((policy.host, policy.port), _Handler)
        except OSError:
            self._book.close()
            taken = Text(zh="这个地址不能监听。", en="this address cannot be listened on.")
            raise InputError("listen", taken, Text(zh="换一个。", en="Take another one.")) from None
        if policy.certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(policy.certificate, policy.certificate_key)
            # Hands are shaken in the thread of the connection: one that does not would keep all others waiting.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False) and not self._make_place():
            self.shutdown_request(request)
            return
        self._strangers[request] = None
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self._lines.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._lines.discard(request)
            self.know(request)
            self._places.release()

    def know(self, line: socket.socket) -> None:
        """The platform has spoken on this line: it keeps its place."""
        self._strangers.pop(line, None)

    def _make_place(self) -> bool:
        """Where all are taken, the stranger who has held one longest gives it up: nobody shuts the platform out by waiting."""
        for line in list(self._strangers)[:1]:
            self.know(line)
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            return self._places.acquire(timeout=PLACE)
        return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever breaks off is no news, and a traceback could hold what was asked."""

    def server_close(self) -> None:
        """Kept connections end too: whoever would still be answered on one would be answered without a log."""
        super().server_close()
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._database.close()
        self._book.close()


class _Timed(io.RawIOBase):
    """What comes in on a line. Raises TimeoutError for a question that does not begin, or is not whole, in time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._until: float | None = None

    def begin(self) -> None:
        self._until = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = PATIENCE if self._until is None else self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        count = self._line.recv_into(buffer)
        if self._until is None:
            self._until = time.monotonic() + WHOLE
        return count


class _Handler(BaseHTTPRequestHandler):
    server: GatewayServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "miaopi", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together: in two pieces an answer waits 40 ms for somebody's acknowledgement
    timeout = PATIENCE

    def setup(self) -> None:
        super().setup()
        self._timed = _Timed(self.connection)
        self.rfile = io.BufferedReader(self._timed)

    def handle_one_request(self) -> None:
        self._timed.begin()
        super().handle_one_request()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != PATH or not LENGTH.fullmatch(length) or int(length) > LARGEST:
            self.close_connection = True  # what was not read would be taken for the next request
            self._send(Reply(HTTPStatus.BAD_REQUEST, {}, b""))
            return
        reply = self.server.gateway.answer(self.rfile.read(int(length)), self.headers.get(SIGNATURE, ""))
        if STATEMENT in reply.headers:
            self.server.know(self.connection)
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.connection.settimeout(PATIENCE)
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Type": "application/json", "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """The gateway has its own log."""


def _database_of(policy: Policy) -> Database:
    try:
        return Database(policy.database.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError, psycopg.ProgrammingError):  # its text quotes the address
        raise InputError(
            policy.database.name, Text(zh="读不出数据库地址。", en="no address of a database can be read there."),
            Text(zh="请写入 libpq 地址。", en="Put a libpq address there."),
        ) from None  # fmt: skip
