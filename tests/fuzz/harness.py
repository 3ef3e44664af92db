"""The process that is given the inputs: `python -m tests.fuzz.harness TARGET FOLDER COUNT …`, the rest for the fuzzer.

It goes on after a find: the input is kept in the folder, and what was wrong with it beside it.
"""

from __future__ import annotations

import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Final

import atheris

# What takes texts apart and puts values together; what only carries out is not looked into, or a run would take ten times as long.
with atheris.instrument_imports(
    include=[
        *(
            "miaopi.kernel.dmn.reading",
            "miaopi.kernel.dmn.items",
            "miaopi.kernel.expr.inference",
            "miaopi.kernel.expr.lexer",
        ),
        *(
            "miaopi.kernel.expr.library",
            "miaopi.kernel.expr.parser",
            "miaopi.kernel.expr.patterns",
            "miaopi.kernel.expr.temporal",
        ),
        *("miaopi.kernel.expr.types", "miaopi.kernel.expr.vocabulary"),
    ]
):
    from tests.fuzz import targets

SUSPECT_SECONDS: Final = 0.5  # of the processor, with the code slowed down by being watched
SUSPECT_MEGABYTES: Final = 24  # by which the process has grown in one execution
TOLD: Final = 250  # executions between two notes of their number


class Harness:
    def __init__(self, target: str, folder: Path, count: int) -> None:
        self.target = target
        self.folder = folder
        self.count = count
        self.done = 0
        self.size = self.peak()

    def __call__(self, data: bytes) -> None:
        self.done += 1
        began = time.process_time()
        try:
            targets.run(self.target, data)
        except BaseException:
            self.keep(data, traceback.format_exc())
        taken, size = time.process_time() - began, self.peak()
        if taken > SUSPECT_SECONDS or size - self.size > SUSPECT_MEGABYTES:
            self.keep(data, "")
        self.size = size
        if self.done % TOLD == 0 or self.done >= self.count:
            (self.folder / "done").write_text(str(self.done), encoding="ascii")

    def keep(self, data: bytes, wrong: str) -> None:
        """An input that went wrong, or, where that is empty, one to be looked at for its time and room."""
        name = f"found-{self.done}"
        (self.folder / name).write_bytes(data)
        (self.folder / f"{name}.txt").write_text(wrong, encoding="utf-8", errors="backslashreplace")

    def peak(self) -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    target, folder, count, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], Harness(target, Path(folder), int(count)))
    atheris.Fuzz()
