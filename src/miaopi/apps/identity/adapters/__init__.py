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


def _http() -> Authority:
    """The entry `authority` of the file of addresses and secrets, which the city writes and only we read."""
    entry = json.loads(Path(settings.MIAOPI_AGENCIES).read_text(encoding="utf-8"))["authority"]
    return HttpAuthority(entry["url"], token=entry.get("token", ""))


ADAPTERS: Final[Mapping[str, Callable[[], Authority]]] = {"http": _http, "fake": FakeAuthority}


@cache
def chosen_authority() -> Authority:
    """Made once a process. The setting `MIAOPI_AUTHORITY` names the adapter; without it the wire is used."""
    return ADAPTERS[getattr(settings, "MIAOPI_AUTHORITY", "http")]()
