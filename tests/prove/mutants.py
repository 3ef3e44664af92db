"""Do the tests bite? Fifty small faults sampled from the log and the decision; each should make a test fail."""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.prove.trees import ROOT, copied_tree

SUSPECTS = {
    "src/miaopi/apps/audit": ["tests/unit/audit"],
    "src/miaopi/kernel/decision": ["tests/unit/kernel", "tests/services", "tests/property"],
}
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}


@dataclass(frozen=True)
class Mutant:
    """One fault: the file, the line, what it does there, and the tests that should find it."""

    path: str
    line: int
    what: str
    source: str
    tests: tuple[str, ...]


def annotations(module: ast.Module) -> set[int]:
    """Nodes that only type checkers read: a fault there changes nothing."""
    typed = [node.annotation for node in ast.walk(module) if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation]
    typed += [node.returns for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.returns]
    return {id(inner) for outer in typed for inner in ast.walk(outer)}


def faults(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Plants one fault at a time in the tree, yields where and what, and mends it again."""
    quiet = annotations(module)
    for node in ast.walk(module):
        if id(node) in quiet:
            continue
        if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            kept, node.ops[0] = node.ops[0], COMPARISONS[type(node.ops[0])]()
            yield node.lineno, f"{type(kept).__name__} becomes {type(node.ops[0]).__name__}"
            node.ops[0] = kept
        elif isinstance(node, ast.BoolOp):
            held = node.op
            node.op = ast.Or() if isinstance(held, ast.And) else ast.And()
            yield node.lineno, f"{type(held).__name__} becomes {type(node.op).__name__}"
            node.op = held
        elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            sign, node.op = node.op, ARITHMETIC[type(node.op)]()
            yield node.lineno, f"{type(sign).__name__} becomes {type(node.op).__name__}"
            node.op = sign
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            test, node.test = node.test, ast.UnaryOp(ast.Not(), node.test)
            yield node.lineno, "condition turned round"
            node.test = test
        elif isinstance(node, ast.Constant) and type(node.value) in (bool, int):
            value = node.value
            node.value = (not value) if isinstance(value, bool) else value + 1
            yield node.lineno, f"{value} becomes {node.value}"
            node.value = value
        elif isinstance(node, ast.FunctionDef | ast.If | ast.For | ast.With):
            for at, statement in enumerate(node.body):
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                    node.body[at] = ast.copy_location(ast.Pass(), statement)
                    yield statement.lineno, "call left out"
                    node.body[at] = statement


def sample(count: int, seed: int) -> list[Mutant]:
    """`count` mutants, spread evenly over the two suspects."""
    chance = random.Random(seed)
    chosen: list[Mutant] = []
    for place, tests in SUSPECTS.items():
        found = []
        stem = ROOT / place
        files = sorted(stem.rglob("*.py")) if stem.is_dir() else [stem.with_suffix(".py")]
        for path in files:
            if "migrations" in path.parts or path.name in {"models.py", "apps.py", "__init__.py"}:
                continue
            module = ast.parse(path.read_text(encoding="utf-8"))
            for line, what in faults(module):
                found.append(Mutant(str(path.relative_to(ROOT)), line, what, ast.unparse(module), tuple(tests)))
        chosen += chance.sample(found, min(count // len(SUSPECTS), len(found)))
    return chosen


def survives(mutant: Mutant, copy: Path) -> bool:
    """Whether all tests still pass with the fault in the copied tree; a hang counts as found."""
    target = copy / mutant.path
    kept = target.read_bytes()
    target.write_text(mutant.source, encoding="utf-8")
    tests = [name for name in mutant.tests if (copy / name).exists()]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        environment = {**os.environ, "PYTHONPATH": f"{copy / 'src'}:{copy}", "HYPOTHESIS_PROFILE": "quick"}
        ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=600)
        return ran.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        target.write_bytes(kept)


def main(count: int = 50, seed: int = 1) -> dict[str, object]:
    """Returns how many mutants died, and each that survived by file, line and fault."""
    alive: list[str] = []
    mutants = sample(count, seed)
    with copied_tree() as copy:
        for number, mutant in enumerate(mutants, 1):
            lives = survives(mutant, copy)
            if lives:
                alive.append(f"{mutant.path}:{mutant.line} {mutant.what}")
            print(f"{number}/{len(mutants)} {'SURVIVED' if lives else 'died'} {mutant.path}:{mutant.line} {mutant.what}", file=sys.stderr)
    died = len(mutants) - len(alive)
    assert died >= len(mutants) * 0.9, alive
    return {"seed": seed, "mutants": len(mutants), "died": died, "survived": alive}
