"""Errors become pages in one place. A page says what happened and what to do next, never how the code looks."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.wording import Text

log = structlog.get_logger()

TITLES = {
    403: Text(zh="这一页不对您开放", en="This page is not open to you"),
    404: Text(zh="没有这一页", en="There is no such page"),
    422: Text(zh="有一处要改", en="One thing to mend"),
    503: Text(zh="对方系统没有回应", en="The other system does not answer"),
}
OURS = Text(zh="我们这边出了错，不是您的问题", en="Something broke on our side, not yours")
KEPT = Text(
    zh="已经提交的都在，没有丢。请过一会儿再试，或打12345。",
    en="What was submitted is kept. Please try again in a while, or call 12345.",
)
NOT_THERE = Text(zh="请核对地址，或从首页找。", en="Please check the address, or start from the home page.")


class ProblemMiddleware:
    """Turns what a view raises into a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, MiaopiError):
            title = TITLES.get(error.status, OURS)
            return problem_page(request, status=error.status, title=title, text=error.text)
        reference = secrets.token_hex(4)
        log.error("unexpected", reference=reference, kind=type(error).__name__, exc_info=error)
        return problem_page(request, status=500, title=OURS, text=KEPT, reference=reference)


def problem_page(
    request: HttpRequest, *, status: int, title: Text, text: Text, reference: str | None = None
) -> HttpResponse:
    page = {"title": title, "text": text, "reference": reference}
    return render(request, "portal/problem.html", page, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, status=404, title=TITLES[404], text=NOT_THERE)
