"""A gateway behind HTTP that enforces keys: `POST {to, text, key}` answers `{reference}`, `GET status/KEY` answers `{status}`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx

from miaopi.apps.notification.adapters.port import Arrival, Carried
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text

SILENT = Text(zh="短信网关没有回应，稍后自动再试。", en="The message gateway did not answer; it is tried again by itself.")
NOT_KNOWN = 404


class HttpGateway:
    """One kept client; two seconds a try."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=2)

    def send(self, *, to: str, text: str, key: str) -> Carried:
        try:
            answer = self._client.post("", json={"to": to, "text": text, "key": key})
            answer.raise_for_status()
            return Carried(reference=str(answer.json()["reference"]))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise UpstreamError("message-gateway", SILENT) from error

    def ask(self, *, key: str) -> Arrival:
        try:
            answer = self._client.get(f"status/{quote(key, safe='')}")
            if answer.status_code == NOT_KNOWN:
                return Arrival.WAITING
            answer.raise_for_status()
            said: Any = answer.json()
            return Arrival(said["status"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise UpstreamError("message-gateway", SILENT) from error
