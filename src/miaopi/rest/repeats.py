"""`Idempotency-Key` on operations that make something: the same key and body get the same answer, another body 409."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from miaopi.apps.identity.api import make_once
from miaopi.rest.gate import who

HEADER = "Idempotency-Key"
PARAMETER = {
    "parameters": [
        {
            "in": "header", "name": HEADER, "required": False, "schema": {"type": "string", "maxLength": 128},
            "description": "A key of yours, kept for a day. The same key and body get the same answer, also after a lost one; "
            "another body under it is 409.",
        }
    ]
}


def once(request: HttpRequest, make: Callable[[], Schema]) -> HttpResponse:
    """The answer of `make`, which works in the database alone; under a key, made once."""
    key = request.headers.get(HEADER)
    if key is None:
        return _answer(_write(make))
    by, now = who(request)
    asked = f"{request.method} {request.path}\n{hashlib.sha256(request.body).hexdigest()}"
    answered = make_once(key=key, asked=asked, make=lambda: _write(make), by=by, now=now)
    response = _answer(answered.answer)
    if answered.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _write(make: Callable[[], Schema]) -> bytes:
    return make().model_dump_json().encode()


def _answer(body: bytes) -> HttpResponse:
    return HttpResponse(body, status=HTTPStatus.CREATED, content_type="application/json; charset=utf-8")
