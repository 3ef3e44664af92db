"""`python -m demo_city.agencies together REPORT ORDER …`: the agencies of a first start, forked from one process that has loaded what
they need and that knows none of their secrets: each reads its own order, with those of the others closed.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_NAME: Final = 15
GLANCE: Final = 0.002


def bear(words: Sequence[str], live: Callable[[list[str]], int]) -> int:
    """Fork one process for each order. Returns at once in this one, and in a child what `live` returns."""
    report, *orders = map(int, words)
    ourselves = os.getpid()
    gc.freeze()  # what is loaded stays in pages that all share
    for order in orders:
        child = os.fork()
        if child == 0:
            for other in (report, *orders):
                if other != order:
                    os.close(other)
            return live(_begin(order, ourselves))
        os.write(report, f"{child}\n".encode("ascii"))
    return 0


def _begin(order: int, before: int) -> list[str]:
    """Be what the order says, a child of the one who gave it; returns the words for the program."""
    os.setsid()
    with os.fdopen(order, encoding="utf-8") as file:
        told = json.load(file)
    output = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.close(output)
    os.environ.clear()
    os.environ.update(told["environment"])
    while os.getppid() == before:
        time.sleep(GLANCE)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, told["signal"], 0, 0, 0)
    if os.getppid() != told["parent"]:
        sys.exit(1)
    libc.prctl(PR_SET_NAME, told["arguments"][0].encode()[:15], 0, 0, 0)
    words: list[str] = told["arguments"]
    return words
