"""Coming and going: sign-in, sign-out, and how large a page is to be shown."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopi.apps.audit.api import system
from miaopi.apps.identity.api import Right, Role, sign_in, sign_out
from miaopi.config import environment
from miaopi.kernel.errors import InputError, NotFound
from miaopi.portal.gate import SESSION_COOKIE, Visit, gate
from miaopi.portal.language import in_language, language_of
from miaopi.portal.problems import NOT_THERE

DOOR = system("portal.sign_in")
DISPLAYS = ("standard", "elder")
DESKS = {Role.OFFICER: "desk", Role.CLERK: "counter", Role.STEWARD: "data", Role.AUDITOR: "watch"}
YEAR = 365 * 24 * 60 * 60


def next_page(request: HttpRequest, wanted: str) -> str:
    """Where to go on: a page of this portal, or home. An address elsewhere would send a person to strangers."""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return in_language("/", language_of(request))


def origin_of(request: HttpRequest) -> str:
    """The network address that a request comes from; empty where none is told.

    Behind the proxy of TLS the connection's other end is the proxy, for everybody. Of the addresses in its header the last
    is the one that it saw itself; those before it are whatever the visitor wrote there.
    """
    header = "HTTP_X_FORWARDED_FOR" if environment.is_behind_tls() else "REMOTE_ADDR"
    try:
        return str(ipaddress.ip_address(request.META.get(header, "").rpartition(",")[2].strip()))
    except ValueError:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@gate(Right.PUBLIC)
def show_sign_in(visit: Visit) -> HttpResponse:
    wanted = visit.POST.get("next") or visit.GET.get("next", "")
    onward = next_page(visit, wanted)
    if visit.method != "POST":
        return render(visit, "portal/sign_in.html", {"next": onward})
    try:
        opened = sign_in(
            code=visit.POST.get("code", "").strip(), by=DOOR, now=visit.now, origin=origin_of(visit),
            previous=visit.COOKIES.get(SESSION_COOKIE),
        )
    except InputError as error:
        problem = {"anchor": "code", "field": "code", "text": error.text}
        return render(visit, "portal/sign_in.html", {"next": onward, "problem": problem}, status=error.status)
    rotate_token(visit)  # who used this browser before knows the form token of before
    member = opened.session.member
    if member is not None and onward == in_language("/", language_of(visit)) and member.role in DESKS:  # the home of staff
        onward = in_language(reverse(DESKS[member.role]), language_of(visit))
    response = HttpResponseRedirect(onward)
    response.set_cookie(
        SESSION_COOKIE, opened.token, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, path="/"
    )
    return response


@require_POST
@gate(Right.SIGN_OUT)
def leave(visit: Visit) -> HttpResponse:
    if visit.actor is not None:
        sign_out(token=visit.COOKIES.get(SESSION_COOKIE, ""), by=visit.actor, now=visit.now)
    rotate_token(visit)
    response = HttpResponseRedirect(in_language("/", language_of(visit)))
    response.delete_cookie(SESSION_COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@require_safe
@gate(Right.PUBLIC)
def choose_display(visit: Visit, display: str) -> HttpResponse:
    if display not in DISPLAYS:
        raise NotFound(NOT_THERE)
    response = HttpResponseRedirect(next_page(visit, visit.GET.get("next", "")))
    response.set_cookie("display", display, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, path="/")
    return response
