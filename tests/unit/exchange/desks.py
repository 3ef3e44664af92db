"""One desk for records three times – in memory, behind SQL, behind HTTP –, each with a register that counts what it took."""

from __future__ import annotations

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from miaopi.apps.exchange.adapters.fake import FakeWriter
from miaopi.apps.exchange.adapters.http_writer import HttpWriter
from miaopi.apps.exchange.adapters.port import Desk, Writer
from miaopi.apps.exchange.adapters.sql_writer import SqlWriter
from tests.unit.exchange.wire import Wire

SECRET = "canary-secret-of-the-desk"
REFUSES = "演示·拒收"  # a record that says so is refused as `no_such_person`
FUNCTION = """
CREATE TABLE taken (key text PRIMARY KEY, id_number text, record jsonb, ground text, at timestamptz);
CREATE FUNCTION act_ga_003(key text, id_number text, record jsonb, ground text, OUT reference text, OUT at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE there taken;
BEGIN
    IF record ->> 'address' = '演示·拒收' THEN
        RAISE EXCEPTION 'no_such_person: nobody of the number %', id_number;
    END IF;
    INSERT INTO taken VALUES (key, id_number, record, ground, now()) ON CONFLICT DO NOTHING;
    SELECT * INTO there FROM taken t WHERE t.key = act_ga_003.key;
    IF (there.id_number, there.record) <> (act_ga_003.id_number, act_ga_003.record) THEN
        RAISE unique_violation USING MESSAGE = 'another record';
    END IF;
    reference := 'R-' || key;
    at := there.at;
END $$;
REVOKE ALL ON FUNCTION act_ga_003(text, text, jsonb, text) FROM PUBLIC;
"""


class DeskOfAnAgency(Protocol):
    desk: Desk
    writer: Writer

    def taken(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What stands in the register: key, number, record."""

    def set_mode(self, mode: str) -> None: ...
    def close(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.desk = Desk("GA-003", "demo", "act_ga_003")
        self.writer = FakeWriter("demo", {})

    def taken(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [(key, record.id_number, dict(record.values)) for key, record in self.writer.taken.items()]

    def expect_refusal(self) -> None:
        self.writer.refuse("no_such_person")

    def set_mode(self, mode: str) -> None:
        self.writer.set_mode("wrong" if mode == "garbage" else mode)

    def close(self) -> None:
        self.writer.close()


class BehindSql:
    """A database with a role that may call one function and nothing else."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server, self.name = server, f"desk_{secrets.token_hex(4)}"
        role = sql.Identifier(self.name)
        with psycopg.connect(server, autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(SECRET)))
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(role))
        with psycopg.connect(server, dbname=self.name, autocommit=True) as inside:
            inside.execute(FUNCTION.encode())
            inside.execute(sql.SQL("GRANT EXECUTE ON FUNCTION act_ga_003(text, text, jsonb, text) TO {}").format(role))
        there = psycopg.conninfo.conninfo_to_dict(server)
        port = there.get("port") or 5432
        self._wire = Wire(str(folder / f".s.PGSQL.{port}"), f"{there['host']}/.s.PGSQL.{port}")
        url = psycopg.conninfo.make_conninfo(
            "", host=str(folder), port=port, user=self.name, dbname=self.name, sslmode="disable", gssencmode="disable"
        )
        self.desk = Desk("GA-003", "demo", "public.act_ga_003")
        self.address = {"url": url, "password": SECRET}
        self.writer = SqlWriter("demo", self.address)

    def taken(self) -> list[tuple[str, str, dict[str, Any]]]:
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as inside:
            return inside.execute("SELECT key, id_number, record FROM taken ORDER BY at").fetchall()

    def expect_refusal(self) -> None:
        """The function refuses what says so."""

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def close(self) -> None:
        self.writer.close()
        self._wire.close()
        with psycopg.connect(self._server, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)))
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(self.name)))


class BehindHttp:
    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.reply: tuple[int, bytes] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self._server.server_port))
        self.desk = Desk("GA-003", "demo", "/act")
        self.writer = HttpWriter("demo", {"url": "http://{}:{}".format(*self._wire.address), "token": SECRET})

    def taken(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [(key, sent["id_number"], sent["record"]) for key, sent in self.held.items()]

    def expect_refusal(self) -> None:
        """The handler refuses what says so."""

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def close(self) -> None:
        self.writer.close()
        self._wire.close()
        self._server.shutdown()
        self._server.server_close()


def _handler(agency: BehindHttp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = agency.reply or self._take(sent)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _take(self, sent: dict[str, Any]) -> tuple[int, bytes]:
            if self.headers["Authorization"] != f"Bearer {SECRET}":
                return 401, b"{}"
            if sent["record"].get("address") == REFUSES:
                return 422, json.dumps({"error": "no_such_person", "id_number": sent["id_number"]}).encode()
            if agency.held.setdefault(sent["key"], sent) != sent:
                return 409, b"{}"
            return 200, json.dumps({"reference": f"R-{sent['key']}", "at": "2026-11-25T09:00:00+08:00"}).encode()

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler


