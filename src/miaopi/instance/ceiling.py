"""What the database alone could do with one confirm: the same rows and bytes in a single statement, driven by pgbench.

Everything stands in a scratch schema with copies of the real tables, their keys and indexes, and is dropped afterwards.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from miaopi.instance.programs import installed_programs
from miaopi.kernel.frozen import frozen

SCHEMA: Final = "bench_ceiling"
CASES: Final = 20_000  # rows that the updates choose among, so that they seldom meet
UPDATED: Final = ("application_application", "filing_filing")
INSERTED: Final = ("approval_decision", "licence_licence", "audit_entry")
NUMBER: Final = "'20260101-' || lpad(:case::text, 9, '0')"
FRESH: Final = "md5(random()::text || clock_timestamp()::text)"
DRAWN: Final = "(random() * 9e18)::bigint"


@frozen
class Ceiling:
    """A script for pgbench and the server it runs on. `bytes` are those of the values that one run writes."""

    url: str
    script: Path
    entries: int
    bytes: int

    def rate(self, clients: int, seconds: int) -> float:
        """Statements a second with so many clients; raises RuntimeError with pgbench's words where it fails."""
        command = [
            str(installed_programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
            "-f", str(self.script), self.url,
        ]  # fmt: skip
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in ran.stdout.splitlines():
            if line.startswith("tps = "):
                return float(line.split()[2])
        raise RuntimeError(ran.stderr[-500:])

    def count(self) -> int:
        """How many decisions the runs left behind."""
        with psycopg.connect(self.url) as database:
            row = database.execute(sql.SQL("SELECT count(*) FROM {}").format(_table("approval_decision"))).fetchone()
        return 0 if row is None else int(row[0])


@contextmanager
def prepared(url: str, number: str) -> Iterator[Ceiling]:
    """The ceiling that corresponds to the confirmed case `number`; `url` is the owner's or the superuser's address."""
    with psycopg.connect(url, autocommit=True) as database, tempfile.TemporaryDirectory(prefix="miaopi-bench-") as folder:
        database.execute("SET statement_timeout = 0")
        database.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA)))
        database.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
        try:
            text, entries, size = _write_script(database, number)
            script = Path(folder) / "confirm.sql"
            script.write_text(text, encoding="ascii")
            yield Ceiling(url, script, entries, size)
        finally:
            database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(SCHEMA)))


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, name)


def _write_script(database: psycopg.Connection[Any], number: str) -> tuple[str, int, int]:
    for name in (*UPDATED, *INSERTED, "audit_pending"):
        database.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(_table(name), sql.Identifier(name)))
    for name in UPDATED:
        _fill(database, name, number)
    size = 0
    parts = []
    for at, name in enumerate(UPDATED):
        columns, literals, bytes_ = _values(database, name, number)
        size += bytes_
        sets = ", ".join(f"{column} = {value}" for column, value in zip(columns, literals, strict=True) if column != "number")
        parts.append(f"u{at} AS (UPDATE {SCHEMA}.{name} SET {sets} WHERE number = {NUMBER} RETURNING 1)")
    for at, name in enumerate(INSERTED[:2]):
        columns, literals, bytes_ = _values(database, name, number)
        size += bytes_
        parts.append(f"i{at} AS (INSERT INTO {SCHEMA}.{name} ({', '.join(columns)}) SELECT {', '.join(literals)} RETURNING 1)")
    entries, rows = _entries(database, number)
    size += entries[1]
    columns_told = "at, kind, number, subject, is_access, entry, salt, leaf"
    parts.append(f"told AS (INSERT INTO {SCHEMA}.audit_entry ({columns_told}) VALUES {rows} RETURNING id)")
    body = f"WITH {', '.join(parts)} INSERT INTO {SCHEMA}.audit_pending (entry_id) SELECT id FROM told;"
    return f"\\set case random(1, {CASES})\n{body}\n", entries[0], size


def _fill(database: psycopg.Connection[Any], name: str, number: str) -> None:
    """Copies of the case's own row under numbers of their own."""
    columns, _, _ = _values(database, name, number)
    kept = sql.SQL(", ").join(sql.Identifier(column) for column in columns if column != "number")
    database.execute(
        sql.SQL("INSERT INTO {} (number, {}) SELECT '20260101-' || lpad(n::text, 9, '0'), {} FROM {}, generate_series(1, {}) n"
                " WHERE number = {}").format(_table(name), kept, kept, sql.Identifier(name), sql.Literal(CASES), sql.Literal(number))
    )  # fmt: skip


def _values(database: psycopg.Connection[Any], name: str, number: str) -> tuple[list[str], list[str], int]:
    """Columns of a table, expressions that write as many bytes as the row of the case, and how many those are."""
    described = database.execute(
        "SELECT a.attname, t.typname, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique"
        " AND a.attnum = ANY(i.indkey)) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        [name],
    ).fetchall()
    columns, literals, size = [], [], 0
    for column, kind, is_unique in described:
        found = database.execute(
            sql.SQL("SELECT {column}, octet_length({column}::text) FROM {table} WHERE number = {number} LIMIT 1").format(
                column=sql.Identifier(column), table=sql.Identifier(name), number=sql.Literal(number)
            )
        ).fetchone()
        value, length = found if found is not None else (None, 0)
        columns.append(column)
        is_fresh = is_unique and kind in ("varchar", "text")
        literals.append(f"left({FRESH}, {length})" if is_fresh else _literal(kind, value, length or 0))
        size += (length or 0) // (2 if kind == "bytea" else 1)
    return columns, literals, size


def _literal(kind: str, value: object, length: int) -> str:
    """An expression of that type and size that pgbench leaves alone (it reads a colon as the start of a variable)."""
    if value is None:
        return "NULL"
    match kind:
        case "varchar" | "text" | "bpchar" if re.fullmatch(r"[\w .@-]{0,40}", str(value), re.ASCII):
            return f"'{value}'"  # a word that a constraint may want as it is
        case "varchar" | "text" | "bpchar":
            return f"'{secrets.token_hex(length)[:length]}'"
        case "bytea":
            return f"'\\x{secrets.token_hex((length - 2) // 2)}'::bytea"
        case "jsonb":
            return f"to_jsonb('{secrets.token_hex(length)[: length - 2]}'::text)"
        case "timestamptz":
            return "now()"
        case "date":
            return "current_date"
        case "bool":
            return str(value).lower()
        case "_int8" if isinstance(value, list):
            return f"ARRAY[{', '.join([DRAWN] * len(value))}]::bigint[]"
        case "_varchar" | "_text":
            return f"ARRAY['{secrets.token_hex(length)[:length]}']"
        case _:
            return str(value)


def _entries(database: psycopg.Connection[Any], number: str) -> tuple[tuple[int, int], str]:
    """The entries that the confirm of the case told in its one statement: how many, their bytes, and rows for VALUES."""
    told = database.execute(
        "SELECT kind, octet_length(entry) FROM audit_entry WHERE number = %s AND kind IN"
        " ('filing.FilingConfirmed', 'approval.Decided', 'licence.LicenceIssued') ORDER BY id",
        [number],
    ).fetchall()
    rows = [
        f"(now(), '{kind}', {NUMBER}, '{secrets.token_hex(32)}', false, '{secrets.token_hex(length)[:length]}',"
        f" '\\x{secrets.token_hex(16)}'::bytea, '\\x{secrets.token_hex(32)}'::bytea)"
        for kind, length in told
    ]
    return (len(told), sum(length + 48 + 64 for _, length in told)), ", ".join(rows)
