"""An authority behind HTTP: `POST /verify {"code"}` answers the assertion, 404 or 422 that it knows none like it.

One client is kept for the life of the process (a TLS context made at each call costs 44 ms); one try, for a person
waits: she is told and may try again herself.
"""

from __future__ import annotations

from typing import Final

import httpx

from miaopi.apps.identity.adapters.port import Assertion
from miaopi.apps.identity.adapters.wording import UNAVAILABLE
from miaopi.kernel.errors import UpstreamError

TIME_LIMIT_SECONDS: Final = 5.0
NO_SUCH_CODE: Final = frozenset({404, 422})  # 422: no code looks like that; 401 and 403 speak of our own token


class HttpAuthority:
    """The authority at `url`; `token`, where there is one, proves who asks."""

    def __init__(self, url: str, *, token: str = "", time_limit: float = TIME_LIMIT_SECONDS) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # trust_env: a proxy of the environment must not see who signs in
        self._client = httpx.Client(base_url=url, headers=headers, timeout=time_limit, trust_env=False, follow_redirects=False)

    def verify(self, code: str) -> Assertion | None:
        try:
            answer = self._client.post("/verify", json={"code": code})
            if answer.status_code in NO_SUCH_CODE:
                return None
            answer.raise_for_status()
            return _read(answer.json())
        except (httpx.HTTPError, ValueError, TypeError, KeyError):
            # from None: the cause may hold the body of the answer
            raise UpstreamError("authority", UNAVAILABLE) from None

    def close(self) -> None:
        self._client.close()


def _read(body: object) -> Assertion:
    """The answer as an assertion. Raises KeyError, TypeError or ValueError for anything else."""
    if not isinstance(body, dict):
        raise TypeError("an object is wanted")
    words = {name: body[name] for name in ("name", "id_number", "document_type", "mobile", "method")}
    if not all(isinstance(word, str) for word in words.values()) or not words["name"] or not words["id_number"]:
        raise ValueError("a text is missing")
    level = body["assurance_level"]
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 3:
        raise ValueError("no such assurance level")
    return Assertion(assurance_level=level, **words)
