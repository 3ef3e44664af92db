"""Errors as `application/problem+json` (RFC 9457), in the language that was asked for; here and nowhere else.

`type` leads to the paragraph of the documentation that says what the kind of problem is and who can mend it.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from miaopi.apps.exchange.api import PullRefusedError
from miaopi.kernel.errors import InputError, MiaopiError
from miaopi.kernel.wording import Text

log = logging.getLogger(__name__)

MEDIA: Final = "application/problem+json"
DOCS: Final = "/api/v1/docs"
SOON: Final = "5"  # seconds
KINDS: Final[Mapping[int, tuple[str, Text]]] = {
    400: ("unreadable", Text(zh="读不懂提交的内容", en="What was sent cannot be read")),
    401: ("unauthenticated", Text(zh="请出示令牌", en="Show a token")),
    403: ("forbidden", Text(zh="您没有办理此事的权限", en="You have no right to do this")),
    404: ("not-found", Text(zh="没有找到", en="There is no such thing")),
    405: ("method", Text(zh="这个地址不能这样用", en="This address does not know that method")),
    409: ("conflict", Text(zh="与已有的冲突", en="It conflicts with what is there")),
    413: ("too-large", Text(zh="提交的内容太大", en="What was sent is too large")),
    422: ("input", Text(zh="有一处要改", en="One thing to mend")),
    429: ("too-many", Text(zh="次数过多", en="Too many attempts")),
    500: ("ours", Text(zh="我们这边出了错", en="Something broke on our side")),
    503: ("upstream", Text(zh="暂时没有回应", en="No answer for the moment")),
}
DETAILS: Final[Mapping[int, Text]] = {
    400: Text(zh="请按接口说明重写请求。", en="Write the request as the documentation says."),
    401: Text(zh="没有令牌，或令牌已失效。", en="There is no token, or it is not good any more."),
    404: Text(zh="请核对地址。", en="Please check the address."),
    405: Text(zh="允许的方法见Allow头。", en="The header Allow names the methods that it knows."),
    413: Text(zh="请缩小后再发。", en="Send less."),
    500: Text(zh="已提交的都在。请报编号reference查询。", en="What was submitted is kept. Quote the reference when you ask."),
    503: Text(zh="请稍后用同一个幂等键重试，不会重复办理。", en="Try again in a moment with the same key; nothing is done twice."),
}
SHAPE: Final = Text(zh="写法不对。", en="it is not written as it must be.")
SHAPES: Final[Mapping[str, Text]] = {  # by the code that pydantic has for it
    "missing": Text(zh="缺少这一项。", en="it is missing."),
    "extra_forbidden": Text(zh="没有这个名字。", en="no such name is known here."),
    "too_long": Text(zh="太多。", en="it has too many."), "string_too_long": Text(zh="太长。", en="it is too long."),
    "too_short": Text(zh="太少。", en="it has too few."), "string_too_short": Text(zh="太短。", en="it is too short."),
    "greater_than_equal": Text(zh="太小。", en="it is too small."), "less_than_equal": Text(zh="太大。", en="it is too large."),
    "enum": Text(zh="不是可选的值。", en="it is none of the values."),
}
AS_DOCUMENTED: Final = Text(zh=f"请按接口说明（{DOCS}）改写。", en=f"Write it as {DOCS} says.")


def language_of(request: HttpRequest) -> str:
    """`en` if English is asked for before Chinese, else `zh`."""
    wanted = request.headers.get("Accept-Language", "").lower()
    english, chinese = wanted.find("en"), wanted.find("zh")
    return "en" if english >= 0 and (chinese < 0 or english < chinese) else "zh"


def problem(request: HttpRequest, status: int, *, detail: Text | None = None, **more: object) -> HttpResponse:
    """One problem as an answer. `more` are members of its own: field, rule, errors, reference."""
    kind, title = KINDS.get(status, KINDS[400 if status < 500 else 500])
    language = language_of(request)
    said = detail or DETAILS.get(status) or title
    body = {
        "type": f"{DOCS}#problem-{kind}", "title": title.in_language(language), "status": status, "detail": said.in_language(language),
        **{name: value.in_language(language) if isinstance(value, Text) else value for name, value in more.items()},
    }
    written = json.dumps(body, ensure_ascii=False).encode(errors="replace")  # a name that somebody sent may hold half a character
    response = HttpResponse(written, status=status, content_type=MEDIA)
    response.headers["Content-Language"] = "en" if language == "en" else "zh-CN"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="miaopi"'
    if status == 503:
        response.headers["Retry-After"] = SOON
    return response


def tell_problem(request: HttpRequest, error: MiaopiError) -> HttpResponse:
    """What somebody else can mend; `retry_after` where an error knows it."""
    more: dict[str, object] = {}
    if isinstance(error, InputError):
        more = {"field": error.field, "rule": error.rule, "remedy": error.remedy}
    if isinstance(error, PullRefusedError):
        more = {"code": str(error.code)}
    response = problem(request, error.status, detail=error.text, **more)
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(int(wait.total_seconds()))
    return response


def tell_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or parameter that does not fit its schema: each place by its path, never what stood there."""
    places = [".".join(str(part) for part in each["loc"][1:] if part != "body") or "body" for each in error.errors]
    errors = [{"field": place, "code": str(each["type"])} for place, each in zip(places, error.errors, strict=True)]
    first, rule = (places[0], SHAPES.get(errors[0]["code"], SHAPE)) if places else ("body", SHAPE)
    detail = Text(zh=f"{first}：{rule.zh}{AS_DOCUMENTED.zh}", en=f"{first}: {rule.en} {AS_DOCUMENTED.en}")
    return problem(request, 422, detail=detail, field=first, rule=rule, remedy=AS_DOCUMENTED, errors=errors)


def tell_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code)


def tell_our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """A database that is down is 503 with a time to come back; anything else 500 with an id that the log also holds."""
    if isinstance(error, OperationalError | InterfaceError):
        return problem(request, 503)
    reference = secrets.token_hex(4)
    log.error("unexpected %s", reference, exc_info=error)
    return problem(request, 500, reference=reference)


def settle(api: NinjaAPI) -> None:
    """Hand every kind of error to its teller."""
    tellers: list[tuple[type[Exception], Callable[..., HttpResponse]]] = [
        (Exception, tell_our_fault), (HttpError, tell_http), (AuthenticationError, tell_http), (ValidationError, tell_shape),
        (MiaopiError, tell_problem), (RequestDataTooBig, lambda request, _: problem(request, 413)),
        (SuspiciousOperation, lambda request, _: problem(request, 400)), (DisallowedHost, lambda request, _: problem(request, 400)),
        (UnreadablePostError, lambda request, _: problem(request, 400)),
        (MultiPartParserError, lambda request, _: problem(request, 400)),
        (RawPostDataException, lambda request, _: problem(request, 400)),  # a form where JSON is asked for
        (DataError, lambda request, _: problem(request, 400)),  # what no text of the database can hold, such as U+0000
        (Http404, lambda request, _: problem(request, 404)),
    ]
    for kind, teller in tellers:
        api.add_exception_handler(kind, teller)


def polite(view: Any) -> Callable[..., HttpResponse]:
    """What every answer of an operation carries: nobody keeps it, and a method that is not known is told as a problem."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response: HttpResponse = view(request, *arguments, **named)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = problem(request, 405)
            response.headers["Allow"] = allowed
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Authorization, Cookie, Accept-Language"
        return response

    return answer
