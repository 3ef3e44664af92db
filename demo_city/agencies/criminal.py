"""Criminal record index (犯罪记录查询), over HTTP, with the delay of a national system. One word leaves it, `condition_met`.

A sealed record and no record give the same bytes after the same time: the answer waits for the next mark of a grid, and
finding it takes the same statements.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import psycopg

from demo_city.agencies.clock import now
from demo_city.agencies.judging import Case, Given, condition_met
from demo_city.agencies.records import Answer, Unanswerable, documented, read_question

RESOURCES: Final = {"criminal_record": ("id_number", "condition_met", "queried_at")}
GRID_SECONDS: Final = 0.06
HERE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


class Criminal:
    """Computes the answer from judgments and earlier answers of all numbers of the person, and remembers having given it."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def answer(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        asked = read_question(body, RESOURCES)
        if asked.where or asked.tests:
            raise Unanswerable("the one record of a person cannot be asked for in part")
        at = now(self._home)
        identities = database.execute(
            "SELECT i.id_number, i.birth_date, i.is_traced FROM identities i JOIN identities a USING (person)"
            " WHERE a.id_number = %s ORDER BY i.id_number = a.id_number DESC",
            [asked.id_number],
        ).fetchall()
        if not identities:
            return None
        numbers = [number for number, _, _ in identities]
        cases = database.execute(
            "SELECT crime_on, sentence_months, effective, court_status, uploaded_on FROM judgments"
            " WHERE id_number = ANY(%s) ORDER BY id",
            [numbers],
        ).fetchall()
        given = database.execute(
            "SELECT condition_met, queried_at FROM answers WHERE id_number = ANY(%s) AND queried_at < %s ORDER BY id",
            [numbers, at],
        ).fetchall()
        word = condition_met(
            identities[0][1],
            [Case(*row) for row in cases],
            [Given(met, queried_at.astimezone(HERE).date()) for met, queried_at in given],
            all_traced=all(traced for _, _, traced in identities),
        )
        database.execute(
            "INSERT INTO answers (id_number, condition_met, queried_at, receipt) VALUES (%s, %s, %s, %s)",
            [asked.id_number, word, at, asked.receipt],
        )
        record = {"id_number": asked.id_number, "condition_met": word, "queried_at": _stamp(at)}
        return documented([{name: record[name] for name in asked.fields}], at)


def _stamp(at: datetime) -> str:
    return at.astimezone(HERE).isoformat(timespec="milliseconds")
