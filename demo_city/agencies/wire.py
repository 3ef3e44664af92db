"""The HTTP service of an agency: threads, kept connections without Nagle's delay, a bearer token, and its switch obeyed at every call.

Nothing of a question is ever written to a log: bodies and addresses hold what is nobody's business.
"""

from __future__ import annotations

import hmac
import json
import math
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Final

import psycopg

from demo_city.agencies.modes import SLOW_SECONDS, Mode, Switch
from demo_city.agencies.records import Answer, KeyUsed, Unanswerable, find_name

HOST: Final = "127.0.0.1"
MOST_BYTES: Final = 65_536
PADDED_TO: Final = 512
LOOK_EVERY: Final = 1.0  # whether to shut


@dataclass(frozen=True, slots=True)
class Desk:
    """One path of an agency: who may come, and what is done: `answer(body, database)` gives the document, or `None` where there is none."""

    token: str
    answer: Callable[[bytes, psycopg.Connection], Answer]


@dataclass
class Service:
    """The desks of an agency, by path.

    `spoil(document, turn)` makes it wrong (bytes that go out as they are), `contradict(document)` adds a record that differs.
    With a `grid` of seconds every answer leaves at a multiple of it after the question came, whatever it took to find.
    """

    desks: Mapping[str, Desk]
    database: str
    switch: Switch
    spoil: Callable[[Answer, int], bytes]
    contradict: Callable[[Answer], Answer]
    grid: float = 0.0
    turns: count[int] = field(default_factory=count)


class _Server(ThreadingHTTPServer):
    """Bound at once, listening only while the agency is up: a bound socket that does not listen refuses connections."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, service: Service) -> None:
        self.service = service
        self.open: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler, bind_and_activate=False)
        self.server_bind()

    def server_bind(self) -> None:
        # not HTTPServer's: it looks up the name of the host, which may take seconds
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[0]
        if error is None or not issubclass(error, OSError):
            print(f"a call failed: {error.__name__ if error else 'unknown'}", file=sys.stderr)


class Counter:
    """Keeps the service open or shut as its switch says."""

    def __init__(self, port: int, service: Service) -> None:
        self._service = service
        self._server = _Server(port, service)
        self.port = int(self._server.server_port)
        self._is_open = False

    def obey(self, mode: Mode) -> None:
        if mode is Mode.DOWN and self._is_open:
            self.shut()
        elif mode is not Mode.DOWN and not self._is_open:
            self._server.server_activate()
            threading.Thread(target=self._server.serve_forever, args=(LOOK_EVERY,), daemon=True).start()
            self._is_open = True

    def shut(self) -> None:
        """Refuse new connections, cut those that stand; the port stays ours."""
        if self._is_open:
            self._server.shutdown()
            self._is_open = False
        self._server.server_close()
        for connection in list(self._server.open):
            _cut(connection)
        self._server = _Server(self.port, self._service)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a kept client waits 44 ms a call for a delayed acknowledgement
    timeout = 60
    server: _Server
    _database: psycopg.Connection | None = None

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        if self._database is not None:
            self._database.close()
        super().finish()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: a request line may come to hold what no log may."""

    def do_GET(self) -> None:
        self._send(200 if self.path == "/healthz" else 404, b"{}")

    def do_POST(self) -> None:
        came, service = time.monotonic(), self.server.service
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > MOST_BYTES:
            self.close_connection = True
            return self._send(413, b'{"error": "a body of at most 64 kB with its length is needed"}')
        body = self.rfile.read(int(size))
        desk = service.desks.get(self.path)
        if desk is None:
            return self._send(404, b'{"error": "no such service"}')
        sent = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(sent, f"Bearer {desk.token}".encode()):
            return self._send(401, b'{"error": "who asks?"}')
        mode = service.switch.read()
        if mode is Mode.DOWN:
            self.close_connection = True
            return _cut(self.connection)
        if mode is Mode.SLOW:
            service.switch.pause(SLOW_SECONDS)
        return self._answer(service, desk, body, mode, came)

    def _answer(self, service: Service, desk: Desk, body: bytes, mode: Mode, came: float) -> None:
        try:
            document = self._ask(service.database, desk, body)
        except Unanswerable as refused:
            return self._send(422, json.dumps({"error": str(refused)}).encode())
        except KeyUsed:
            return self._send(409, b'{"error": "key_used"}')
        except psycopg.Error as error:
            print(f"the database does not answer: {type(error).__name__}", file=sys.stderr)
            return self._send(503, b'{"error": "come again later"}')
        name = find_name(body)
        if mode is Mode.WRONG:
            return self._send(200, service.spoil({**document, **name} if document else document, next(service.turns)))
        if mode is Mode.CONFLICT:
            document = service.contradict(document)
        content = json.dumps({**(document or {"error": "none"}), **name}, ensure_ascii=False).encode()
        if service.grid:
            taken = time.monotonic() - came
            time.sleep(max(0.0, math.ceil(taken / service.grid) * service.grid - taken))
        return self._send(404 if document is None else 200, content)

    def _ask(self, database: str, desk: Desk, body: bytes) -> Answer:
        """Once more with a new connection when the kept one is dead: a restarted database is no outage."""
        if self._database is not None:
            try:
                return desk.answer(body, self._database)
            except psycopg.OperationalError:
                self._database.close()
        self._database = psycopg.connect(database, autocommit=True, connect_timeout=2)
        return desk.answer(body, self._database)

    def _send(self, status: int, content: bytes) -> None:
        """Padded, so that the length of an answer tells nothing."""
        content += b" " * (-len(content) % PADDED_TO)
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)
