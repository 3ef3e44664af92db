"""Hands records to an agency's HTTP service: `POST {act, key, id_number, record, ground}` answers `{reference, at}`.

409: the key was used for another content. 422 `{"error": word}`: it will not have the record. Everything else is silence.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import datetime

import httpx

from miaopi.apps.exchange.adapters.answers import silence
from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, KEY_USED, Record, Refused, Written
from miaopi.apps.exchange.adapters.sql_writer import WORD

# These libraries write an address a request at INFO and headers at DEBUG: addresses of agencies belong in no log.
for _chatty in ("httpx", "httpcore"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class HttpWriter:
    """One kept client for one desk. `address`: `url` (without the path), `token` (bearer, of the writer)."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._client = httpx.Client(
            base_url=address["url"],
            headers={"Authorization": f"Bearer {address['token']}", "Accept": "application/json", "Accept-Encoding": "identity"},
            follow_redirects=False,  # whoever redirects us would be told the person's number
            trust_env=False,
        )

    def write(self, record: Record, *, seconds: float) -> Written | Refused:
        until = time.monotonic() + seconds
        sent = {
            "act": record.desk.act, "key": record.key, "id_number": record.id_number, "record": dict(record.values),
            "ground": record.ground,
        }
        try:
            with self._client.stream("POST", record.desk.at, json=sent, timeout=max(0.001, seconds)) as response:
                status, body = response.status_code, self._read(response, until)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise silence(self._agency) from None  # its text holds the address
        match status:
            case httpx.codes.OK:
                return self._written(body)
            case httpx.codes.CONFLICT:
                return Refused(KEY_USED)
            case httpx.codes.UNPROCESSABLE_ENTITY:
                return Refused(_word_of(body))
            case _:
                raise silence(self._agency)

    def close(self) -> None:
        self._client.close()

    def _read(self, response: httpx.Response, until: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > BAD_ANSWER_BYTES or time.monotonic() > until:
                raise silence(self._agency)
        return bytes(body)

    def _written(self, body: bytes) -> Written:
        try:
            said = json.loads(body)
            written = Written(said["reference"], datetime.fromisoformat(said["at"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise silence(self._agency) from None
        if not isinstance(written.reference, str) or not written.reference or written.at.tzinfo is None:
            raise silence(self._agency)
        return written


def _word_of(body: bytes) -> str:
    """The agency's word for why, if it is one; any other text may quote a value."""
    try:
        said = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "refused"
    return said if isinstance(said, str) and WORD.fullmatch(said) else "refused"
