"""Many packages of the size of the real ones: how long they take to be read, checked and compiled."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from miaopi.cli.bench.turns import median
from miaopi.definitions import load_service
from miaopi.definitions.package import RULE_FILES, services_root

# A name more in the scope of every expression: no two packages share what depends on the names.
OWN: Final = """
bench_{number}:
  label: {{zh: 第 {number} 套, en: "Set {number}"}}
  unit: CNY
  values:
    - {{from: 2020-01-01, value: "{number}", basis: {{instrument: 测速, article: 第一条}}}}
"""


def compile_many(count: int, rounds: int) -> dict[str, Any]:
    """Seconds of the processor for so many packages from their files, and again from what the process keeps by the hash of
    these; `elapsed_s` are those of the clock on the wall for the first.
    """
    cold: list[float] = []
    kept: list[float] = []
    elapsed: list[float] = []
    for turn in range(rounds):
        with TemporaryDirectory() as folder:
            paths = _written(Path(folder), range(turn * count, (turn + 1) * count))
            for seconds in (cold, kept):
                began, since = time.process_time(), time.perf_counter()
                for path in paths:
                    load_service(path)
                seconds.append(time.process_time() - began)
                elapsed.append(time.perf_counter() - since)
    return {"packages": count, "cold_s": median(cold), "kept_s": median(kept), "elapsed_s": median(elapsed[::2]), "rounds": rounds}


def _written(folder: Path, numbers: Sequence[int]) -> list[Path]:
    """Variants of the packages of the project in turn, each in a folder of its slug below one of its own."""
    originals = sorted(path.parent for path in services_root().glob("*/service.yaml"))
    found = []
    for number in numbers:
        original = originals[number % len(originals)]
        path = folder / str(number) / original.name
        path.mkdir(parents=True)
        for name in RULE_FILES:
            text = (original / name).read_text(encoding="utf-8")
            (path / name).write_text(text + OWN.format(number=number) * (name == "parameters.yaml"), encoding="utf-8")
        found.append(path)
    return found
