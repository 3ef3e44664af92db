"""Branches of the kernel are counted where the kernel is tested alone, and rest everywhere else.

Whatever Python does while they are counted takes twice as long: so they rest while other tests are collected, prepared and run, and
in the process that hands them out. `Coverage.current()` says who counts now: a worker holds two, for its plugin begins one as if it
handed tests out, which would go on unseen under the other.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from coverage import Coverage

import miaopi.kernel

FIRST = "gw0"


class Counting:
    """Begins and rests where the kind of test changes: each beginning looks at every module there is."""

    def __init__(self, is_counted: Callable[[pytest.Item | pytest.Collector], bool]) -> None:
        self._is_counted = is_counted
        self._counter: Coverage | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """What a module of the kernel does when it is imported is counted."""
        for module in walk_packages(miaopi.kernel.__path__, "miaopi.kernel."):
            import_module(module.name)
        self._counter = Coverage.current()
        rest()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> None:
        """Every worker collects the same tests, whose modules may ask the kernel for values: one of them counts."""
        worker = getattr(collector.config, "workerinput", {"workerid": FIRST})["workerid"]
        self._turn(to=worker == FIRST and self._is_counted(collector))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        self._turn(to=self._is_counted(item))

    def _turn(self, *, to: bool) -> None:
        if not to:
            rest()
        elif self._counter is not None and Coverage.current() is None:
            self._counter.start()


def rest() -> None:
    while (counter := Coverage.current()) is not None:
        counter.stop()
