"""One agency in memory, behind PostgreSQL, behind HTTP and in drops of files: the same rows each time, behind a recording wire."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import psycopg
import pyarrow
import pyarrow.parquet
from psycopg import sql

from miaopi.apps.exchange.adapters.drops.connector import FileConnector
from miaopi.apps.exchange.adapters.fake import FakeConnector
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.port import Connector, Emptiness, Place, Question
from miaopi.apps.exchange.adapters.sql import SqlConnector
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.wire import Wire
from tests.waiting import FOREVER, LONG, until

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
COLUMNS = ("id_number", "name", "birth_date", "is_local", "identities", "amount", "seen_at", "remark")
TABLE = (
    "id_number {text}, name {text}, birth_date date, is_local boolean, identities int, amount numeric(10, 2), seen_at {moment}, "
    "remark {text}"
)
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


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    sheet = csv.DictWriter(text, COLUMNS)
    sheet.writeheader()
    sheet.writerows([{name: str(value).lower() if isinstance(value, bool) else value for name, value in row.items()} for row in rows])
    return text.getvalue().encode()


def as_xlsx(rows: Sequence[dict[str, Any]]) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(COLUMNS)
    for number, row in enumerate(rows, 2):
        for column, name in enumerate(COLUMNS, 1):
            cell = sheet.cell(number, column, row[name])
            if isinstance(row[name], str):
                cell.data_type = "s"  # a text, whatever it begins with
    book.save(written)
    return written.getvalue()


def as_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    text, written = pyarrow.string(), io.BytesIO()
    kinds = (text, text, pyarrow.date32(), pyarrow.bool_(), pyarrow.int32(), pyarrow.decimal128(10, 2), pyarrow.timestamp("us"), text)
    table = pyarrow.Table.from_pylist([dict(row) for row in rows], schema=pyarrow.schema(list(zip(COLUMNS, kinds, strict=True))))
    pyarrow.parquet.write_table(table, written, row_group_size=2)
    return written.getvalue()


FORMS = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}


class InFiles:
    """A folder with one file and the manifest that vouches for it. `down`: the folder is gone; `slow`: the drop of today has not come."""

    def __init__(self, folder: Path, absent: Emptiness = Emptiness.EMPTY, format: str = "csv") -> None:
        folder.mkdir()
        self._folder, self._format = folder, format
        self.manifest, self.file = folder / "manifest.json", folder / f"person.{format}"
        self.place = Place("person", "demo", "person", "person", "id_number", absent, options={"format": format})
        self.connector = FileConnector("demo", {"kind": "file", "folder": str(folder)})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.write(content=FORMS[self._format](rows), rows=len(rows))
        if self._format != "csv":
            self._settle()

    def _settle(self) -> None:
        """A process of its own reads it, and on a busy machine that takes longer than a question may."""
        nobody = Question(self.place, ("name",), purpose="test", receipt="receipt", key="nobody", at=NOW)

        def is_read() -> bool:
            with suppress(UpstreamError):
                self.connector.ask(nobody, seconds=LONG)
                return True
            return False

        until(is_read)

    def write(self, *, content: bytes | None = None, day: str = "2026-11-25", files: dict[str, Any] | None = None, **other: Any) -> None:
        if content is not None:
            self.file.write_bytes(content)
        held = self.file.read_bytes()
        entry = {"path": self.file.name, "rows": held.count(b"\n") - 1, "sha256": hashlib.sha256(held).hexdigest(), **other}
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


class OnWire:
    """Behind a wire that writes down what passes, and does with it what it is told."""

    _wire: Wire

    def set_mode(self, mode: str) -> None:
        self._wire.set_mode(mode)

    def asked(self) -> str:
        return self._wire.asked.decode("utf-8", "replace")

    def answered(self) -> str:
        return self._wire.answered.decode("utf-8", "replace")


class BehindSql(OnWire):
    """A database with a role of its own, which may read one view."""

    def __init__(self, server: str, folder: Path, absent: Emptiness = Emptiness.EMPTY) -> None:
        self._server = server
        self.name = f"agency_{secrets.token_hex(4)}"
        self._owner(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(self.name), sql.Literal(SECRET)),
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.name)),
        )
        self._inside(
            sql.SQL("CREATE TABLE kept (" + TABLE.format(text="text", moment="timestamp") + ")"),
            sql.SQL("CREATE VIEW person AS SELECT * FROM kept"),
            sql.SQL("GRANT SELECT ON person TO {}").format(sql.Identifier(self.name)),
        )
        there = psycopg.conninfo.conninfo_to_dict(server)
        port = there.get("port") or 5432
        self._wire = Wire(str(folder / f".s.PGSQL.{port}"), f"{there['host']}/.s.PGSQL.{port}")
        self.url = psycopg.conninfo.make_conninfo(
            "", host=str(folder), port=port, user=self.name, dbname=self.name, sslmode="disable", gssencmode="disable"
        )
        self.place = Place("person", "demo", "person", "public.person", "id_number", absent)
        self.connector = SqlConnector("demo", {"kind": "sql", "url": self.url, "password": SECRET})

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

    def list_connections(self) -> set[int]:
        """Those that are open into the agency's database, by their process there."""
        with psycopg.connect(self._server, dbname=self.name, autocommit=True) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [self.name])
            return {int(pid) for (pid,) in found}

    def make_slow(self) -> None:
        text = "CREATE OR REPLACE VIEW person AS SELECT k.* FROM kept k, (SELECT pg_sleep({})) AS pause"
        self._inside(sql.SQL(text).format(sql.Literal(FOREVER)))

    def rebuild(self, change: str) -> None:
        """What the agency does to its view; `{role}` is ours."""
        self._inside(sql.SQL(change).format(role=sql.Identifier(self.name)))  # type: ignore[arg-type]  # a test's own text

    def cut(self) -> None:
        """What a restart of the agency does to kept connections."""
        self._owner(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}").format(sql.Literal(self.name)))

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


class HttpServer:
    """A server that can be stopped, and started again on the same port."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._handler, self.port = handler, 0
        self.start()

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Whoever comes from now on speaks TLS."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Served(OnWire):
    """A server of ours that can be killed and comes back."""

    connector: Connector
    _server: HttpServer

    def close(self) -> None:
        self.connector.close()
        self._wire.close()
        self._server.stop()

    def stop(self) -> None:
        """As whoever is killed: no new line, and none that was open."""
        self._server.stop()
        self.set_mode("down")

    def start(self) -> None:
        self._server.start()
        self.set_mode("up")


class BehindHttp(Served):
    """A server that speaks the agencies' wire format: answers what is asked and says 404 where it has nobody. `echoes`: whether it
    repeats the names of questions; `lines` are the connections that were made to it."""

    def __init__(self, absent: Emptiness = Emptiness.NOT_FOUND, *, echoes: bool = False) -> None:
        self.rows: list[dict[str, Any]] = []
        self.reply: tuple[int, dict[str, str], bytes] | None = None
        self._server = HttpServer(_handler(self))
        self._wire = Wire(("127.0.0.1", 0), ("127.0.0.1", self._server.port))
        self.lines: list[socket.socket] = []
        self.place = Place("person", "demo", "person", "/query", "id_number", absent, echoes=echoes)
        self.connector = HttpConnector("demo", {"kind": "http", "url": "http://{}:{}".format(*self._wire.address), "token": SECRET})

    def hold(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = list(rows)


def _plain(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


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

        def setup(self) -> None:
            super().setup()
            counterpart.lines.append(self.connection)

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
            kept = [{name: row[name] for name in question["fields"] if name in row} for row in found]
            truths = [{name: _truth(row, terms) for name, terms in tests.items()} for row in found]
            cut = [{**shown, **tested} for shown, tested in zip(kept, truths, strict=True)]
            answer = {"records": cut, "at": "2026-11-25T00:00:00+08:00", **({"where": where} if where else {})}
            if counterpart.place.echoes:
                answer["question"] = question["question"]
            return (200 if found else 404), {}, json.dumps(answer, default=_plain).encode()

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    return Handler
