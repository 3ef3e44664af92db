"""A door opens on what somebody comes for."""

from __future__ import annotations

import ast
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pytest

from miaopi.config.environment import ROOT

DOORS = sorted((ROOT / "src/miaopi/apps").glob("*/api.py"))


def imported(path: Path, door: str) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    from_door = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == door]
    return {each.name for node in from_door for each in node.names}


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.parent.name)
def test_every_function_of_a_door_is_called_from_outside_its_room(door: Path) -> None:
    name = f"miaopi.apps.{door.parent.name}.api"
    opened = import_module(name)
    sources = [path for folder in ("src", "demo_city", "tests") for path in (ROOT / folder).rglob("*.py")]
    wanted = set().union(*(imported(path, name) for path in sources if door.parent not in path.parents))
    assert {each for each in opened.__all__ if isfunction(getattr(opened, each))} <= wanted
