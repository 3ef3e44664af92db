"""An authority behind HTTP: `POST /verify {"code"}` answers the assertion, 404 or 422 that it knows none like it.

One client is kept for the life of the process (a TLS context made at each call costs 44 ms); one try, for a person
waits: she is told and may try again herself.
"""

from __future__ import annotations

import json
import time
from typing import Final

import httpx

from miaopi.apps.identity.adapters.port import Assertion, StaffAssertion
from miaopi.apps.identity.adapters.wording import UNAVAILABLE
from miaopi.kernel.errors import UpstreamError

TIME_LIMIT_SECONDS: Final = 5.0
LARGEST_ANSWER: Final = 65536  # bytes; an assertion needs about 300
NO_SUCH_CODE: Final = frozenset({404, 422})  # 422: no code looks like that; 401 and 403 speak of our own token


class HttpAuthority:
    """The authority at `url`; `token`, where there is one, proves who asks."""

    def __init__(self, url: str, *, token: str = "", time_limit: float = TIME_LIMIT_SECONDS) -> None:
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._time_limit = time_limit
        # trust_env: a proxy of the environment must not see who signs in
        self._client = httpx.Client(base_url=url, headers=headers, timeout=time_limit, trust_env=False, follow_redirects=False)

    def verify(self, code: str) -> Assertion | StaffAssertion | None:
        try:
            with self._client.stream("POST", "/verify", json={"code": code}) as answer:
                if answer.status_code in NO_SUCH_CODE:
                    return None
                answer.raise_for_status()
                return _read(json.loads(self._body_of(answer, time.monotonic() + self._time_limit)))
        except (httpx.HTTPError, ValueError, TypeError, KeyError, RecursionError):
            # from None: the cause may hold the body of the answer
            raise UpstreamError("authority", UNAVAILABLE) from None

    def _body_of(self, answer: httpx.Response, until: float) -> bytes:
        """The body, as long as it is small and in time: the library's limit is one for each chunk, a dripping source beats it."""
        body = bytearray()
        for chunk in answer.iter_raw():  # as it comes: a chunk of a size is waited for. Raw: what unpacks itself could fill the memory
            body += chunk
            if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                raise ValueError("too much, or too slow")
        return bytes(body)

    def close(self) -> None:
        self._client.close()


def _read(body: object) -> Assertion | StaffAssertion:
    """The answer as an assertion. Raises KeyError, TypeError or ValueError for anything else."""
    if not isinstance(body, dict):
        raise TypeError("an object is wanted")
    if "staff_id" in body:
        return _read_staff(body)
    words = {name: body[name] for name in ("name", "id_number", "document_type", "mobile", "method")}
    if not all(isinstance(word, str) for word in words.values()) or not words["name"] or not words["id_number"]:
        raise ValueError("a text is missing")
    level = body["assurance_level"]
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 3:
        raise ValueError("no such assurance level")
    return Assertion(assurance_level=level, **words)


def _read_staff(body: dict[str, object]) -> StaffAssertion:
    """A member of staff; an answer that names a person's document as well is of neither kind."""
    words = [body[name] for name in ("staff_id", "name", "method")]
    staff_id, name, method = (word if isinstance(word, str) else "" for word in words)
    if not staff_id or not name or not method or "id_number" in body:
        raise ValueError("not one member of staff")
    return StaffAssertion(staff_id=staff_id, name=name, method=method)
