"""STYLE.md §1–3 and §13: the plan, the furniture and the measures of the house."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.house.source import (
    FURNITURE,
    PACKAGE,
    ROOMS,
    ROOT,
    code_files,
    files_of_tests,
    functions,
    place,
    rooms,
    street_of_the_contract,
    tree,
)

NAMELESS = {"utils", "util", "helpers", "common", "misc", "base", "manager", "core", "lib"}


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_a_module_is_at_most_500_lines_and_a_function_60(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    long = [f"{node.name}:{node.lineno}" for node in functions(tree(path)) if (node.end_lineno or 0) - node.lineno >= 60]
    assert long == []


def test_a_folder_of_code_holds_at_most_20_names() -> None:
    held = Counter(path.parent for path in code_files() if path.name != "__init__.py" and path.parent != ROOMS)
    assert {place(folder): count for folder, count in held.items() if count > 20} == {}


@pytest.mark.parametrize("path", [*code_files(), *files_of_tests()], ids=place)
def test_every_module_is_named_after_a_notion(path: Path) -> None:
    assert not NAMELESS & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    module = tree(path)
    assert not module.body or ast.get_docstring(module), f"{place(path)} has no opening sentence"


@pytest.mark.parametrize("room", rooms())
def test_a_room_holds_furniture_alone(room: str) -> None:
    names = {entry.stem for entry in (ROOMS / room).iterdir() if entry.name != "__pycache__"}
    assert names <= FURNITURE


def test_the_street_stands_once() -> None:
    from miaopi.config.street import ROOMS as SETTLED

    assert list(SETTLED) == street_of_the_contract()


def test_import_contracts_have_no_exceptions() -> None:
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert text.count("[importlinter:contract:") >= 9
    assert "ignore_imports" not in text
    assert "exclude_type_checking_imports" not in text


def test_a_frozen_value_with_slots_is_made_the_cheap_way() -> None:
    """ADR 0044: hundreds of classes the other way cost each process half a second."""
    dear = [
        f"{place(path)}:{node.lineno} {node.name}"
        for path in code_files() if PACKAGE in path.parents
        for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
        and any(ast.unparse(each) == "dataclass(frozen=True, slots=True)" for each in node.decorator_list)
    ]  # fmt: skip
    assert dear == []


@pytest.mark.parametrize("path", code_files(), ids=place)
def test_nothing_is_imported_by_string(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    module = tree(path)
    imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert not any(name.split(".")[0] == "importlib" and name != "importlib.resources" for name in imported)
    assert "__import__(" not in source
    assert "apps.get_model(" not in source
    assert "import_string(" not in source


def test_no_stray_folder_stands_beside_the_rooms() -> None:
    folders = {entry.name for entry in PACKAGE.iterdir() if entry.is_dir() and entry.name != "__pycache__"}
    assert folders <= {"site", "portal", "rest", "cli", "instance", "config", "apps", "gateway", "definitions", "kernel"}
