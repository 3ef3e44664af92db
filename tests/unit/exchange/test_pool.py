"""Kept connections when the system itself runs short."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from miaopi.apps.exchange.adapters.wire.pool import MOST_OPENING, Pool
from miaopi.apps.exchange.adapters.wire.talks import hold
from tests.waiting import LONG


class Made:
    def close(self) -> None:
        """Nothing is behind it."""


@contextmanager
def without_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_shortage_of_the_system_is_over_for_an_agency_when_it_is_over() -> None:
    pool = Pool("demo", lambda _: Made(), 16)
    until = time.monotonic() + LONG
    with without_descriptors():
        for _ in range(MOST_OPENING):
            with pytest.raises(OSError, match="open files"):
                next(pool.open(until))
    assert isinstance(hold([pool.open(until)], until=until)[0], Made)
