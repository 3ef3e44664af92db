"""What the house tests read: the tree of the project as files and syntax, never by running it."""

from __future__ import annotations

import ast
import configparser
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "miaopi"
ROOMS = PACKAGE / "apps"
FURNITURE = {
    "__init__", "events", "models", "queries", "adapters", "actions", "api", "handlers", "apps", "migrations",
}


@cache
def code_files() -> tuple[Path, ...]:
    """Every module of the product and its demo city, migrations left out."""
    found = [*PACKAGE.rglob("*.py"), *(ROOT / "demo_city").rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def files_of_tests() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file git knows; in a tree without git, none."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return tuple(path for name in names if (path := ROOT / name).is_file())


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rooms() -> list[str]:
    return sorted(folder.name for folder in ROOMS.iterdir() if (folder / "__init__.py").is_file())


def street_of_the_contract() -> list[str]:
    """The rooms of `.importlinter`, upstream first, as far as they are built."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    listed = parser["importlinter:contract:street"]["layers"].split()
    built = set(rooms())
    return [name for line in reversed(listed) if (name := line.strip("()")) in built]


def functions(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def calls(module: ast.Module) -> list[ast.Call]:
    return [node for node in ast.walk(module) if isinstance(node, ast.Call)]


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute; the empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
