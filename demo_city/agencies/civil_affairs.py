"""Civil affairs (民政), over HTTP: beside what its views show, `POST /act` opens and ends rows of the allowance ledger (MZ-001)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from demo_city.agencies.clock import now
from demo_city.agencies.records import Answer, KeyUsed, Unanswerable

ACT: Final = "MZ-001"
MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TRUTHS: Final = {"true": True, "false": False}


class Ledger:
    """Carries out an act once under its key: the same key and content again is the same answer."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def act(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        """Raises Unanswerable with one word for what the bureau will not have, KeyUsed for another content under the key."""
        key, id_number, record, ground = _read(body)
        content = json.dumps([id_number, record], ensure_ascii=False, sort_keys=True)
        with database.transaction():
            database.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            known = database.execute("SELECT content, reference, made_at FROM acts WHERE key = %s", [key]).fetchone()
            if known is not None and known[0] != content:
                raise KeyUsed
            if known is None:
                _carry_out(database, id_number, record)
                known = database.execute(
                    "INSERT INTO acts VALUES (%s, %s, %s, %s, %s || lpad(nextval('act_references')::text, 6, '0'), %s)"
                    " RETURNING content, reference, made_at",
                    [key, ACT, content, ground, f"{ACT}-", now(self._home)],
                ).fetchone()
        return {"reference": known[1], "at": known[2].isoformat()} if known else None


def _read(body: bytes) -> tuple[str, str, dict[str, str], str]:
    try:
        sent = json.loads(body)
        act, record = sent["act"], dict(sent["record"])
        words = [sent[name] for name in ("key", "id_number", "ground")]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unanswerable("malformed") from None
    if act != ACT or not all(isinstance(word, str) and word for word in words):
        raise Unanswerable("malformed")
    return words[0], words[1].upper(), record, words[2]


def _carry_out(database: psycopg.Connection[Any], id_number: str, record: Mapping[str, object]) -> None:
    is_active = TRUTHS.get(str(record.get("active")))
    month = str(record.get("active_since" if is_active else "stopped_month") or "")
    if is_active is None or not MONTH.fullmatch(month):
        raise Unanswerable("malformed")
    served = database.execute("SELECT 1 FROM elders WHERE id_number = %s FOR UPDATE", [id_number]).fetchone()
    if served is None:
        raise Unanswerable("no_such_person")
    if not is_active:
        ended = "UPDATE allowances SET stopped_month = %s WHERE id_number = %s AND stopped_month IS NULL"
        if not database.execute(ended, [month, id_number]).rowcount:
            raise Unanswerable("no_such_row")
        return
    if database.execute("SELECT 1 FROM allowances WHERE id_number = %s AND stopped_month IS NULL", [id_number]).fetchone():
        raise Unanswerable("already_paid")
    database.execute(
        "INSERT INTO allowances (id_number, active_since) VALUES (%s, %s)"
        " ON CONFLICT (id_number, active_since) DO UPDATE SET stopped_month = NULL",
        [id_number, month],
    )
