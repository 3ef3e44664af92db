"""How a gateway answers: in this order, and nothing of a later step happens before an earlier one has held.

1. The body is signed by the platform: before that it is not even parsed.
2. It is a question to this agency, asked just now by both clocks, and not asked before.
3. The agency's own policy allows it. A refusal is signed like an answer and names the rule in one word.
4. The database finds the granted columns of the granted rows of the one person.
5. The log has its line on the disk.
6. The agency signs what it says.

What fails in 1, 2 or 4 gets no signature, which the platform takes for silence; a database that no longer has what the policy names
is said in one word.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import psycopg

from miaopi.gateway.book import Book
from miaopi.gateway.database import GONE, MOST_ROWS, Database
from miaopi.gateway.messages import (
    ANSWERED,
    FRESH,
    LARGEST,
    REFUSED,
    SCHEMA,
    SIGNATURE,
    STATEMENT,
    Question,
    Statement,
    compute_digest,
    is_question_of,
    read_question,
    write_statement,
)
from miaopi.gateway.policy import Policy
from miaopi.kernel.frozen import frozen

PAGE: Final = 50  # rows
CURSOR: Final = re.compile(r"([1-9]\d{0,3})\.([0-9a-f]{64})")  # never back to the first page, which counts


@frozen
class Reply:
    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


class Gateway:
    """One agency's answers. `clock` gives the moment, in UTC."""

    def __init__(self, policy: Policy, *, seed: bytes, database: Database, book: Book, clock: Callable[[], datetime]) -> None:
        self._policy, self._seed, self._database, self._book, self._clock = policy, seed, database, book, clock

    def answer(self, body: bytes, signature: str) -> Reply:
        if len(body) > LARGEST or not is_question_of(self._policy.platform, body, signature):
            return _unsigned(HTTPStatus.FORBIDDEN)
        try:
            question = read_question(body)
        except ValueError:
            return _unsigned(HTTPStatus.BAD_REQUEST)
        now = self._clock()
        if question.agency != self._policy.agency or abs(now - question.at) > FRESH or not self._book.is_new(question, now):
            return _unsigned(HTTPStatus.CONFLICT)
        code = self._find_refusal(question, now)
        if code is not None:
            return self._refuse(question, body, code, now)
        try:
            rows = self._database.find_rows(self._policy.resources[question.resource], question)
        except GONE:
            return self._refuse(question, body, SCHEMA, now)
        except psycopg.Error:  # its text may quote a value
            self._book.write(question, outcome="silent", code="database", rows=0, now=now)
            return _unsigned(HTTPStatus.SERVICE_UNAVAILABLE)
        return self._show(question, body, rows, now)

    def _find_refusal(self, question: Question, now: datetime) -> str | None:
        code = self._policy.find_refusal(question, now)
        if code is None and not question.after:  # the pages of one answer are one answer
            daily = self._policy.resources[question.resource].daily
            code = None if self._book.take(question, daily, now) else "daily"
        return code

    def _show(self, question: Question, body: bytes, rows: list[str], now: datetime) -> Reply:
        """A page of the rows. Who goes on after rows have changed gets none: half of one answer and half of another is none."""
        whole = self._book.compute_digest("rows", "\n".join((question.key, *rows)))
        start = 0
        if question.after:
            cursor = CURSOR.fullmatch(question.after)
            if cursor is None or cursor[2] != whole:
                return self._refuse(question, body, "changed", now)
            start = int(cursor[1])
        if len(rows) > MOST_ROWS:
            return self._refuse(question, body, "rows", now)
        shown = rows[start : start + PAGE]
        self._book.write(question, outcome=ANSWERED, code="", rows=len(shown), now=now)
        after = f"{start + PAGE}.{whole}" if start + PAGE < len(rows) else ""
        salt = json.dumps(secrets.token_hex(16))
        content = f'{{"salt":{salt},"next":{json.dumps(after)},"records":[{",".join(shown)}]}}'.encode()
        return self._sign(body, content, ANSWERED, "", now)

    def _refuse(self, question: Question, body: bytes, code: str, now: datetime) -> Reply:
        self._book.write(question, outcome=REFUSED, code=code, rows=0, now=now)
        return self._sign(body, b"{}", REFUSED, code, now)

    def _sign(self, question: bytes, content: bytes, outcome: str, code: str, now: datetime) -> Reply:
        said = Statement(self._policy.agency, compute_digest(question), compute_digest(content), now, outcome, code)
        statement, signature = write_statement(said, self._seed)
        return Reply(HTTPStatus.OK, {STATEMENT: statement, SIGNATURE: signature}, content)


def _unsigned(status: HTTPStatus) -> Reply:
    return Reply(status, {}, b"")
