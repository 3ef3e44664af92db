"""Asks an agency's HTTP service: `POST` with a JSON question, the person's number in the body and never in an address."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from decimal import Decimal

import httpx

from miaopi.apps.exchange.adapters.answers import by_absent_rule, checked_rows, silence
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Answer, Emptiness, Question

# These libraries write an address a request at INFO and headers at DEBUG: addresses of agencies belong in no log.
for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class HttpConnector:
    """One kept client for one agency. `address`: `url` (without the path), `token` (bearer)."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._client = httpx.Client(
            base_url=address["url"],
            headers={"Authorization": f"Bearer {address['token']}", "Accept": "application/json", "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=30),
            follow_redirects=False,  # whoever redirects us would be told the person's number
            trust_env=False,  # no proxy of the environment between us and an agency
        )

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            status, body = self._post(question, until)
            if status == httpx.codes.NOT_FOUND:
                return by_absent_rule(question, Emptiness.NOT_FOUND)
            if status != httpx.codes.OK:
                raise silence(self._agency)
            return checked_rows(question, _records(question, body))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise silence(self._agency) from None  # its text holds the address

    def close(self) -> None:
        self._client.close()

    def _post(self, question: Question, until: float) -> tuple[int, bytes]:
        place = question.place
        asked = {
            "resource": place.name,
            "key": {place.key: question.key},
            "fields": [name for name in dict.fromkeys((place.key, *question.columns)) if name not in question.tests],
            "purpose": question.purpose,
            "receipt": question.receipt,
            **({"where": _where(question)} if question.where else {}),
            **({"tests": {name: [term.to_json() for term in terms] for name, terms in question.tests.items()}} if question.tests else {}),
        }
        limit = max(0.001, until - time.monotonic())
        with self._client.stream("POST", place.at, json=asked, timeout=limit) as response:
            return response.status_code, self._read(response, until)

    def _read(self, response: httpx.Response, until: float) -> bytes:
        """The body, as long as it is small and in time: the library's limit is one for each chunk, a dripping source beats it."""
        body = bytearray()
        for chunk in response.iter_raw():  # as it comes: a chunk of a size is waited for. Raw: what unpacks itself could fill the memory
            body += chunk
            if len(body) > BAD_ANSWER_BYTES or time.monotonic() > until:
                raise silence(self._agency)
        return bytes(body)


def _where(question: Question) -> list[object]:
    return [term.to_json() for term in question.where]


def _records(question: Question, body: bytes) -> list[object]:
    """`records` of `{"records": [{field: value}, …], "at": …}`. Numbers come as Decimal: no float enters a decision.

    Who was asked for granted rows alone repeats their tests as `where`: from an agency that does not know them comes no answer.
    """
    agency = question.place.agency
    try:
        answer = json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise silence(agency) from None  # the text of a JSON error quotes the document
    records = answer.get("records") if isinstance(answer, dict) else None
    if not isinstance(records, list) or (question.where and answer.get("where") != _where(question)):
        raise silence(agency)
    return records


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A name that stands twice in one record would let the later value win in silence."""
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name stands twice")
    return record
