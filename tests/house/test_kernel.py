"""DESIGN.md law 3: the kernel is pure. What an import contract cannot see is read from the syntax here."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, SRC, calls, dotted, place, tree

MODULES = sorted((PACKAGE / "kernel").rglob("*.py"))
IMPURE = {"open", "print", "input", "exec", "eval", "__import__", "globals", "id", "hash"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter", "urandom"}


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_the_kernel_calls_no_clock_file_or_chance(path: Path) -> None:
    for call in calls(tree(path)):
        name = dotted(call.func)
        assert name not in IMPURE, f"{place(path)}:{call.lineno} calls {name}"
        if isinstance(call.func, ast.Attribute):
            assert call.func.attr not in CLOCKS or call.args or call.keywords, f"{place(path)}:{call.lineno} calls {name}"


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_clock_is_not_borrowed_under_another_name(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
            assert not dotted(node.value).endswith(("datetime", "date")), f"{place(path)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_no_float_enters_a_decision(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"{place(path)}:{node.lineno} holds a float"


def test_each_kernel_module_stands_alone() -> None:
    names = [".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__") for path in MODULES]
    code = f"import sys\nfor name in {names!r}: __import__(name)\nassert 'django' not in sys.modules\nprint('pure')"
    ran = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SRC)}, capture_output=True, text=True)
    assert ran.stdout == "pure\n", ran.stderr
