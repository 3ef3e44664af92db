"""zen-engine's compiled expressions, one a rule, and the first that holds found in Python: its best case, without its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zen import compile_expression

from miaopi.cli.bench.subject import Facts


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    compiled = []
    for *cells, outcome in rules:
        tests = [_test(name, cell) for name, cell in zip(columns, cells, strict=True) if cell != "-"]
        compiled.append((compile_expression(" and ".join(tests) or "true"), outcome))
    return lambda facts: next(outcome for expression, outcome in compiled if expression.evaluate(facts))


def _test(name: str, cell: str) -> str:
    if cell.startswith(("<", ">")):
        return f"{name} {cell}"
    return f"{name} in {cell}" if cell.startswith("[") else f"{name} == {cell}"
