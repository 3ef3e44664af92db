"""A door opens on what somebody comes for."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pytest

from miaopi.config.environment import ROOT
from tests.house.source import tree

pytestmark = pytest.mark.xdist_group("house")  # all callers are read for all doors at once
DOORS = sorted((ROOT / "src/miaopi/apps").glob("*/api.py"))


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Doors, and what this module takes from each."""
    if ".api" not in path.read_text(encoding="utf-8"):
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.endswith(".api"):
            yield from ((node.module, each.name) for each in node.names)


@pytest.fixture(scope="module")
def callers() -> dict[tuple[str, str], set[Path]]:
    """Who takes what from which door."""
    found: dict[tuple[str, str], set[Path]] = defaultdict(set)
    for path in (path for folder in ("src", "demo_city", "tests") for path in (ROOT / folder).rglob("*.py")):
        for taken in imported(path):
            found[taken].add(path)
    return found


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.parent.name)
def test_every_function_of_a_door_is_called_from_outside_its_room(door: Path, callers: dict[tuple[str, str], set[Path]]) -> None:
    name = f"miaopi.apps.{door.parent.name}.api"
    opened = import_module(name)
    functions = {each for each in opened.__all__ if isfunction(getattr(opened, each))}
    assert {each for each in functions if all(door.parent in path.parents for path in callers[name, each])} == set()
