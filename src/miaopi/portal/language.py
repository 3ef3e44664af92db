"""Chinese first, English second: the language of a page is the first part of its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from miaopi.config.city import current_city
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.portal.tabs import place_of

Language = Literal["zh", "en"]


def language_of(request: HttpRequest) -> Language:
    return "en" if request.path == "/en" or request.path.startswith("/en/") else "zh"


def in_language(path: str, language: Language) -> str:
    """The same page in the other tongue; `path` is an absolute path with or without a query.

    It begins with one slash: what follows two is the name of another host.
    """
    bare = path.removeprefix("/en") if path == "/en" or path.startswith("/en/") else path
    return f"{'/en' if language == 'en' else ''}/{bare.lstrip('/')}"


def lead_to(request: HttpRequest, name: str, *arguments: str, done: str = "") -> HttpResponse:
    """On to the page of that name, in the language of this one; `done` is what it is to say was done."""
    address = in_language(reverse(name, args=arguments), language_of(request))
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)


def show_moment(moment: datetime, language: Language) -> str:
    """`11月23日09:31` or `23 Nov 09:31`, in the time of the city."""
    local = moment.astimezone(LEGAL_ZONE)
    if language == "en":
        return f"{local.day} {local:%b} {local:%H:%M}"
    return f"{local.month}月{local.day}日{local:%H:%M}"


class LanguageMiddleware:
    """Says the language in the header, so that screen readers and caches know it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", "zh-CN" if language_of(request) == "zh" else "en")
        return response


def page_context(request: HttpRequest) -> dict[str, object]:
    """What every page knows: its language, the address of its twin, who is signed in, how it is to be shown."""
    language = language_of(request)
    twin = in_language(request.get_full_path(), "zh" if language == "en" else "en")
    party = getattr(request, "party", None)
    return {
        "language": language,
        "twin": twin,
        "here": request.get_full_path(),
        "party": party,
        "member": getattr(request, "member", None),
        "elder": request.COOKIES.get("display") == "elder",
        "city": getattr(request, "city", None) or current_city(),  # none where a request failed before it was a visit
        **place_of(request),
    }
