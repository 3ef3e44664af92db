"""Asks an agency's own gateway: the question is signed, and of the answer nothing is believed that the agency did not sign for it.

The number goes one way only: the agency vouches by signature that the rows are those of the person in the question.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx

from miaopi.apps.exchange.adapters.answers import checked_rows, silence, tell_change
from miaopi.apps.exchange.adapters.messages import Page, Pages, read_object
from miaopi.apps.exchange.adapters.port import Answer, Hindered, Hindrance, Question, Term
from miaopi.apps.exchange.adapters.relays.clients import make_client, read_body
from miaopi.apps.exchange.adapters.wire.http_failures import find_failure
from miaopi.gateway.messages import (
    ANSWERED,
    FRESH,
    LARGEST,
    PATH,
    REFUSED,
    SCHEMA,
    SIGNATURE,
    STATEMENT,
    Statement,
    compute_digest,
    read_statement,
    write_question,
)
from miaopi.kernel.credential import public_key_of

CHANGED: Final = "changed"  # the rows, between two pages: no refusal, but no answer either


class GatewayConnector:
    """One gateway. `address`: `url`, `seed` (the platform's for this agency, 64 hex signs), `agency_key` (the agency's public one, pinned);
    for https also `authority`, a file, if the system does not know who signed its certificate."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._seed, self._agency_key = bytes.fromhex(address["seed"]), bytes.fromhex(address["agency_key"])
        if len(self._agency_key) != len(public_key_of(self._seed)):
            raise ValueError("no public key")
        self._client = make_client(address, {"Content-Type": "application/json"})

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            pages = Pages(question)
            while not pages.are_whole:
                pages.take(self._ask_page(question, pages.after, until))
        except _RefusedError as refusal:
            return tell_change(question, said=SCHEMA) if refusal.code == SCHEMA else Hindered(Hindrance.AGENCY_POLICY, said=refusal.code)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # Its text holds the address. What was sent may be counted and in the agency's log: it is not sent twice.
            raise silence(self._agency, find_failure(error, may_repeat=False)) from None
        return checked_rows(question, pages.records, pages.at)

    def close(self) -> None:
        self._client.close()

    def _ask_page(self, question: Question, after: str, until: float) -> Page:
        asked, signature = write_question(self._written(question, after), self._seed)
        limit = max(0.001, until - time.monotonic())
        with self._client.stream("POST", PATH, content=asked, headers={SIGNATURE: signature}, timeout=limit) as response:
            if response.status_code != httpx.codes.OK:
                raise silence(self._agency)
            said = read_statement(response.headers.get(STATEMENT, ""), response.headers.get(SIGNATURE, ""), self._agency_key)
            body = read_body(response, self._agency, until=until, most=LARGEST)
        if said is None or not self._is_answer(said, question, asked, body):
            raise silence(self._agency)
        if said.outcome == REFUSED and said.code != CHANGED:
            raise _RefusedError(said.code)
        return self._read_page(question, body, said.at)

    def _is_answer(self, said: Statement, question: Question, asked: bytes, body: bytes) -> bool:
        """Whether this agency stated, just now, that this body answers this question."""
        if (said.agency, said.question, said.body) != (self._agency, compute_digest(asked), compute_digest(body)):
            return False
        return abs(said.at - question.at) <= FRESH and said.outcome in {ANSWERED, REFUSED}

    def _read_page(self, question: Question, body: bytes, at: datetime) -> Page:
        place, answer = question.place, read_object(self._agency, body)
        records, after = answer.get("records"), answer.get("next")
        if not isinstance(records, list) or not isinstance(after, str) or not all(isinstance(each, dict) for each in records):
            raise silence(self._agency)
        return Page([{place.key: question.key, **each} for each in records], after, at)

    def _written(self, question: Question, after: str) -> dict[str, object]:
        place = question.place
        return {
            "agency": self._agency, "resource": place.at, "key": question.key,
            "fields": [name for name in dict.fromkeys(question.columns) if name not in {place.key, *question.tests}],
            "where": _terms(question.where), "tests": {name: _terms(terms) for name, terms in question.tests.items()},
            "service": question.service, "purpose": question.purpose, "receipt": question.receipt, "grants": list(question.grants),
            "at": question.at.isoformat(), "nonce": secrets.token_hex(16), "after": after,
        }  # fmt: skip


class _RefusedError(Exception):
    """The agency's policy does not allow it; `code` is the agency's word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _terms(terms: tuple[Term, ...]) -> list[object]:
    return [{**term.to_json(), "type": term.type} for term in terms]
