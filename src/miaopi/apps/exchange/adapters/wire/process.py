"""The name of this process among those that ask agencies."""

from __future__ import annotations

import os
import secrets
from functools import cache


def name_process() -> str:
    """A number may come back after its process has ended, and a child begins with what its parent remembers; this name does neither."""
    return _name(os.getpid())


@cache
def _name(number: int) -> str:
    return f"{number}-{secrets.token_hex(6)}"
