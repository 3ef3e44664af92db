"""The documents print as they are meant: no table falls apart into raw lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.source import SRC

ROOT = SRC.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_table_has_a_head(path: Path) -> None:
    lines = ["", *path.read_text(encoding="utf-8").splitlines(), ""]
    for at, line in enumerate(lines):
        if line.startswith("|") and not lines[at - 1].startswith("|"):
            assert RULE.fullmatch(lines[at + 1].strip()), f"line {at}: {line}"
