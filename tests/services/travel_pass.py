"""The whole package of the how-to guide, as a folder that a test may change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.services.reference import ROOT

PAGE: Final = (ROOT / "docs/how-to/write-a-service.md").read_text(encoding="utf-8")
GOOD: Final = {
    "account.name": "演示·老安", "person.name": "演示·老安", "person.birth_date": "1961-11-23", "hukou.region_code": "440304",
    "card_face": "lotus",
}  # fmt: skip


def write_travel_pass(parent: Path) -> Path:
    folder = parent / "travel-pass"
    folder.mkdir()
    example = PAGE[PAGE.index("## A whole package") :]
    for name, content in re.findall(r"^`(\w+\.yaml)`\n\n```yaml\n(.*?)^```$", example, re.M | re.S):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that stands once in a file of the package."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
