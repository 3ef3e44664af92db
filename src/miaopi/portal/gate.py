"""The one gate of the pages: every view names its right; who lacks it is asked to sign in or told nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Member, Party, Right, authorise, find_session, touch_session
from miaopi.config import clock
from miaopi.config.city import current_city
from miaopi.portal.language import in_language, language_of

SESSION_COOKIE = settings.SESSION_COOKIE_NAME
PROBES = ("/healthz", "/readyz")  # whoever watches over us comes by address
TOUCH_EVERY = timedelta(minutes=1)
View = Callable[..., HttpResponse]


class Visit(HttpRequest):
    """A request after the middleware: the city, the moment, and who is signed in, if anybody: a person or a member of staff."""

    city: Any
    now: datetime
    party: Party | None
    member: Member | None
    actor: Actor | None


class SignedVisit(Visit):
    """A visit behind a gate that wants a session: there is somebody."""

    party: Party
    actor: Actor


class VisitorMiddleware:
    """Reads the clock once, and the session once, before any view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(Visit, request)
        visit.city = current_city()
        visit.now = clock.now()
        token = request.COOKIES.get(SESSION_COOKIE)
        session = find_session(token, visit.now) if token else None
        if session is not None and session.seen_at <= visit.now - TOUCH_EVERY:
            touch_session(token=request.COOKIES[SESSION_COOKIE], by=session.actor, now=visit.now)
        visit.party = session.party if session else None
        visit.member = session.member if session else None
        visit.actor = session.actor if session else None
        response = self.get_response(request)
        if visit.actor is not None:
            response.headers["Cache-Control"] = "no-store"
        return response


def gate(right: Right) -> Callable[[View], View]:
    """`@gate(Right.READ_OWN_APPLICATION)`: without a session the way leads to sign-in and back here."""

    def gated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            visit = cast(Visit, request)
            if visit.path not in PROBES:
                visit.get_host()  # a name that is not ours is refused before a page could be kept under it
            if right is not Right.PUBLIC and visit.actor is None:
                sign_in = in_language(reverse("sign_in"), language_of(request))
                return HttpResponseRedirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
            authorise(visit.actor, right)
            return view(visit, *arguments, **named)

        guarded.right = right  # type: ignore[attr-defined]  # read by the walk over routes
        return guarded

    return gated


def open_gate(right: Right) -> Callable[[View], View]:
    """`@open_gate(Right.VERIFY_LICENCE)`: for what visitors may do as well; nobody is asked to sign in."""

    def gated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            visit = cast(Visit, request)
            visit.get_host()
            authorise(None, right)
            return view(visit, *arguments, **named)

        guarded.right = right  # type: ignore[attr-defined]  # read by the walk over routes
        return guarded

    return gated
