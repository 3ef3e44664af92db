"""Residents at the portal without a browser: Django's client, which checks forged forms as a server does."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client

from miaopi.apps.audit.api import system
from miaopi.apps.identity.api import Assertion, FakeAuthority, sign_in
from miaopi.portal.gate import SESSION_COOKIE
from tests.unit.filing.scene import NOW, SERVICE

CONSENT = f"/services/{SERVICE}/consent"
TOKEN = re.compile(r'name="token" value="([^"]+)"')
MASKED = re.compile(r'value="[^"]{30,}"')


def visit(who: Assertion, *, now: datetime = NOW) -> Client:
    """A client with the session of this person."""
    opened = sign_in(code="code", by=system("test.sign_in"), now=now, authority=FakeAuthority({"code": who}))
    client = Client(raise_request_exception=False)
    client.cookies[SESSION_COOKIE] = opened.token
    return client


def begin(client: Client) -> str:
    """Agree to everything; the address of the page to check."""
    answer = client.post(CONSENT, {"sensitive": ["criminal_record"]})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def send(client: Client, check: str, **fields: str) -> Any:
    """Submit the draft with the token of its page."""
    found = TOKEN.search(client.get(check).content.decode())
    assert found is not None
    return client.post(check, {"token": found[1], **fields})


def words(answer: Any) -> str:
    """A page without what differs by chance: its anti-forgery tokens."""
    return MASKED.sub("", str(answer.content.decode()))
