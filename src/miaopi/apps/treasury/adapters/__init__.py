"""Which bank this instance pays by: a table in the code, a name in the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from django.conf import settings

from miaopi.apps.treasury.adapters.fake import FakeBank
from miaopi.apps.treasury.adapters.port import Bank
from miaopi.apps.treasury.adapters.wording import silence


def _http() -> Bank:
    """The entry `bank` of the file of addresses and secrets: read each time, for it may have moved; the client is kept."""
    try:
        entry = json.loads(Path(settings.MIAOPI_AGENCIES).read_text(encoding="utf-8"))["bank"]
        return _client(str(entry["url"]), str(entry["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise silence() from None


@cache
def _client(url: str, token: str) -> Bank:
    """Its library is loaded by those that pay, which most processes never do."""
    bank: Bank = resolve_name(f"{__package__}.http:HttpBank")({"url": url, "token": token})
    return bank


@cache
def _fake() -> FakeBank:
    return FakeBank()


BANKS: Final[Mapping[str, Callable[[], Bank]]] = {"http": _http, "fake": _fake}


def chosen_bank() -> Bank:
    """The setting `MIAOPI_BANK` names the adapter; without it the wire is used. Raises UpstreamError when it has no address."""
    return BANKS[getattr(settings, "MIAOPI_BANK", "http")]()
