"""Residence registration (居住登记): permits and registrations, over HTTP. `POST /query`; 404 says that there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from demo_city.agencies.clock import now
from demo_city.agencies.records import Record, contradicted, of_somebody_else, read_question
from demo_city.agencies.wire import Answer

RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "residence_permit": ("id_number", "permit_no", "valid_from", "endorsed_to", "status"),
    "residence_registration": (
        "id_number", "address_code", "residence_address", "police_station", "move_in_on", "move_out_on",
    ),
}


class Residence:
    """Reads the view that bears the name of the resource, and of it the columns that were asked for, no others."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def answer(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        asked = read_question(body, RESOURCES)
        found = database.cursor(row_factory=dict_row).execute(
            sql.SQL("SELECT {} FROM {} WHERE id_number = %s").format(
                sql.SQL(", ").join(map(sql.Identifier, asked.fields)), sql.Identifier(asked.resource)
            ),
            [asked.id_number],
        )
        records = [_plain(row) for row in found.fetchall()]
        return documented(records, now(self._home)) if records else None


def documented(records: list[Record], at: datetime) -> dict[str, object]:
    return {"records": records, "at": at.isoformat(timespec="milliseconds")}


def spoil(document: Answer, turn: int) -> bytes:
    """By turns the record of somebody else, and half a document."""
    text = json.dumps(document or {"records": []}, ensure_ascii=False)
    records = (document or {}).get("records")
    if turn % 2 or not isinstance(records, list) or not all("id_number" in record for record in records):
        return text[: len(text) // 2].encode()
    return json.dumps({**(document or {}), "records": [of_somebody_else(record) for record in records]}, ensure_ascii=False).encode()


def contradict(document: Answer) -> Answer:
    """The record, and a second one that says otherwise."""
    records = (document or {}).get("records")
    if document is None or not isinstance(records, list):
        return document
    return {**document, "records": [each for record in records for each in (record, contradicted(record))]}


def _plain(row: Mapping[str, object]) -> Record:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
