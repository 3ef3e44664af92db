"""What a process loads stays as long as it does: the collector of circles need not look at it, neither meanwhile nor ever after.

It would go through hundreds of thousands of objects again and again while they come, and once more at the end: a fifth of a short verb.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Around imports: without the collector, and what is there at the end is none of its business any more."""
    gc.disable()
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
