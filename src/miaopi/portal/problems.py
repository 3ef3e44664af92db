"""Errors become pages in one place. A page says what happened and what to do next, never how the code looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from miaopi.kernel.errors import InputError, MiaopiError
from miaopi.kernel.wording import Text

TITLES = {
    403: Text(zh="这一页不对您开放", en="This page is not open to you"),
    404: Text(zh="没有这一页", en="There is no such page"),
    405: Text(zh="这个地址不能这样打开", en="This address cannot be opened that way"),
    422: Text(zh="有一处要改", en="One thing to mend"),
    503: Text(zh="对方系统没有回应", en="The other system does not answer"),
}
OURS = Text(zh="我们这边出了错，不是您的问题", en="Something broke on our side, not yours")
KEPT = Text(
    zh="已经提交的都在，没有丢。请过一会儿再试，或打{hotline}。",
    en="What was submitted is kept. Please try again in a while, or call {hotline}.",
)
NOT_THERE = Text(zh="请核对地址，或从首页找。", en="Please check the address, or start from the home page.")


class ProblemMiddleware:
    """Turns what a view raises, and a method that a view does not know, into a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.headers.get("Content-Type", "").startswith("application/"):
            return response  # what a program is told stays as it is
        page = problem_page(request, status=405, title=TITLES[405], text=NOT_THERE)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What is not ours to word rises, to be told as our fault in one place (`miaopi.site.refusals`)."""
        if isinstance(error, MiaopiError):
            return problem_page(request, status=error.status, title=TITLES.get(error.status, OURS), text=error.text)
        return None


def problem_page(
    request: HttpRequest, *, status: int, title: Text, text: Text, reference: str | None = None
) -> HttpResponse:
    page = {"title": title, "text": text, "reference": reference}
    return render(request, "portal/problem.html", page, status=status)


def describe_problem(error: InputError | None, anchors: Mapping[str, str]) -> Mapping[str, object] | None:
    """A mistake for the summary of a form and for its field; one of no field of the form stands at the top of the page."""
    if error is None:
        return None
    anchor = anchors.get(error.field, "main")
    return {"anchor": anchor, "text": error.text}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, status=404, title=TITLES[404], text=NOT_THERE)
