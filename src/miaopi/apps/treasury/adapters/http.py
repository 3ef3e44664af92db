"""A bank behind HTTP: `POST /pay {key, account, amount_fen, remark}` answers `{reference, at}` and enforces the key.

409: the key was used for another payment. 422 `{"error": word}`: it will not pay. Everything else is silence.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

import httpx

from miaopi.apps.treasury.adapters.port import KEY_USED, Declined, Instruction, Paid
from miaopi.apps.treasury.adapters.wording import silence

LARGEST_ANSWER: Final = 65536  # bytes; an answer needs about 100
WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


class HttpBank:
    """`address`: `url` (without the path), `token` (bearer). One kept client."""

    def __init__(self, address: Mapping[str, str]) -> None:
        self._client = httpx.Client(
            base_url=address["url"],
            headers={"Authorization": f"Bearer {address['token']}", "Accept-Encoding": "identity"},
            follow_redirects=False,  # whoever redirects us would be told an account
            trust_env=False,
        )

    def pay(self, instruction: Instruction, *, seconds: float) -> Paid | Declined:
        until = time.monotonic() + seconds
        try:
            with self._client.stream("POST", "/pay", json=asdict(instruction), timeout=seconds) as response:
                status, body = response.status_code, _read(response, until)
            match status:
                case httpx.codes.OK:
                    return Paid(_reference(json.loads(body)))
                case httpx.codes.CONFLICT:
                    return Declined(KEY_USED)
                case httpx.codes.UNPROCESSABLE_ENTITY:
                    return Declined(_word(json.loads(body)))
                case _:
                    raise silence()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, KeyError, TypeError, RecursionError):
            raise silence() from None  # its text holds the address, or what was answered

    def close(self) -> None:
        self._client.close()


def _read(response: httpx.Response, until: float) -> bytes:
    """The body, as long as it is small and in time: the library's limit is one for each chunk, a dripping answer beats it."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > LARGEST_ANSWER or time.monotonic() > until:
            raise silence()
    return bytes(body)


def _reference(said: Mapping[str, object]) -> str:
    reference = said["reference"]
    if not isinstance(reference, str) or not reference or len(reference) > 200:
        raise ValueError("no reference")
    return reference


def _word(said: Mapping[str, object]) -> str:
    """The bank's word for why, if it is one; any other text may quote an account."""
    word = said["error"]
    return word if isinstance(word, str) and WORD.fullmatch(word) else "declined"
