"""Which authority this instance asks: a table in the code, a name in the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from django.conf import settings

from miaopi.apps.identity.adapters.fake import FakeAuthority
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
def _client(url: str, token: str) -> Authority:
    """Its library is loaded by those that ask an authority, which most processes never do."""
    authority: Authority = resolve_name(f"{__package__}.http:HttpAuthority")(url, token=token)
    return authority


@cache
def _fake() -> Authority:
    return FakeAuthority()


ADAPTERS: Final[Mapping[str, Callable[[], Authority]]] = {"http": _http, "fake": _fake}


def chosen_authority() -> Authority:
    """The setting `MIAOPI_AUTHORITY` names the adapter; without it the wire is used. Raises UpstreamError when it has no address."""
    return ADAPTERS[getattr(settings, "MIAOPI_AUTHORITY", "http")]()
