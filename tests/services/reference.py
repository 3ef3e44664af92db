"""The decision rows of the reference: kept beside the tests, and compared with the reference itself where that is at hand."""

from __future__ import annotations

import csv
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("reference_cases.csv")
SHARED = Path(os.environ.get("MIAOPI_SHARED") or ROOT.parent / "shared") / "reference/flagship/cases.csv"


def rows_in(path: Path, services: set[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["service"] in services]


def decision_rows() -> list[dict[str, str]]:
    return [row for row in csv.DictReader(KEPT.open(encoding="utf-8", newline="")) if row["kind"] == "decision"]


def named_values(row: dict[str, str]) -> dict[str, str]:
    """`name=value; name=value` of the column `values`."""
    pairs = (pair.partition("=") for pair in row["values"].split("; ") if pair)
    return {name: value for name, _, value in pairs}
