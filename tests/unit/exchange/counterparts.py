"""One agency four times – in memory, behind SQL, behind HTTP, in a file drop – holding the same rows, each behind a recording wire."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from miaopi.apps.exchange.adapters.fake import FakeConnector
from miaopi.apps.exchange.adapters.file import FileConnector
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Connector, Emptiness, Place
from miaopi.apps.exchange.adapters.sql import SqlConnector
from tests.unit.exchange.wire import Wire

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
COLUMNS = ("id_number", "name", "birth_date", "is_local", "identities", "remark")
CANARY = "canary-ungranted-remark"
SECRET = "canary-secret-of-the-line"


class Counterpart(Protocol):
    connector: Connector
    place: Place

    def hold(self, rows: Sequence[dict[str, Any]]) -> None: ...
    def set_mode(self, mode: str) -> None: ...
    def asked(self) -> str: ...
    def answered(self) -> str: ...
    def close(self) -> None: ...


class InMemory:
    def __init__(self, absent: Emptiness = Emptiness.EMPTY) -> None:
        self.place = Place("person", "demo", "person", "person", "id_number", absent)
        self._rows: list[dict[str, Any]] = []
        self._address: dict[str, Any] = {"rows": {"person": self._rows}, "mode": "up"}
        self.connector = FakeConnector("demo", self._address)

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows[:] = rows

    def set_mode(self, mode: str) -> None:
        self.connector.set_mode("wrong" if mode == "garbage" else mode)

    def asked(self) -> str:
        return " ".join(f"{question.place.name} {question.columns}" for question in self.connector.asked)

    def answered(self) -> str:
        return ""

    def close(self) -> None:
        self.connector.close()


class InFiles:
    """A folder with one file and the manifest that vouches for it. `down`: the folder is gone; `slow`: the drop of today has not come."""

    def __init__(self, folder: Path, absent: Emptiness = Emptiness.EMPTY) -> None:
        folder.mkdir()
        self._folder = folder
        self.manifest, self.file = folder / "manifest.json", folder / "person.csv"
        self.place = Place("person", "demo", "person", "person", "id_number", absent)
        self.connector = FileConnector("demo", {"kind": "file", "folder": str(folder)})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        text = io.StringIO()
        sheet = csv.DictWriter(text, COLUMNS)
        sheet.writeheader()
        sheet.writerows(rows)
        self.write(content=text.getvalue().encode())

    def write(self, *, content: bytes | None = None, day: str = "2026-11-25", files: dict[str, Any] | None = None, **other: Any) -> None:
        if content is not None:
            self.file.write_bytes(content)
        held = self.file.read_bytes()
        entry = {"path": "person.csv", "rows": held.count(b"\n") - 1, "sha256": hashlib.sha256(held).hexdigest(), **other}
        self.manifest.write_text(json.dumps({"day": day, "files": {"person": entry} if files is None else files}))

    def set_mode(self, mode: str) -> None:
        away = self._folder.with_name("away")
        match mode:
            case "down":
                self._folder.rename(away)
            case "slow":
                self.write(day="2026-11-22")
            case "garbage":
                self.file.write_bytes(b"\x00\xff nonsense " * 8)
            case _:
                away.rename(self._folder)

    def asked(self) -> str:
        return ""

    def answered(self) -> str:
        return ""

    def close(self) -> None:
        self.connector.close()


class BehindSql:
    """A database with a role of its own, which may read one view."""

    def __init__(self, server: str, folder: Path, absent: Emptiness = Emptiness.EMPTY) -> None:
        self._server = server
        self.name = f"agency_{secrets.token_hex(4)}"
        self._owner(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(self.name), sql.Literal(SECRET)),
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.name)),
        )
        self._inside(
            sql.SQL(
                "CREATE TABLE kept (id_number text, name text, birth_date date, is_local boolean, identities int, remark text)"
            ),
            sql.SQL("CREATE VIEW person AS SELECT * FROM kept"),
            sql.SQL("GRANT SELECT ON person TO {}").format(sql.Identifier(self.name)),
        )
        there = psycopg.conninfo.conninfo_to_dict(server)
        port = there.get("port") or 5432
        self._wire = Wire(str(folder / f".s.PGSQL.{port}"), f"{there['host']}/.s.PGSQL.{port}")
        url = psycopg.conninfo.make_conninfo(
            "", host=str(folder), port=port, user=self.name, dbname=self.name, sslmode="disable", gssencmode="disable"
        )
        self.place = Place("person", "demo", "person", "public.person", "id_number", absent)
        self.connector = SqlConnector("demo", {"kind": "sql", "url": url, "password": SECRET})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        insert = sql.SQL("INSERT INTO kept VALUES ({})").format(sql.SQL(", ").join(map(sql.Placeholder, COLUMNS)))
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as connection:
            connection.execute("TRUNCATE kept")
            for row in rows:
                connection.execute(insert, row)

    def running(self) -> int:
        """Questions at work in the agency's database."""
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state = 'active'"
            found = connection.execute(asked, [self.name]).fetchone()
            assert found is not None
            return int(found[0])

    def make_slow(self) -> None:
        self._inside(sql.SQL("CREATE OR REPLACE VIEW person AS SELECT k.* FROM kept k, (SELECT pg_sleep(20)) AS pause"))

    def cut(self) -> None:
        """What a restart of the agency does to kept connections."""
        self._owner(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}").format(sql.Literal(self.name)))

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def asked(self) -> str:
        return self._wire.asked.decode("utf-8", "replace")

    def answered(self) -> str:
        return self._wire.answered.decode("utf-8", "replace")

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
        self._owner(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.name)),
            sql.SQL("DROP ROLE {}").format(sql.Identifier(self.name)),
        )

    def _owner(self, *statements: sql.Composable) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _inside(self, *statements: sql.Composable) -> None:
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


class BehindHttp:
    """A server that speaks the agencies' wire format: answers what is asked and says 404 where it has nobody."""

    def __init__(self, absent: Emptiness = Emptiness.NOT_FOUND) -> None:
        self.rows: list[dict[str, Any]] = []
        self.reply: tuple[int, dict[str, str], bytes] | None = None
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server = server
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", server.server_port))
        self.place = Place("person", "demo", "person", "/query", "id_number", absent)
        self.connector = HttpConnector("demo", {"kind": "http", "url": "http://{}:{}".format(*self._wire.address), "token": SECRET})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = list(rows)

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def asked(self) -> str:
        return self._wire.asked.decode("utf-8", "replace")

    def answered(self) -> str:
        return self._wire.answered.decode("utf-8", "replace")

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
        self._server.shutdown()
        self._server.server_close()


def _truth(row: dict[str, Any], terms: list[dict[str, Any]]) -> bool | None:
    """As an agency would find it: what is empty leaves it open, unless another test is false."""
    truths = [None if row[term["field"]] is None else _holds(row[term["field"]], term["operator"], term["values"]) for term in terms]
    return False if False in truths else None if None in truths else True


def _holds(value: Any, operator: str, said: list[str]) -> bool:
    wanted = [type(value).fromisoformat(each) if isinstance(value, date) else type(value)(each) for each in said]
    match operator:
        case "=":
            return value in wanted
        case "!=":
            return value not in wanted
        case "<":
            return bool(value < wanted[0])
        case "<=":
            return bool(value <= wanted[0])
        case ">":
            return bool(value > wanted[0])
    return bool(value >= wanted[0])


def _handler(counterpart: BehindHttp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, body = counterpart.reply or self._answer(question)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, question: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
            if self.headers["Authorization"] != f"Bearer {SECRET}":
                return 401, {}, b"{}"
            where, tests = question.get("where", []), question.get("tests", {})
            own = [row for row in counterpart.rows if row["id_number"] == question["key"]["id_number"]]
            found = [row for row in own if _truth(row, where)]
            cut = [
                {**{name: row[name] for name in question["fields"]}, **{name: _truth(row, terms) for name, terms in tests.items()}}
                for row in found
            ]
            answer = {"records": cut, "at": "2026-11-25T00:00:00+08:00", **({"where": where} if where else {})}
            return (200 if found else 404), {}, json.dumps(answer, default=str).encode()

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler
