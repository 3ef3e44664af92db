"""Eight agencies on this machine for the proof of the pull: four databases with a role and a view each, four lean HTTP services.

Run as a program it is the four HTTP services in one process: `python -m tests.prove.eight_sources PORTS_FILE LOG_FILE PEOPLE`. Each
holds a question for as long as it is slow, and notes when it had a question and when it had answered.
"""

from __future__ import annotations

import json
import secrets
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from miaopi.instance.postgres import EmbeddedServer

TOKEN = "token-of-the-eight"
FIELDS = ("status", "valid_to", "amount")
PREDICATE = "is_large"


@dataclass(frozen=True)
class Agency:
    """`pause`: how many seconds it takes over each question. `row_filter` and `daily_quota` are terms of its agreement."""

    id: str
    kind: str
    pause: float
    row_filter: str = ""
    daily_quota: int | None = None
    has_predicate: bool = False

    @property
    def resource(self) -> str:
        return f"records_{self.id[-1]}"

    @property
    def fields(self) -> tuple[str, ...]:
        return (*FIELDS, PREDICATE) if self.has_predicate else FIELDS


UNKNOWN = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
VALID = 'status = "有效"'
AGENCIES = (
    Agency("agency-1", "sql", 0.005),
    Agency("agency-2", "sql", 0.010, daily_quota=1_000_000),
    Agency("agency-3", "sql", 0.015, row_filter=VALID),
    Agency("agency-4", "sql", 0.025, has_predicate=True),
    Agency("agency-5", "http", 0.010),
    Agency("agency-6", "http", 0.020, daily_quota=1_000_000),
    Agency("agency-7", "http", 0.030, row_filter=VALID),
    Agency("agency-8", "http", 0.040, has_predicate=True),
)
SLOWEST = max(agency.pause for agency in AGENCIES)


def number_of(serial: int) -> str:
    """The identity number of one of the people of the proof."""
    return f"4403051990{serial:07d}X"


def amount_of(serial: int) -> int:
    return 1000 + serial


def make_database(server: EmbeddedServer, agency: Agency, people: int) -> dict[str, str]:
    """A database with the rows of everybody, and a role that may read its view, which is as slow as the agency; its address."""
    role, password = agency.id.replace("-", "_"), secrets.token_hex(8)
    with psycopg.connect(server.superuser_url(), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(role)))
    with psycopg.connect(server.superuser_url(role), autocommit=True) as inside:
        inside.execute("CREATE TABLE kept (id_number text PRIMARY KEY, status text, valid_to date, amount int, remark text)")
        with inside.cursor().copy("COPY kept FROM STDIN") as copy:
            for serial in range(people):
                copy.write_row((number_of(serial), "有效", "2030-01-31", amount_of(serial), "canary-never-asked"))
        inside.execute("ANALYZE kept")
        inside.execute(
            sql.SQL("CREATE VIEW records AS SELECT kept.* FROM kept, (SELECT pg_sleep({})) AS pause").format(sql.Literal(agency.pause))
        )
        inside.execute(sql.SQL("GRANT SELECT ON records TO {}").format(sql.Identifier(role)))
    return {"kind": "sql", "url": server.url(role, role), "password": password}


@lru_cache(maxsize=256)
def read_head(head: bytes) -> tuple[bool, int]:
    """Whether somebody whom we know asks, and how long the question is; heads differ by that alone."""
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return lines.get(b"authorization") == f"Bearer {TOKEN}".lower().encode(), int(lines[b"content-length"])


class Wire:
    """One kept connection: whole questions come in, each is answered after the pause."""

    def __init__(self, line: socket.socket, agency: Agency, services: Services) -> None:
        line.setblocking(False)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line, self.agency = line, agency
        self._services, self._buffer = services, b""

    def hear(self) -> bool:
        """Whether the other side is still there."""
        try:
            piece = self.line.recv(65536)
        except OSError:
            return False
        self._buffer += piece
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            is_known, length = read_head(self._buffer[:end])
            question, rest = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            if len(question) < length:
                break
            self._buffer, had = rest, time.monotonic()
            key, answer = self._services.answer(json.loads(question)) if is_known else ("", UNKNOWN)
            heappush(self._services.due, (had + self.agency.pause, next(self._services.numbers), had, key, answer, self))
        return bool(piece)


class Services:
    """The four in one loop by hand: agencies have machines of their own, and here the platform's pay for what a framework takes."""

    def __init__(self, people: int) -> None:
        self.due: list[tuple[float, int, float, str, bytes, Wire]] = []
        self.numbers = count()
        self.log: list[tuple[str, str, float, float]] = []
        self._rows = {
            number_of(serial): {"id_number": number_of(serial), "status": "有效", "valid_to": "2030-01-31", "amount": amount_of(serial)}
            for serial in range(people)
        }
        self._epoll = select.epoll()
        self._doors: dict[int, tuple[socket.socket, Agency]] = {}
        self._wires: dict[int, Wire] = {}
        self._is_stopping = False

    def open(self) -> dict[str, int]:
        """The port of each."""
        for agency in AGENCIES:
            if agency.kind == "http":
                door = socket.create_server(("127.0.0.1", 0), backlog=128)
                door.setblocking(False)
                self._doors[door.fileno()] = door, agency
                self._epoll.register(door.fileno(), select.EPOLLIN)
        return {agency.id: door.getsockname()[1] for door, agency in self._doors.values()}

    def stop(self, *signal: object) -> None:
        self._is_stopping = True

    def serve(self) -> None:
        while not self._is_stopping:
            for fd, _ in self._epoll.poll(min(0.25, max(0.0, self.due[0][0] - time.monotonic())) if self.due else 0.25):
                if fd in self._doors:
                    self._let_in(*self._doors[fd])
                elif not self._wires[fd].hear():
                    self._wires.pop(fd).line.close()
            while self.due and self.due[0][0] <= time.monotonic():
                self._say(*heappop(self.due))

    def answer(self, question: dict[str, object]) -> tuple[str, bytes]:
        key = question["key"]["id_number"]  # type: ignore[index]  # the wire of the exchange
        row, where = self._rows[key], question.get("where", [])
        assert all(row[term["field"]] in term["values"] for term in where)  # type: ignore[attr-defined, index]  # as above
        tests = {name: row["amount"] >= int(terms[0]["values"][0]) for name, terms in question.get("tests", {}).items()}  # type: ignore[attr-defined, operator]
        records = [{**{name: row[name] for name in question["fields"]}, **tests}]  # type: ignore[attr-defined]
        answer = {"question": question["question"], "records": records, "at": "2026-11-25T00:00:00+08:00"}
        body = json.dumps({**answer, **({"where": where} if where else {})}).encode()
        return key, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def _let_in(self, door: socket.socket, agency: Agency) -> None:
        with suppress(BlockingIOError):
            wire = Wire(door.accept()[0], agency, self)
            self._wires[wire.line.fileno()] = wire
            self._epoll.register(wire.line.fileno(), select.EPOLLIN)

    def _say(self, moment: float, number: int, had: float, key: str, answer: bytes, wire: Wire) -> None:
        with suppress(OSError):  # who no longer listens
            wire.line.send(answer)
        self.log.append((wire.agency.id, key, had, time.monotonic()))


def serve(ports: Path, log_file: Path, people: int) -> None:
    services = Services(people)
    signal.signal(signal.SIGTERM, services.stop)
    ports.with_suffix(".new").write_text(json.dumps(services.open()), encoding="ascii")
    ports.with_suffix(".new").rename(ports)
    services.serve()
    log_file.write_text(json.dumps(services.log), encoding="ascii")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
