"""A gateway behind HTTP: `POST {to, text, key}` answers `{reference}`; the gateway enforces the key."""

from __future__ import annotations

import httpx

from miaopi.apps.notification.adapters.port import Carried
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.wording import Text

SILENT = Text(zh="短信网关没有回应，稍后自动再发。", en="The message gateway did not answer; it is tried again by itself.")


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
