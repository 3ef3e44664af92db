"""Identity authority (身份认证) of the synthetic city, over HTTP: `POST /verify {"code"}` tells who was given the code.

It grants level 3 to everybody and says `demo`: it has seen no face. A code is a sign-in code, the short name of a persona, or the
serial of a person (`p000123`). It is not told of deaths: that is why a service reads the life status itself. Of somebody who works in
an office, by sign-in code or staff id, it tells the staff id and the name alone: what she may do is not its to say.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import psycopg

from demo_city.agencies.records import Answer, Unanswerable

SERIAL: Final = re.compile(r"[pP]0*([1-9]\d{0,8})")


def answer(body: bytes, database: psycopg.Connection[Any]) -> Answer:
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        raise Unanswerable("a code is needed") from None
    if not isinstance(code, str) or not 1 <= len(code) <= 64:
        raise Unanswerable("a code is needed")
    serial = SERIAL.fullmatch(code.strip())
    worker = database.execute(
        "SELECT staff_id, name FROM staff WHERE staff_id = %s OR sign_in_code = %s", [code.strip().lower(), code.strip().upper()]
    ).fetchone()
    if worker is not None:
        return {"staff_id": worker[0], "name": worker[1], "method": "demo"}
    row = database.execute(
        "SELECT name, id_number, document_type, mobile FROM accounts WHERE sign_in_code = %s OR serial = %s"
        " OR serial = (SELECT serial FROM aliases WHERE code = %s)",
        [code.strip().upper(), int(serial[1]) if serial else None, code.strip().lower()],
    ).fetchone()
    if row is None:
        return None
    names = ("name", "id_number", "document_type", "mobile")
    return {**dict(zip(names, row, strict=True)), "assurance_level": 3, "method": "demo"}


def spoil(document: Answer, turn: int) -> bytes:
    """By turns an assertion that does not say of whom, and half a document."""
    text = json.dumps(document or {}, ensure_ascii=False)
    kept = {name: value for name, value in (document or {}).items() if name not in {"id_number", "staff_id"}}
    return text[: len(text) // 2].encode() if turn % 2 else json.dumps({**kept, "assurance_level": "?"}).encode()


def contradict(document: Answer) -> Answer:
    """Two persons for one code: an answer that cannot be read as either."""
    return {"assertions": [document, document]} if document else None
