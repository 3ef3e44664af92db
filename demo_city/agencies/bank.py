"""A bank (演示), no agency: `POST /pay {key, account, amount_fen, remark}` pays a key once, into a ledger of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import psycopg

from demo_city.agencies.clock import now
from demo_city.agencies.records import Answer, KeyUsed, Unanswerable

WORDS: Final = {"挂失": "account_lost", "冻结": "account_frozen", "注销": "account_closed"}
LONGEST: Final = 200
MOST_FEN: Final = 10**12


class Bank:
    """The same key and content again is the same payment and the same answer."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def pay(self, body: bytes, database: psycopg.Connection[Any]) -> Answer:
        """Raises Unanswerable with one word for what it will not pay, KeyUsed for another content under the key."""
        key, content = _read(body)
        with database.transaction():
            database.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            known = database.execute("SELECT account, amount_fen, remark, reference, at FROM payments WHERE key = %s", [key]).fetchone()
            if known is not None and known[:3] != content:
                raise KeyUsed
            if known is None:
                _refuse_what_is_not_in_order(database, content[0])
                known = database.execute(
                    "INSERT INTO payments VALUES (%s, %s, %s, %s, 'P' || lpad(nextval('payment_references')::text, 10, '0'), %s)"
                    " RETURNING account, amount_fen, remark, reference, at",
                    [key, *content, now(self._home)],
                ).fetchone()
        return {"reference": known[3], "at": known[4].isoformat()} if known else None


def _read(body: bytes) -> tuple[str, tuple[str, int, str]]:
    try:
        sent = json.loads(body)
        key, account, amount, remark = (sent[name] for name in ("key", "account", "amount_fen", "remark"))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unanswerable("malformed") from None
    if not all(isinstance(word, str) and 0 < len(word) <= LONGEST for word in (key, account, remark)):
        raise Unanswerable("malformed")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= MOST_FEN:
        raise Unanswerable("no_such_amount")
    return key, (account, amount, remark)


def _refuse_what_is_not_in_order(database: psycopg.Connection[Any], account: str) -> None:
    found = database.execute("SELECT status FROM accounts WHERE account = %s", [account]).fetchone()
    if found is not None and found[0] in WORDS:
        raise Unanswerable(WORDS[found[0]])
