"""The agency of `counterparts.py` behind a broker of messages and behind its own gateway: real servers, each with a recording wire."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg

from miaopi.apps.exchange.adapters.port import Emptiness, Place
from miaopi.apps.exchange.adapters.relays.gateway import GatewayConnector
from miaopi.apps.exchange.adapters.relays.nats import NatsConnector
from miaopi.apps.exchange.adapters.relays.nkeys import SeedClient
from miaopi.gateway.book import read_book
from miaopi.gateway.keys import find_public_key, make_seed
from miaopi.gateway.policy import Policy, Shared
from miaopi.gateway.server import GatewayServer
from miaopi.instance.platform import choose_port
from tests.unit.exchange.counterparts import NOW, SECRET, BehindSql, OnWire, _truth
from tests.unit.exchange.wire import Wire
from tests.waiting import LONG, until

USER = "exchange"
Reply = Callable[[dict[str, Any]], bytes | None]


class Broker:
    """A NATS server on a port of its own, which can be killed and started again there; `options` are more words of its command line."""

    def __init__(self, *options: str) -> None:
        self.port, self._options = choose_port(0), options
        self.start()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = Path(sys.executable).with_name("nats-server")
        words = [str(program), "-a", "127.0.0.1", "-p", str(self.port), *self._options]
        words += [] if "-c" in words else ["--user", USER, "--pass", SECRET]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=LONG)


class Responder:
    """Answers each message on a subject with what `reply` makes of it; nothing for `None`. Comes back by itself."""

    def __init__(self, url: str, subject: str, reply: Reply, **options: Any) -> None:
        self.reply, self._options = reply, options
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._client = asyncio.run_coroutine_threadsafe(self._listen(url, subject), self._loop).result(timeout=LONG)

    async def _listen(self, url: str, subject: str) -> Client:
        async def quiet(error: Exception) -> None:
            """The broker is killed on purpose."""

        client = SeedClient()
        login = {} if "nkeys_seed_str" in self._options else {"user": USER, "password": SECRET}
        await client.connect(
            url, **login, error_cb=quiet, max_reconnect_attempts=-1, reconnect_time_wait=0.05,
            **self._options,
        )  # fmt: skip
        await client.subscribe(subject, cb=self._answer)
        await client.flush()
        return client

    async def _answer(self, message: Msg) -> None:
        body = self.reply(json.loads(message.data))
        if body is not None:
            await message.respond(body)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result(timeout=LONG)
        self._loop.call_soon_threadsafe(self._loop.stop)


def records_of(rows: Sequence[dict[str, Any]], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What an agency finds for a question in the agencies' wire format: granted columns and truths of granted rows."""
    where, tests = asked.get("where", []), asked.get("tests", {})
    own = [row for row in rows if row["id_number"] == asked["key"]["id_number"]]
    return [
        {**{name: row[name] for name in asked["fields"] if name in row}, **{name: _truth(row, terms) for name, terms in tests.items()}}
        for row in own
        if _truth(row, where)
    ]


def written(records: object, asked: dict[str, Any], **more: Any) -> bytes:
    where = {"where": asked["where"]} if "where" in asked else {}
    answer = {"records": records, "question": asked.get("question"), "at": "2026-11-25T00:00:00+08:00", **where, **more}
    return json.dumps(answer, default=str, ensure_ascii=False).encode()


class BehindNats(OnWire):
    """`reply` may be set: what the agency says instead."""

    def __init__(self, broker: Broker, absent: Emptiness = Emptiness.EMPTY) -> None:
        self.rows: list[dict[str, Any]] = []
        subject = f"agency.{secrets.token_hex(4)}"
        self.reply: Reply | None = None
        self._responder = Responder(broker.url, subject, self._answer)
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", broker.port))
        self.place = Place("person", "demo", "person", subject, "id_number", absent)
        url = "nats://{}:{}".format(*self._wire.address)
        self.connector = NatsConnector("demo", {"kind": "nats", "url": url, "user": USER, "password": SECRET})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = list(rows)

    def _answer(self, asked: dict[str, Any]) -> bytes | None:
        return self.reply(asked) if self.reply else written(records_of(self.rows, asked), asked)

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
        self._responder.close()


class Paging:
    """An agency's HTTP service that answers in pages; `cursors` are those it was asked with, `pause` the seconds a page takes."""

    def __init__(self, reply: Reply) -> None:
        self.pause = 0.0
        self.cursors: list[str | None] = []
        paging = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                paging.cursors.append(asked.get("after"))
                time.sleep(paging.pause)
                body = reply(asked) or b""
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Paging:
        return self

    def __exit__(self, *left: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class BehindGateway(OnWire):
    """The database of `BehindSql` with an agency's gateway before it, and a wire between that and us. `clock` is the gateway's; `inside`
    is a database that others use too, one of its own without it."""

    def __init__(
        self, server: str, folder: Path, absent: Emptiness = Emptiness.EMPTY, *, agency: str = "demo", inside: BehindSql | None = None,
        **terms: Any,
    ) -> None:  # fmt: skip
        self.inside = inside or BehindSql(server, folder, absent)
        self._is_own = inside is None
        self.clock = NOW
        self.folder = folder
        columns = frozenset({"name", "birth_date", "is_local", "identities"})
        uses = {"": None, "elder-visits": frozenset({"看望"})}
        shared = Shared("public.person", "id_number", shows=columns, tests=frozenset(), uses=uses)
        platform = make_seed(folder / "platform.seed")
        role = {"dbname": self.inside.name, "user": self.inside.name, "password": SECRET}
        wire = Path(self.inside._wire.address)
        self.recorded = psycopg.conninfo.make_conninfo(  # by way of the wire before the database
            "", host=str(wire.parent), port=wire.suffix.removeprefix("."), sslmode="disable", gssencmode="disable", **role
        )
        (folder / "database").write_text(psycopg.conninfo.make_conninfo(server, **role))
        self.policy = Policy(
            agency, "127.0.0.1", 0, bytes.fromhex(find_public_key(platform)), folder / "gateway.seed", folder / "database",
            folder / "gateway.log", {"person": dataclasses.replace(shared, **terms)},
        )
        agency_key = find_public_key(make_seed(self.policy.seed))
        self.start()
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self.policy.port))
        self.place = Place("person", "demo", "person", "person", "id_number", absent)
        self.address = {
            "kind": "gateway", "url": "http://{}:{}".format(*self._wire.address), "seed": platform.hex(), "agency_key": agency_key,
        }  # fmt: skip
        self.connector = GatewayConnector(agency, self.address)

    def start(self) -> None:
        self._server = GatewayServer(self.policy, clock=lambda: self.clock)
        self.policy = dataclasses.replace(self.policy, port=self._server.server_port)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.inside.hold(rows)

    def log(self) -> list[Any]:
        entries, broken = read_book(self.policy.log)
        assert broken is None
        return entries

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
        self.stop()
        if self._is_own:
            self.inside.close()
