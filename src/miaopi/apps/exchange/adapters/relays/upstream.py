"""Asks another government's platform, which has its own catalogue, a quota a day, and takes minutes: a ticket now, the answer later.

    GET  /catalogue   {"resources": {NAME: {"fields": [FIELD, …]}}}
    POST /requests    a question in the agencies' wire format with "request", our name for it → 202 {"ticket", "expected", "expires"};
                      the same request gets the same ticket and counts once; 429: the quota of the day is spent
    POST /results     {"ticket"} → 202 {"expected"}, or 200 {"request", "records", "where"}; 404 or 410: no such ticket any more
                      200 with "next" is a page; {"ticket", "after"} gets the one that begins there, which repeats "after" and counts once

The connector keeps nothing: tickets and the count of the day are the room's (`actions.tickets`). Tickets stand in bodies, never in
addresses: whoever has one has the answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import httpx

from miaopi.apps.exchange.adapters.answers import checked_rows, silence, tell_change
from miaopi.apps.exchange.adapters.messages import Pages, list_columns, read_object, read_page, write_question
from miaopi.apps.exchange.adapters.port import (
    BAD_ANSWER_BYTES,
    Answer,
    Awaited,
    Hindered,
    Hindrance,
    Question,
)
from miaopi.apps.exchange.adapters.relays.clients import make_client, read_body
from miaopi.apps.exchange.adapters.wire.http_failures import find_failure

LARGEST_CATALOGUE: Final = 4 * 1024 * 1024
CATALOGUE_KEEPS: Final = timedelta(minutes=10)
LONGEST_TICKET: Final = 200
LONGEST_WAIT: Final = timedelta(days=7)
GONE: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})

Catalogue = Mapping[str, frozenset[str]]  # resource → fields


class UpstreamConnector:
    """One kept client for one platform. `address`: `url` (without the path), `token` (bearer), for https `authority` as a gateway's."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._client = make_client(address, {"Authorization": f"Bearer {address['token']}"})
        self._lock = threading.Lock()
        self._catalogue: Catalogue = {}
        self._read_at: datetime | None = None

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            return self._collect(question, until) if question.ticket else self._request(question, until)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # Its text holds the address. A request has its name, a ticket is looked at: sent twice they count once.
            raise silence(self._agency, find_failure(error, may_repeat=True)) from None

    def close(self) -> None:
        self._client.close()

    def _request(self, question: Question, until: float) -> Answer:
        if not self._is_listed(question, until):
            return tell_change(question, was_asked=False)
        asked = {**write_question(question), "resource": question.place.at, "request": question.request}
        status, body = self._send("POST", "/requests", until, asked)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return Hindered(Hindrance.UPSTREAM_QUOTA)
        if status != httpx.codes.ACCEPTED:
            raise silence(self._agency)
        said = read_object(self._agency, body)
        ticket = said.get("ticket")
        if not isinstance(ticket, str) or not 0 < len(ticket) <= LONGEST_TICKET:
            raise silence(self._agency)
        expires = self._moment(said.get("expires"), question)
        return Awaited(ticket, asked_at=question.at, expected=self._moment(said.get("expected"), question), expires=expires)

    def _collect(self, question: Question, until: float) -> Answer:
        pages = Pages(question)
        more = {"after": pages.after} if pages.after else {}
        status, body = self._send("POST", "/results", until, {"ticket": question.ticket, **more})
        if status == httpx.codes.TOO_MANY_REQUESTS and pages.after:
            return Hindered(Hindrance.UPSTREAM_QUOTA)
        if status in GONE:
            return Awaited("", asked_at=question.at, expected=question.at, expires=question.at)
        if status == httpx.codes.ACCEPTED:
            expected = self._moment(read_object(self._agency, body).get("expected"), question)
            return Awaited(question.ticket, asked_at=question.at, expected=expected, expires=None)
        said = read_object(self._agency, body) if status == httpx.codes.OK else {}
        if said.get("request") != question.request or (said.get("after") or "") != pages.after:
            raise silence(self._agency)  # the answer to something else, or another page of it
        pages.take(read_page(question, body))
        return checked_rows(question, pages.records, pages.at) if pages.are_whole else pages.so_far

    def _is_listed(self, question: Question, until: float) -> bool:
        """Whether their catalogue still has everything we would ask for; what is missing is looked for once more."""
        terms = (term for terms in (question.where, *question.tests.values()) for term in terms)
        needed = {*list_columns(question), *(term.column for term in terms)}
        with self._lock:
            for must_read in (self._read_at is None or abs(question.at - self._read_at) > CATALOGUE_KEEPS, True):
                if must_read:
                    self._catalogue, self._read_at = self._read_catalogue(until), question.at
                if needed <= self._catalogue.get(question.place.at, frozenset()):
                    return True
                if must_read:
                    break
        return False

    def _read_catalogue(self, until: float) -> Catalogue:
        status, body = self._send("GET", "/catalogue", until, None, LARGEST_CATALOGUE)
        listed = read_object(self._agency, body).get("resources") if status == httpx.codes.OK else None
        if not isinstance(listed, dict) or not all(isinstance(entry, dict) for entry in listed.values()):
            raise silence(self._agency)
        fields = {name: entry.get("fields") for name, entry in listed.items()}
        return {name: frozenset(map(str, each)) for name, each in fields.items() if isinstance(each, list)}

    def _send(
        self, method: str, path: str, until: float, content: Mapping[str, object] | None, most: int = BAD_ANSWER_BYTES
    ) -> tuple[int, bytes]:
        limit = max(0.001, until - time.monotonic())
        with self._client.stream(method, path, json=content, timeout=limit) as response:
            return response.status_code, read_body(response, self._agency, until=until, most=most)

    def _moment(self, said: object, question: Question) -> datetime:
        """A moment of theirs, as far as it can be true: between now and a week from now."""
        try:
            moment = datetime.fromisoformat(said) if isinstance(said, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise silence(self._agency)
        return min(max(moment, question.at), question.at + LONGEST_WAIT)
