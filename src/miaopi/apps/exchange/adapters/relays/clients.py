"""What relays by HTTP share: a client that trusts nobody in between, and bodies that are small and in time."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping

import httpx

from miaopi.apps.exchange.adapters.answers import Failure, silence


def make_client(address: Mapping[str, str], headers: Mapping[str, str]) -> httpx.Client:
    """A kept client for `url`; `authority` names a file with whoever signed its certificate, if the system does not know them."""
    is_secret = address["url"].startswith("https://")
    return httpx.Client(
        base_url=address["url"],
        headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
        limits=httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=20),
        verify=ssl.create_default_context(cafile=address.get("authority")) if is_secret else False,  # what is not used takes 40 ms to make
        follow_redirects=False,  # whoever redirects us would be told the person's number
        trust_env=False,  # no proxy of the environment between us and an agency
    )


def read_body(response: httpx.Response, agency: str, *, until: float, most: int) -> bytes:
    """The library's limit is one for each chunk, which a dripping source beats. Raises UpstreamError."""
    body = bytearray()
    for chunk in response.iter_raw():  # as it comes: what unpacks itself could fill the memory
        body += chunk
        if len(body) > most:
            raise silence(agency)
        if time.monotonic() > until:
            raise silence(agency, Failure.TIMEOUT)
    return bytes(body)
