"""Asks an agency over NATS: a request on its subject, the person's number in the message and never in a subject.

A stream is no place for an answer about a person: request and reply of core NATS, which keeps nothing. What the broker does not
deliver within the deadline is lost, and silence.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
import time
from collections.abc import Coroutine, Mapping
from concurrent.futures import TimeoutError as Late
from contextlib import suppress
from typing import Any, Final, TypeVar

from nats.aio.client import Client
from nats.errors import (
    ConnectionClosedError,
    Error,
    NoRespondersError,
    NoServersError,
    OutboundBufferLimitError,
)
from nats.errors import TimeoutError as NoAnswer

from miaopi.apps.exchange.adapters.answers import Failure, checked_rows, silence
from miaopi.apps.exchange.adapters.messages import (
    Page,
    Pages,
    make_name,
    read_page,
    write_question,
)
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Answer, Question
from miaopi.apps.exchange.adapters.relays.nkeys import SeedClient, read_user_seed

TRIES_AGAIN_AFTER: Final = 0.25  # seconds; a waiting case is decided within seconds of the broker's return
LOOKS_FOR_LIFE: Final = 5  # seconds between pings
# Nothing went out, or nobody listened.
UNTAKEN: Final = (NoRespondersError, NoServersError, OutboundBufferLimitError, ConnectionClosedError, ConnectionError)
GRACE: Final = 0.1  # seconds for an answer to come over from the thread of the loop

T = TypeVar("T")

logging.getLogger("nats").setLevel(logging.CRITICAL)  # it writes addresses, and a traceback an attempt


class NatsConnector:
    """One kept connection for one agency. `address`: `url` (`nats://host:port`, or `tls://` with `authority`, a file, if the
    system does not know who signed its certificate), and `user` with `password`, or `nkey`, the seed of a user."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._options: dict[str, Any] = {"servers": [address["url"]], "reconnect_time_wait": TRIES_AGAIN_AFTER}
        if "nkey" in address:
            read_user_seed(address["nkey"])
            self._options["nkeys_seed_str"] = address["nkey"]
        else:
            self._options |= {"user": address["user"], "password": address["password"]}
        if not address["url"].startswith(("nats://", "tls://")):
            raise ValueError("no address of a broker")
        if address["url"].startswith("tls://"):
            self._options["tls"] = ssl.create_default_context(cafile=address.get("authority"))
        self._loop = _background_loop()
        self._connecting: asyncio.Task[Client] | None = None

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        pages = Pages(question)
        while not pages.are_whole:
            pages.take(self._ask_page(question, pages.after, until))
        return checked_rows(question, pages.records, pages.at)

    def close(self) -> None:
        with suppress(Late, Error, OSError, asyncio.CancelledError):
            self._run(self._leave(), time.monotonic() + 1)

    def _ask_page(self, question: Question, after: str, until: float) -> Page:
        name = make_name()
        asked = json.dumps(write_question(question, after, name), ensure_ascii=False).encode()
        try:
            body = self._run(self._request(question.place.at, asked, until), until)
        except (Late, TimeoutError, Error, OSError, asyncio.CancelledError) as error:
            raise silence(self._agency, _find_failure(error)) from None  # its text holds addresses
        if len(body) > BAD_ANSWER_BYTES:
            raise silence(self._agency)
        return read_page(question, body, name)

    def _run(self, work: Coroutine[Any, Any, T], until: float) -> T:
        running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result(timeout=max(0.0, until - time.monotonic()) + GRACE)
        except Late:
            running.cancel()
            raise

    async def _request(self, subject: str, payload: bytes, until: float) -> bytes:
        client = await asyncio.wait_for(asyncio.shield(self._connection()), until - time.monotonic())
        while not client.is_connected:  # asked into the buffer of a broken line, a number would go out when nobody waits any more
            await asyncio.sleep(TRIES_AGAIN_AFTER / 5)
            if client.is_closed or time.monotonic() >= until:
                raise TimeoutError
        try:
            message = await client.request(subject, payload, timeout=max(0.001, until - time.monotonic()))
        except Error:
            self._doubt = asyncio.ensure_future(_look_for_life(client))
            raise
        return bytes(message.data)

    def _connection(self) -> asyncio.Task[Client]:
        """The kept client, which comes back by itself; a new one where there is none yet or the broker sent it away for good."""
        if self._connecting is None or (self._connecting.done() and (self._connecting.exception() or self._connecting.result().is_closed)):
            self._connecting = asyncio.ensure_future(self._connect())
        return self._connecting

    async def _connect(self) -> Client:
        client = SeedClient()
        await client.connect(
            **self._options, name="miaopi exchange", error_cb=_say_nothing, max_reconnect_attempts=-1,
            connect_timeout=2, ping_interval=LOOKS_FOR_LIFE, pending_size=0,
        )  # fmt: skip
        return client

    async def _leave(self) -> None:
        connecting, self._connecting = self._connecting, None
        if connecting is None:
            return
        if not connecting.done():
            connecting.cancel()
        elif not connecting.cancelled() and connecting.exception() is None:
            await connecting.result().close()


def _find_failure(error: BaseException) -> Failure:
    """A broker that cannot be reached, or nobody who listens there: the question was not taken."""
    if isinstance(error, Late | TimeoutError | NoAnswer | asyncio.CancelledError):
        return Failure.TIMEOUT
    return Failure.REFUSED if isinstance(error, UNTAKEN) else Failure.GARBAGE


async def _say_nothing(error: Exception) -> None:
    """Called at each attempt; without it each would write a traceback, and an outage would fill the disk."""


async def _look_for_life(client: Client) -> None:
    """A line that answered nothing in time may be dead without having said so."""
    try:
        await client.flush(timeout=1)
    except Exception:  # whatever keeps a ping from coming back, the line is given up
        await client.force_reconnect()


_loop: asyncio.AbstractEventLoop | None = None
_starting = threading.Lock()


def _background_loop() -> asyncio.AbstractEventLoop:
    """The one loop of this process for all brokers, in a daemon thread: a wire that hangs must not keep the process from ending."""
    global _loop
    with _starting:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="nats", daemon=True).start()
        return _loop
