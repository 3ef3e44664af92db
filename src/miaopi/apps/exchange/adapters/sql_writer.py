"""Hands records to a function of an agency's PostgreSQL database, as a role that may do nothing but call it.

The function is the agency's: `act(key text, id_number text, record jsonb, ground text) RETURNS TABLE (reference text, at timestamptz)`,
`SECURITY DEFINER`, idempotent by its key. What it will not have it raises: classes 22 and 23 and `raise_exception`; a key with
another content is `unique_violation`.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import psycopg
from psycopg import errors, sql
from psycopg.rows import tuple_row

from miaopi.apps.exchange.adapters.answers import silence
from miaopi.apps.exchange.adapters.port import KEY_USED, Record, Refused, Written
from miaopi.apps.exchange.adapters.sql import TimedConnection, read_conninfo

WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
WILL_NOT: Final = ("22", "23", "P0")


class SqlWriter:
    """`address`: `url` (libpq URL or conninfo with the writer's role), `password` if it is not in the URL.

    A connection a record: they are few.
    """

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._conninfo = read_conninfo(address)

    def write(self, record: Record, *, seconds: float) -> Written | Refused:
        until = time.monotonic() + seconds
        try:
            row = self._call(record, until)
        except errors.UniqueViolation:
            return Refused(KEY_USED)
        except psycopg.Error as error:
            if error.sqlstate is not None and error.sqlstate.startswith(WILL_NOT):
                return Refused(_word_of(error))
            raise silence(self._agency) from None  # its text may hold address, role or value
        if row is None or not isinstance(row[0], str) or not row[0] or not isinstance(row[1], datetime) or row[1].tzinfo is None:
            raise silence(self._agency)
        return Written(row[0], row[1])

    def close(self) -> None:
        """Nothing is kept."""

    def _call(self, record: Record, until: float) -> tuple[object, ...] | None:
        left = max(1, math.floor((until - time.monotonic()) * 1000))
        with TimedConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=max(1, math.ceil(left / 1000)), application_name="miaopi exchange",
            options=f"-c statement_timeout={left}",
        ) as connection:
            connection.until = until
            call = sql.SQL("SELECT reference, at FROM {act}(%s, %s, %s::jsonb, %s)").format(
                act=sql.Identifier(*record.desk.at.split("."))
            )
            values = json.dumps(dict(record.values), ensure_ascii=False)
            with connection.cursor(row_factory=tuple_row) as cursor:
                return cursor.execute(call, [record.key, record.id_number, values, record.ground]).fetchone()


def _word_of(error: psycopg.Error) -> str:
    """The agency's word for why, if it is one; any other text may quote a value."""
    said = (error.diag.message_primary or "").partition(":")[0].strip()
    return said if WORD.fullmatch(said) else "refused"
