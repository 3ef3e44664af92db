"""Log lines without locals, arguments of queries or request lines: a name must not reach a log through an error."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class TerseFormatter(logging.Formatter):
    """Time, level, logger, message; of an exception its type and our lines of code that it passed, never its text."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the name that logging calls
        kind, _, trace = ei
        steps = [f"{step.filename.rsplit('/src/', 1)[-1]}:{step.lineno}" for step in traceback.extract_tb(trace)]
        ours = [step for step in steps if "site-packages" not in step] or steps
        return f"{kind.__name__ if kind else 'error'} at {' < '.join(reversed(ours))}"


def log_to_stderr(level: int) -> None:
    """For a process that reads no Django settings: the same lines on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(TerseFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("miaopi").setLevel(level)
    logging.getLogger("demo_city").setLevel(level)


def log_to_file(path: Path) -> None:
    """For a verb: what went wrong is kept in the home, and the person at the terminal sees the id alone."""
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(TerseFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
