"""MySQL where no server is: whoever answers in its place gets no password, reads no file of ours and holds nobody up.

The contract itself runs against a real MariaDB in `./miaopi prove connectors`.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.answers import Failure
from miaopi.apps.exchange.adapters.dialects.mysql import MysqlConnector, _statement, _values
from miaopi.apps.exchange.adapters.port import Emptiness, Hindered, Hindrance, Place, Question, Term
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.certificates import write_certificate
from tests.unit.exchange.counterparts import NOW, SECRET
from tests.unit.exchange.test_connectors import LI, question
from tests.waiting import FOREVER, LONG, not_held_up

PLACE = Place("person", "demo", "person", "shared.person", "id_number", Emptiness.EMPTY)
CAPABILITIES = 0x0008_0000 | 0x8000 | 0x0200 | 0x0001  # names its way to sign in, secure, 4.1, long passwords
OK = b"\0\0\0\2\0\0\0"

Talk = Callable[["Rogue", socket.socket], None]


class Rogue:
    """Greets like a MariaDB and then does what it likes. `heard` is all that was said to it."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.heard = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        self.port = int(self._listener.getsockname()[1])
        self.connector = MysqlConnector("demo", address(self.port))

    def close(self) -> None:
        self.connector.close()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def say(self, line: socket.socket, number: int, content: bytes) -> None:
        line.sendall(struct.pack("<I", len(content))[:3] + bytes([number]) + content)

    def hear(self, line: socket.socket) -> bytes:
        head = line.recv(4, socket.MSG_WAITALL)
        if len(head) < 4:
            raise OSError("gone")
        content = line.recv(head[0] | head[1] << 8 | head[2] << 16, socket.MSG_WAITALL)
        self.heard += content
        return content

    def greet(self, line: socket.socket, way: bytes = b"mysql_native_password") -> None:
        low, high = CAPABILITIES & 0xFFFF, CAPABILITIES >> 16
        greeting = b"\x0a10.11.0-MariaDB\0" + struct.pack("<I", 7) + b"12345678\0" + struct.pack("<HBHHB", low, 45, 2, high, 21)
        self.say(line, 0, greeting + bytes(10) + b"123456789012\0" + way + b"\0")
        self.hear(line)

    def let_in(self, line: socket.socket) -> None:
        """Signed in, and content with every setting, up to the first question."""
        self.greet(line)
        self.say(line, 2, OK)
        while b"SELECT" not in self.hear(line):
            self.say(line, 1, OK)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                with line, suppress(OSError):
                    self._talk(self, line)


def address(port: int) -> dict[str, Any]:
    return {"kind": "mysql", "host": "127.0.0.1", "port": port, "user": "miaopi", "password": SECRET, "database": "agency"}


@pytest.fixture
def rogue() -> Iterator[Callable[[Talk], Rogue]]:
    made: list[Rogue] = []

    def make(talk: Talk) -> Rogue:
        made.append(Rogue(talk))
        return made[-1]

    yield make
    for one in made:
        one.close()


def is_silent(rogue: Rogue, seconds: float = 1.0) -> bool:
    with pytest.raises(UpstreamError):
        rogue.connector.ask(question(PLACE, columns=("name",)), seconds=seconds)
    return True


@pytest.mark.parametrize("way", [b"mysql_clear_password", b"dialog", b"sha256_password", b"caching_sha2_password"])
def test_a_server_that_wants_the_password_itself_does_not_get_it(rogue: Callable[[Talk], Rogue], way: bytes) -> None:
    def talk(self: Rogue, line: socket.socket) -> None:
        self.greet(line)
        self.say(line, 2, b"\xfe" + way + b"\0" + (b"\4Password: " if way == b"dialog" else b""))
        self.hear(line)

    one = rogue(talk)
    assert is_silent(one)
    assert b"miaopi" in one.heard and SECRET.encode() not in one.heard


@pytest.mark.parametrize("way", [b"sha256_password", b"caching_sha2_password"])
def test_a_server_that_nobody_checked_is_not_told_who_comes_unless_a_proof_is_enough(rogue: Callable[[Talk], Rogue], way: bytes) -> None:
    one = rogue(lambda self, line: self.greet(line, way))
    assert is_silent(one)
    assert one.heard == b""


def test_a_server_without_encryption_is_silence_where_it_was_agreed(rogue: Callable[[Talk], Rogue], tmp_path: Path) -> None:
    one = rogue(lambda self, line: self.let_in(line))
    certificate, _ = write_certificate(tmp_path)
    one.connector = MysqlConnector("demo", {**address(one.port), "ca": str(certificate)})
    assert is_silent(one)
    assert one.heard == b""


def test_a_server_that_asks_for_a_file_of_ours_gets_none(rogue: Callable[[Talk], Rogue], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("canary-of-a-file")

    def talk(self: Rogue, line: socket.socket) -> None:
        self.let_in(line)
        self.say(line, 1, b"\xfb" + str(kept).encode())
        self.hear(line)

    one = rogue(talk)
    assert is_silent(one)
    assert b"SELECT" in one.heard and b"canary-of-a-file" not in one.heard


def drip(self: Rogue, line: socket.socket) -> None:
    self.let_in(line)
    while True:
        line.sendall(b"\1")
        time.sleep(0.05)


def flood(self: Rogue, line: socket.socket) -> None:
    """Announces sixteen megabytes again and again, and sends them."""
    self.let_in(line)
    for number in range(1, 20):
        line.sendall(b"\xff\xff\xff" + bytes([number]) + bytes(2**24 - 1))


def talk_nonsense(self: Rogue, line: socket.socket) -> None:
    self.let_in(line)
    self.say(line, 1, b"\x05" + b"\xff" * 40)
    self.say(line, 2, bytes(200))


def hang_up(self: Rogue, line: socket.socket) -> None:
    self.let_in(line)


def say_nothing(self: Rogue, line: socket.socket) -> None:
    self.greet(line)
    while line.recv(65536):
        pass


def end_it(self: Rogue, line: socket.socket) -> None:
    self.let_in(line)
    self.say(line, 1, b"\xff" + struct.pack("<H", 1969) + b"#70100max_statement_time exceeded")


FAILURES = {
    drip: Failure.GARBAGE, flood: Failure.GARBAGE, talk_nonsense: Failure.GARBAGE, hang_up: Failure.REFUSED, say_nothing: Failure.TIMEOUT,
    end_it: Failure.TIMEOUT,
}  # fmt: skip


@pytest.mark.parametrize("talk", FAILURES)
def test_whoever_answers_like_no_server_is_silent_in_time_and_it_is_told_how(rogue: Callable[[Talk], Rogue], talk: Talk) -> None:
    one = rogue(talk)
    with not_held_up(), pytest.raises(UpstreamError) as caught:
        one.connector.ask(question(PLACE, columns=("name",)), seconds=0.4 if talk is say_nothing else FOREVER)
    assert caught.value.failure is FAILURES[talk]


@pytest.mark.parametrize("code", [1054, 1146, 1142, 1143])
def test_a_view_or_column_that_the_server_does_not_know_is_a_changed_schema(rogue: Callable[[Talk], Rogue], code: int) -> None:
    def talk(self: Rogue, line: socket.socket) -> None:
        self.let_in(line)
        self.say(line, 1, b"\xff" + struct.pack("<H", code) + b"#42000no")

    assert rogue(talk).connector.ask(question(PLACE, columns=("name",)), seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED)


@pytest.mark.parametrize("missing", ["host", "user", "password", "database"])
def test_an_address_without_its_parts_is_none(missing: str) -> None:
    with pytest.raises(KeyError):
        MysqlConnector("demo", {name: value for name, value in address(3306).items() if name != missing})


def test_an_address_with_a_certificate_that_is_not_there_is_none() -> None:
    with pytest.raises(ValueError, match="no certificate"):
        MysqlConnector("demo", {**address(3306), "ca": "/no/such/file"})


def test_names_are_quoted_and_values_are_parameters() -> None:
    terms = (Term("status", "=", ("有效", "' OR 1=1 -- "), "string"), Term("born", "<=", (date(1956, 1, 1),), "date"))
    asked = Question(
        PLACE, ("name", "old"), "purpose", "receipt", LI, NOW, where=terms, tests={"old": (Term("share", ">", (Decimal(50),), "number"),)}
    )
    statement = _statement(asked)
    assert statement == (
        "SELECT `id_number`, `name`, (`share` > %s) AS `old` FROM `shared`.`person` WHERE `id_number` = %s"
        " AND CAST(CONVERT(`status` USING utf8mb4) AS BINARY) IN (CAST(%s AS BINARY), CAST(%s AS BINARY)) AND `born` <= %s LIMIT 101"
    )
    assert _values(asked) == [Decimal(50), LI, "有效", "' OR 1=1 -- ", date(1956, 1, 1)]
    assert statement.count("%s") == len(_values(asked))
