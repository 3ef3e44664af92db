"""The gateways that carry messages, chosen by settings from the table in `choose_gateway`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from django.conf import settings

from miaopi.apps.notification.adapters.http import HttpGateway
from miaopi.apps.notification.adapters.port import Gateway
from miaopi.apps.notification.adapters.spool import SpoolGateway

GATEWAYS: Final[Mapping[str, Callable[[str], Gateway]]] = {"http": HttpGateway, "spool": SpoolGateway}


@cache
def choose_gateway() -> Gateway:
    """The gateway of `settings.MIAOPI_GATEWAY`: a pair of kind and address (a folder's file, or a URL)."""
    kind, address = settings.MIAOPI_GATEWAY
    return GATEWAYS[kind](address)
