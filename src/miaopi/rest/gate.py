"""The gate of the operations: a bearer token or the cookie of a session, and the right that the operation names.

`gate(Right.…)` is the `auth` of every operation. Who shows a token that is none is told so, cookie or not; who lacks the
right is told 403, and of what is not his the room says 404 (ADR 0007).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Member, Party, Right, authorise, find_bearer, find_session
from miaopi.config import clock
from miaopi.kernel.errors import RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

SAFE = ("GET", "HEAD", "OPTIONS")
FORGED = Text(
    zh="用会话Cookie写入，须带本站表单的防伪标记（X-CSRFToken）；程序请用令牌。",
    en="A write by session cookie needs the form token of this site (X-CSRFToken); programs use a bearer token.",
)


@frozen
class Caller:
    """Who calls, and when: a person, a member of staff, or nobody in particular."""

    now: datetime
    actor: Actor | None = None
    party: Party | None = None
    member: Member | None = None


def who(request: HttpRequest) -> tuple[Actor, datetime]:
    """The actor and the moment of an operation behind a gate that wants somebody."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja from what the gate gave
    if caller.actor is None:
        raise AuthenticationError
    return caller.actor, caller.now


def when(request: HttpRequest) -> datetime:
    """The moment of an operation that is open to everybody."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja from what the gate gave
    return caller.now


def _admit(request: HttpRequest, right: Right, caller: Caller) -> Caller:
    request.get_host()  # a name that is not ours is refused
    authorise(caller.actor, right)
    return caller


class Token(HttpBearer):
    """`Authorization: Bearer miaopi_…`, as `demo` prints one for each persona and each member of staff."""

    def __init__(self, right: Right) -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now = clock.now()
        bearer = find_bearer(token, now)
        if bearer is None:
            raise AuthenticationError
        return _admit(request, self.right, Caller(now, bearer.actor, bearer.party, bearer.member))


class SessionCookie(APIKeyCookie):
    """The cookie of whoever signed in at the portal; a write by it wants the token that a form would carry."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, right: Right) -> None:
        super().__init__(csrf=False)  # checked below, where a refusal is told like every other
        self.right = right

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        now = clock.now()
        session = find_session(key, now) if key else None
        if session is None:
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            raise RightsError(FORGED)
        return _admit(request, self.right, Caller(now, session.actor, session.party, session.member))


class Anybody:
    """For what visitors may do as well; it asks for nothing and looks at nothing."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: HttpRequest) -> Caller:
        return _admit(request, self.right, Caller(clock.now()))


def gate(right: Right) -> Sequence[Callable[[HttpRequest], Any]]:
    """The `auth` of an operation that wants somebody."""
    return (Token(right), SessionCookie(right))


def open_gate(right: Right) -> Sequence[Callable[[HttpRequest], Any]]:
    """The `auth` of an operation that is open to visitors, said aloud."""
    return (Anybody(right),)
