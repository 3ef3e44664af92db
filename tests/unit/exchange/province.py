"""Another government's platform as a process of its own would be: a server on 127.0.0.1 with a catalogue, a quota a day and latency.

Its seconds stand for minutes. `restart` is what a night does to it: it comes back on the same port and has forgotten nothing.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from miaopi.apps.exchange.adapters.port import Answer, Awaited, Emptiness, Partial, Place, Question
from miaopi.apps.exchange.adapters.relays.upstream import UpstreamConnector
from tests.unit.exchange.counterparts_streams import records_of

TOKEN = "province-token"


class Province:
    """`now` is its clock, `latency` how long an answer takes, `daily` its own quota. `received` are the questions by our name for them,
    `calls` every request by path. `lie` alters what it answers with. `page` is how many rows it tells at once, `pages` what it counted
    beside the questions: each page but the first, once a ticket."""

    def __init__(self, rows: Sequence[dict[str, Any]], *, now: datetime, latency: timedelta, daily: int = 1000) -> None:
        self.rows, self.now, self.latency, self.daily = list(rows), now, latency, daily
        self.fields = ["id_number", "name", "birth_date", "identities"]
        self.received: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.loses_acknowledgement = False
        self.lie: dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]] = {}
        self.keeps = timedelta(hours=6)
        self.page = 1000
        self.pages: set[tuple[str, int]] = set()
        self._tickets: dict[str, tuple[str, datetime]] = {}
        self._port = 0
        self.lines: list[socket.socket] = []
        self.start()

    @property
    def address(self) -> dict[str, str]:
        return {"kind": "upstream", "url": f"http://127.0.0.1:{self._port}", "token": TOKEN}

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.lines.clear()

    def catalogue(self) -> tuple[int, Mapping[str, Any]]:
        return 200, {"resources": {"P-100": {"fields": self.fields}}}

    def take(self, asked: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
        name = asked["request"]
        if name not in self.received:
            if len(self.received) >= self.daily:
                return 429, {}
            self.received[name] = asked
            self._tickets[secrets.token_urlsafe(24)] = (name, self.now)
        ticket, (_, begun) = next(each for each in self._tickets.items() if each[1][0] == name)
        until = {"expected": begun + self.latency, "expires": begun + self.keeps}
        return 202, {"ticket": ticket, **{key: each.isoformat() for key, each in until.items()}}

    def collect(self, asked: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
        if asked["ticket"] not in self._tickets:
            return 410, {}
        name, begun = self._tickets[asked["ticket"]]
        if self.now < begun + self.latency:
            return 202, {"expected": (begun + self.latency).isoformat()}
        question = self.received[name]
        where = {"where": question["where"]} if "where" in question else {}
        rows, begin = records_of(self.rows, question), int(asked.get("after", "0"))
        if begin and (asked["ticket"], begin) not in self.pages:
            if len(self.received) + len(self.pages) >= self.daily:
                return 429, {}
            self.pages.add((asked["ticket"], begin))
        told = {"request": name, "records": rows[begin : begin + self.page], **where}
        if begin:
            told["after"] = asked["after"]
        if begin + self.page < len(rows):
            told["next"] = str(begin + self.page)
        return 200, {**told, **(self.lie(asked) if callable(self.lie) else self.lie)}

    def forget(self) -> None:
        self._tickets.clear()
        self.received.clear()


def _handler(province: Province) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            province.lines.append(self.connection)

        def do_GET(self) -> None:
            province.calls.append(self.path)
            self._send(*province.catalogue())

        def do_POST(self) -> None:
            province.calls.append(self.path)
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self._send(401, {})
            status, answer = province.take(asked) if self.path == "/requests" else province.collect(asked)
            if self.path == "/requests" and province.loses_acknowledgement:
                self.close_connection = True
                return self.connection.close()
            return self._send(status, answer)

        def _send(self, status: int, answer: Mapping[str, Any]) -> None:
            body = answer.get("more") or json.dumps(answer, default=str, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler


class BehindProvince:
    """A province that answers without delay, and a connector that collects what it has just asked for, as a case does minutes later."""

    def __init__(self, now: datetime) -> None:
        self.province = Province([], now=now, latency=timedelta(), daily=1_000_000)
        self._connector = UpstreamConnector("demo", self.province.address)
        self.place = Place("person", "demo", "person", "P-100", "id_number", Emptiness.EMPTY)
        self.connector = self

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.province.rows = list(rows)

    def ask(self, question: Question, *, seconds: float) -> Answer:
        named = replace(question, request=secrets.token_hex(16))
        answer = self._connector.ask(named, seconds=seconds)
        if isinstance(answer, Awaited):
            named = replace(named, ticket=answer.ticket)
            answer = self._connector.ask(named, seconds=seconds)
        while isinstance(answer, Partial):
            answer = self._connector.ask(replace(named, so_far=answer), seconds=seconds)
        return answer

    def stop(self) -> None:
        self.province.stop()

    def start(self) -> None:
        self.province.start()

    def close(self) -> None:
        self._connector.close()
        self.province.stop()
