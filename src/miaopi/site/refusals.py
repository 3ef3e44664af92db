"""What a visitor is told when no view could answer: a forged form, or a failure outside every view."""

from __future__ import annotations

import logging
import secrets
import sys

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from miaopi.kernel.wording import Text
from miaopi.portal.problems import KEPT, OURS, TITLES, problem_page

log = logging.getLogger(__name__)

FORGED = Text(
    zh="这张表单已过期，或不是从本站打开的。请回到上一页刷新后再提交。",
    en="This form is too old or was not opened from this site. Go back, reload the page and submit again.",
)
UNREADABLE = Text(zh="读不懂提交的内容", en="What was sent cannot be read")
SENT_ANEW = Text(
    zh="提交的内容太大或格式不对，什么都没有保存。请回到上一页重新填写。",
    en="What was sent is too large or not written as a form is; nothing was kept. Go back and fill it in again.",
)
RESTING = Text(zh="系统正在恢复，请几秒后再试", en="We are coming back; please try again in a few seconds")


def refuse_forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls this when the token of a form is missing or not ours. Its own line in the log would hold the address."""
    log.warning("a form without our token was refused")
    return problem_page(request, status=403, title=TITLES[403], text=FORGED)


def refuse_unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Too large, too many fields, an unknown encoding, a host that is not ours: nothing of it is read again to say so."""
    return problem_page(request, status=400, title=UNREADABLE, text=SENT_ANEW)


def tell_our_fault(request: HttpRequest) -> HttpResponse:
    """A database that is down is 503 with a time to come back; anything else 500 with an id that the log also holds."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        response = problem_page(request, status=503, title=RESTING, text=KEPT)
        response.headers["Retry-After"] = "5"
        return response
    if isinstance(error, DataError):  # what no text of the database can hold, such as U+0000 in an address
        return refuse_unreadable(request, error)
    reference = secrets.token_hex(4)
    log.error("unexpected %s", reference, exc_info=error)
    return problem_page(request, status=500, title=OURS, text=KEPT, reference=reference)
