"""Inputs by chance: 200,000 and more, through each door by which a text or a file comes in, end in a value or a typed error."""

from __future__ import annotations

import sys
from typing import Final

from tests.fuzz.running import fuzz

EXECUTIONS: Final = {"open": 70_000, "strict": 60_000, "model": 30_000, "pattern": 60_000}


def main() -> dict[str, object]:
    """Returns the executions of each target, and what was found; raises AssertionError where something was."""
    found = {}
    for target, executions in EXECUTIONS.items():
        found[target] = fuzz(target, executions)
        print(
            f"{target}: {found[target].executions} executions, {len(found[target].wrong)} finds",
            file=sys.stderr,
        )
    wrong = [f"{target}: {what}" for target, one in found.items() for what in one.wrong]
    assert not wrong, "\n".join(wrong)
    counts = {target: one.executions for target, one in found.items()}
    return {"executions": counts, "total": sum(counts.values()), "finds": len(wrong), "seed": 1}
