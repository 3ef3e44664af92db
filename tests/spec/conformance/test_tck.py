"""DMN 1.5 by its compatibility kit: how many cases hold, printed by level, and those that do not by name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.spec.conformance.tck import Result, run_folder

KIT = Path(os.environ.get("MIAOPI_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "dmn-tck"
LEVELS = {2: "compliance-level-2", 3: "compliance-level-3"}


@pytest.fixture(scope="module")
def results() -> dict[int, list[Result]]:
    if not KIT.is_dir():
        print("no dmn-tck: set MIAOPI_SHARED to the folder that holds it")
        assert os.environ.get("CI") != "true"
        pytest.skip("no dmn-tck")
    return {
        level: [result for folder in sorted((KIT / name).iterdir()) if folder.is_dir() for result in run_folder(folder)]
        for level, name in LEVELS.items()
    }


def is_external(result: Result) -> bool:
    """External functions are refused on purpose: nothing here runs Java."""
    return "not run" in result.said


def show(level: int, results: list[Result]) -> None:
    valued = [result for result in results if result.valued]
    print(f"\nlevel {level}: {count(results)} of {len(results)} hold; of those with a value, {count(valued)} of {len(valued)}")
    for result in results:
        if not result.passed:
            print(f"  {'external' if is_external(result) else 'fails'}: {result.name}: {result.said}")
        elif result.silent:
            print(f"  silent: {result.name}: null as expected, and no error noted for it")


def count(results: list[Result]) -> int:
    return sum(result.passed for result in results)


def test_every_case_of_level_2_holds(results: dict[int, list[Result]]) -> None:
    show(2, results[2])
    assert count(results[2]) == len(results[2]) >= 116


def test_every_case_of_level_3_holds_but_external_java(results: dict[int, list[Result]]) -> None:
    show(3, results[3])
    assert len(results[3]) >= 1888
    assert [result.name for result in results[3] if not result.passed and not is_external(result)] == []
    assert count(results[3]) >= 1874
    assert sum(result.passed for result in results[3] if result.valued) >= 743


if __name__ == "__main__":
    for level, name in LEVELS.items():
        wanted = sys.argv[1:] or [""]
        folders = [one for one in sorted((KIT / name).iterdir()) if one.is_dir() and any(part in one.name for part in wanted)]
        show(level, [result for folder in folders for result in run_folder(folder)])
