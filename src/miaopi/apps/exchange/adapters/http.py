"""Asks an agency's HTTP service: `POST` with a JSON question, the person's number in the body and never in an address.

On kept sockets, by hand: the library took ten times as long over a question as the rest of the pull. It follows no redirect, for
whoever redirects us would be told the person's number; it knows no proxy; it unpacks nothing.

A 404 names nobody. So each question has a name that the answer repeats (`echoes`), or a connection of its own: what came out of step, the
late half of an answer to somebody else, could make the next person absent.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from miaopi.apps.exchange.adapters.answers import Failure, by_absent_rule, checked_rows, silence
from miaopi.apps.exchange.adapters.messages import (
    Page,
    Pages,
    make_name,
    read_absence,
    read_page,
    write_question,
)
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Answer, Emptiness, Nothing, Question
from miaopi.apps.exchange.adapters.wire.http_reply import Reply
from miaopi.apps.exchange.adapters.wire.pool import Pool
from miaopi.apps.exchange.adapters.wire.talks import READABLE, WRITABLE, Talk, Wait, hold
from miaopi.kernel.errors import UpstreamError

KEPT: Final = 16
PIECE: Final = 65536
OK, NOT_FOUND = 200, 404
WRITER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
PRINTED: Final = re.compile(r"[\x21-\x7e]+")


class Wire:
    """One kept connection."""

    def __init__(self, line: socket.socket) -> None:
        line.setblocking(False)
        self._line = line

    def is_alive(self) -> bool:
        """Whether the agency has neither closed it nor said something that nobody asked for."""
        try:
            self._line.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            pass
        return False

    def exchange(self, question: bytes, reply: Reply) -> Talk[None]:
        """Raises OSError, ValueError."""
        left = memoryview(question)
        while left:
            try:
                left = left[self._line.send(left) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                yield Wait(self._line.fileno(), WRITABLE)
        yield Wait(self._line.fileno())
        while not reply.is_whole:
            try:
                if piece := self._line.recv(PIECE):
                    reply.feed(piece)
                else:
                    reply.end()
            except (BlockingIOError, ssl.SSLWantReadError):
                yield Wait(self._line.fileno(), READABLE)

    def close(self) -> None:
        self._line.close()


class HttpConnector:
    """Kept connections to one agency. `address`: `url` (without the path), `token` (bearer). Raises ValueError for one that is none."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        parts = urlsplit(address["url"])
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ValueError("no address of a service")
        token, host = address["token"], parts.netloc
        if not all(PRINTED.fullmatch(text) for text in (token, host, parts.path or "/")):
            raise ValueError("no address of a service")
        self._agency = agency
        self._at = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._path = parts.path.rstrip("/")
        self._head = (
            f" HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
            "Accept-Encoding: identity\r\nContent-Type: application/json\r\nContent-Length: "
        )
        self._pool = Pool(agency, self._connect, KEPT)

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        (answer,) = hold([self.talk(question, until=until)], until=until)
        if answer is None:
            raise silence(self._agency, Failure.TIMEOUT)
        return answer

    def talk(self, question: Question, *, until: float) -> Talk[Answer]:
        pages = Pages(question)
        while not pages.are_whole:
            name = make_name() if question.place.echoes else ""
            wire, reply = yield from self._post(question, pages.after, name, until)
            try:
                page = self._read(question, reply, name, is_first=not pages.after)
            except UpstreamError:
                wire.close()  # whatever is wrong with it, nobody else is asked there
                raise
            if name and reply.is_kept:
                self._pool.keep(wire)
            else:
                wire.close()
            if isinstance(page, Nothing):
                return by_absent_rule(question, Emptiness.NOT_FOUND, page.at)
            pages.take(page)
        return checked_rows(question, pages.records, pages.at)

    def close(self) -> None:
        self._pool.close()

    def _read(self, question: Question, reply: Reply, name: str, *, is_first: bool) -> Page | Nothing:
        if reply.status == NOT_FOUND and is_first:
            return Nothing(read_absence(self._agency, reply.body, name))
        if reply.status != OK:
            raise silence(self._agency)
        return read_page(question, reply.body, name)

    def _post(self, question: Question, after: str, name: str, until: float) -> Talk[tuple[Wire, Reply]]:
        """A kept connection that is cut before a word was said had been closed meanwhile: the question goes out on a new one."""
        asked = self._write(question, after, name)
        while name and (kept := self._pool.find_kept()) is not None:
            if not kept.is_alive():
                kept.close()
                continue
            reply = Reply(BAD_ANSWER_BYTES)
            with suppress(OSError, ValueError):
                return kept, (yield from self._say(kept, asked, reply))
            if reply.has_begun:
                raise silence(self._agency)
        wire = yield from self._pool.open(until)
        reply = Reply(BAD_ANSWER_BYTES)
        try:
            return wire, (yield from self._say(wire, asked, reply))
        except (OSError, ValueError):
            raise silence(self._agency, Failure.GARBAGE if reply.has_begun else Failure.REFUSED) from None  # its text may hold a value

    def _say(self, wire: Wire, asked: bytes, reply: Reply) -> Talk[Reply]:
        try:
            yield from wire.exchange(asked, reply)
        except BaseException:  # whatever broke it off, GeneratorExit too: half an answer may lie in this connection
            wire.close()
            raise
        return reply

    def _write(self, question: Question, after: str, name: str) -> bytes:
        body = WRITER.encode(write_question(question, after, name)).encode()
        return f"POST {self._path}{question.place.at}{self._head}{len(body)}\r\n\r\n".encode("ascii") + body

    def _connect(self, seconds: float) -> Wire:
        until = time.monotonic() + seconds
        try:
            line = socket.create_connection(self._at, timeout=max(0.001, seconds))
            try:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is not None:
                    line.settimeout(max(0.001, until - time.monotonic()))
                    line = self._tls.wrap_socket(line, server_hostname=self._at[0])
            except BaseException:  # not even an interrupted thread leaves it open
                line.close()
                raise
        except TimeoutError:
            raise silence(self._agency, Failure.TIMEOUT) from None
        except ssl.SSLError:
            raise silence(self._agency) from None
        except (OSError, UnicodeError):
            raise silence(self._agency, Failure.REFUSED) from None  # its text holds the address
        return Wire(line)
