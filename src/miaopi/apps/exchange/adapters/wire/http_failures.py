"""What an error of the HTTP library says about a question: whether anybody took it, and whether it may be put again."""

from __future__ import annotations

import ssl
from typing import Final

import httpx

from miaopi.apps.exchange.adapters.answers import Failure

CUT: Final = (httpx.ReadError, httpx.WriteError)
CUT_IN_SILENCE: Final = "Server disconnected without sending a response"  # which the library tells from nonsense by its text alone


def find_failure(error: Exception, *, may_repeat: bool) -> Failure:
    """`may_repeat`: nothing changes where the question was taken, if it is put a second time."""
    if isinstance(error, httpx.TimeoutException):
        return Failure.TIMEOUT
    if isinstance(error, httpx.ConnectError):
        return Failure.GARBAGE if _is_distrusted(error) else Failure.REFUSED
    is_cut = isinstance(error, CUT) or (isinstance(error, httpx.RemoteProtocolError) and str(error).startswith(CUT_IN_SILENCE))
    return Failure.REFUSED if is_cut and may_repeat else Failure.GARBAGE


def _is_distrusted(error: BaseException) -> bool:
    """Whether somebody was there, who could not show that he is the agency."""
    reason: BaseException | None = error
    while reason is not None and not isinstance(reason, ssl.SSLError):
        reason = reason.__cause__ or reason.__context__
    return reason is not None
