"""What the log holds, read past the room that keeps it."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from miaopi.apps.identity.api import pseudonym


def entries(name: str, *, subject: str | None = None) -> list[dict[str, Any]]:
    """The fields of all events of this room of that name, the oldest first, each with its transaction; or those about a person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry, subject, xmin::text FROM audit_entry WHERE kind = %s ORDER BY id", [f"exchange.{name}"])
        rows = cursor.fetchall()
    return [
        {**json.loads(entry)["body"], "transaction": transaction}
        for entry, about, transaction in rows
        if subject is None or about == pseudonym(subject)
    ]


def entry_text() -> str:
    """Every entry of the log as it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(entry || ' ' || coalesce(subject, ''), ' '), '') FROM audit_entry")
        (text,) = cursor.fetchone()
    return str(text)
