"""What a process loads stays as long as it does: the collector of circles need not look at it, neither meanwhile nor ever after.

It would go through hundreds of thousands of objects again and again while they come, and once more at the end: a fifth of a short verb.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# The command line of httpx, which it loads beside the client wherever rich and click are installed: a tenth of our start. What
# Python finds as `None` among its modules is to it not installed, and httpx does without.
NOT_LOADED: Any = None


@contextmanager
def loading() -> Iterator[None]:
    """Around imports: without the collector, and what is there at the end is none of its business any more."""
    gc.disable()
    sys.modules.setdefault("httpx._main", NOT_LOADED)
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def set_up() -> None:
    """Django with all rooms, as `DJANGO_SETTINGS_MODULE` says."""
    with loading():
        import django

        django.setup()
