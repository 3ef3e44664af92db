"""Which authority this instance asks: a table in the code, a name in the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from miaopi.apps.identity.adapters.fake import FakeAuthority
from miaopi.apps.identity.adapters.http import HttpAuthority
from miaopi.apps.identity.adapters.port import Authority
from miaopi.apps.identity.adapters.wording import UNAVAILABLE
from miaopi.kernel.errors import UpstreamError


def _http() -> Authority:
    """The entry `authority` of the file of addresses and secrets: read each time, for it may have moved; the client is kept."""
    try:
        entry = json.loads(Path(settings.MIAOPI_AGENCIES).read_text(encoding="utf-8"))["authority"]
        return _client(entry["url"], entry.get("token", ""))
    except (OSError, ValueError, KeyError, TypeError):
        raise UpstreamError("authority", UNAVAILABLE) from None


@cache
def _client(url: str, token: str) -> HttpAuthority:
    return HttpAuthority(url, token=token)


@cache
def _fake() -> Authority:
    return FakeAuthority()


ADAPTERS: Final[Mapping[str, Callable[[], Authority]]] = {"http": _http, "fake": _fake}


def chosen_authority() -> Authority:
    """The setting `MIAOPI_AUTHORITY` names the adapter; without it the wire is used. Raises UpstreamError when it has no address."""
    return ADAPTERS[getattr(settings, "MIAOPI_AUTHORITY", "http")]()
