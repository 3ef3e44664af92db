"""The whole package of the how-to guide, as a folder that a test may change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.services.reference import ROOT
from tests.unit.kernel.dmn.written import column, decision, given, model, output, table

PAGE: Final = (ROOT / "docs/how-to/write-a-service.md").read_text(encoding="utf-8")
GOOD: Final = {
    "account.name": "演示·老安", "person.name": "演示·老安", "person.birth_date": "1961-11-23", "hukou.region_code": "440304",
    "card_face": "lotus",
}  # fmt: skip

RIDES = table(
    "UNIQUE", (column("年龄", "number"), column("户籍 地")), (output("次数", "number"),),
    '[65..80) | "440304" -> 60', ">= 80 | - -> 0", '- | "450102" -> 10 / 0',
)  # fmt: skip
NEEDS = ("requiredInput 年龄", "requiredInput 户籍 地")
FIRST = model(given("年龄", "number"), given("户籍 地", "string"), decision("次数", RIDES, *NEEDS, of="number"))
SECOND = FIRST.replace(b"<text>60</text>", b"<text>90</text>")
TABLES = """\
tables:
  rides:
    label: {zh: 每月免费次数, en: Free rides a month}
    type: number
    inputs: {年龄: age, 户籍 地: hukou.region_code}
    versions:
      - {file: rides-2021.dmn, from: 2021-01-01, basis: {instrument: 示例敬老办法, article: 附表}}
      - {file: rides-2027.dmn, from: 2027-01-01, published: 2026-10-01, basis: {instrument: 示例调整通知, article: 附表}}
derived:
  age: {label: {zh: 年龄, en: Age}, value: "age on(person.birth_date, as_of)"}
"""


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


def write_travel_pass_with_table(parent: Path) -> Path:
    """The same with a table that says how many rides are free; where it says none, nobody under eighty gets the pass."""
    folder = write_travel_pass(parent)
    (folder / "tables").mkdir()
    (folder / "tables/rides-2021.dmn").write_bytes(FIRST)
    (folder / "tables/rides-2027.dmn").write_bytes(SECOND)
    rewrite(folder, "rules.yaml", "settings:\n", TABLES + "settings:\n")
    rewrite(folder, "rules.yaml", "age on(person.birth_date, as_of) >= free_from_age", "age >= free_from_age and (rides > 0 or age >= 80)")
    rewrite(folder, "rules.yaml", "  face: card_face\n", "  face: card_face\n  rides: rides\n")
    return folder
