"""Who signs, chosen by settings from the table below."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from miaopi.apps.audit.adapters.local import LocalSigner
from miaopi.apps.audit.adapters.port import Signer


@cache
def choose_signer() -> Signer:
    """The signer of this process. Only the worker is given the folder of keys; others can look up public ones."""
    return LocalSigner(keys=settings.MIAOPI_KEYS, public=settings.MIAOPI_PUBLIC_KEYS)
