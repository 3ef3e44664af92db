"""A clock, a socket, a file and a die that raise when the kernel reaches for them, and leave everybody else alone.

Whose call it is says the nearest frame of ours: what the kernel is handed – a file of definitions that resolves an import –
may do what it does.
"""

from __future__ import annotations

import builtins
import datetime
import gc
import io
import os
import random
import secrets
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType, FrameType, ModuleType
from typing import Any, Final

import pytest

KERNEL: Final = "miaopi.kernel"
DOORS: Final[dict[Any, tuple[str, ...]]] = {
    builtins: ("open",),
    io: ("open",),
    os: ("open", "urandom", "system"),
    random: ("random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "uniform", "getrandbits"),
    random.Random: ("__init__",),
    secrets: ("token_bytes", "token_hex", "token_urlsafe", "randbelow", "randbits", "choice"),
    socket: ("create_connection", "getaddrinfo"),
    socket.socket: ("__init__",),
    time: ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime", "gmtime", "sleep"),
    uuid: ("uuid1", "uuid4"),
}
CLOCKS: Final = {"now", "utcnow", "today"}
MODULES_OF_C: Final = {"time", "posix", "_socket", "_random", "_io"}
HARMLESS: Final = {"fspath"}


class ReachedError(AssertionError):
    """The kernel reached for what it must be handed."""


def is_kernels(frame: FrameType | None) -> bool:
    """Whether the nearest frame of ours, from this one outward, is the kernel's. What the interpreter loads – the codec of an
    encoding, the first time – is its own.
    """
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("importlib."):
            return False
        if name.startswith(("miaopi.", "tests.", "demo_city.")) and name != __name__:
            return bool(name.startswith(KERNEL))
        frame = frame.f_back
    return False


def guarded(what: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        if is_kernels(sys._getframe(1)):
            raise ReachedError(f"the kernel reaches for {what}")
        return real(*values, **named)

    return call


@contextmanager
def walls() -> Iterator[None]:
    """Around a test: every door that Python lets one replace."""
    with pytest.MonkeyPatch.context() as doors:
        for owner, names in DOORS.items():
            for name in names:
                doors.setattr(owner, name, guarded(f"{owner.__name__}.{name}", getattr(owner, name)))
        yield


@contextmanager
def sealed() -> Iterator[None]:
    """Around calls of the kernel alone: whatever the interpreter carries out in C is looked at, classes and `datetime.now` too."""
    harmless = set[Any]()  # kinds of owners and functions of modules, each judged once: a second has a million of these calls

    def look(frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or (kind := type(called.__self__)) in harmless or (kind is ModuleType and called in harmless):
            return
        if not issubclass(kind, type | ModuleType | random.Random):
            harmless.add(kind)
        elif not reaches_out(called):
            if kind is ModuleType:
                harmless.add(called)
        elif is_kernels(frame):
            raise ReachedError(f"the kernel reaches for {called.__qualname__}")

    before = sys.getprofile()
    gc.collect()
    gc.disable()  # what a collected object does at its end is no call of the kernel's
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
        gc.enable()


def reaches_out(called: BuiltinFunctionType) -> bool:
    owner = called.__self__
    if isinstance(owner, type) and issubclass(owner, datetime.date):
        return called.__name__ in CLOCKS
    if isinstance(owner, random.Random):
        return True
    return isinstance(owner, ModuleType) and owner.__name__ in MODULES_OF_C and called.__name__ not in HARMLESS
