"""Python's syntax, written as nodes: code objects are made of these, never of text."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final, TypedDict


class _Place(TypedDict):
    lineno: int
    col_offset: int


AT: Final[_Place] = {"lineno": 1, "col_offset": 0}


def read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **AT)


def kept(name: str, value: ast.expr) -> ast.expr:
    """`(name := value)`."""
    return ast.NamedExpr(ast.Name(name, ast.Store(), **AT), value, **AT)


def constant(value: str | bool | int | None) -> ast.expr:
    return ast.Constant(value, **AT)


def call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.Call(function, list(arguments), [], **AT)


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    return ast.IfExp(test, then, otherwise, **AT)


def every(*tests: ast.expr) -> ast.expr:
    """`one and other and …`."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests), **AT)


def some(*tests: ast.expr) -> ast.expr:
    """`one or other or …`."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), list(tests), **AT)


def negation(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test, **AT)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [operator], [right], **AT)


def is_same(left: ast.expr, right: ast.expr) -> ast.expr:
    return compare(left, ast.Is(), right)


def is_other(left: ast.expr, right: ast.expr) -> ast.expr:
    return compare(left, ast.IsNot(), right)


def member(value: ast.expr, name: str) -> ast.expr:
    """`value.name`, for what the code itself is made of; a name of a model is never written so."""
    return ast.Attribute(value, name, ast.Load(), **AT)


def class_of(value: ast.expr) -> ast.expr:
    return member(value, "__class__")


def entry(base: ast.expr, key: str | int) -> ast.expr:
    return ast.Subscript(base, constant(key), ast.Load(), **AT)


def last_of(values: Iterable[ast.expr]) -> ast.expr:
    """The last of the values, all of them having been reckoned in their order."""
    found = list(values)
    return ast.Subscript(ast.Tuple(found, ast.Load(), **AT), constant(len(found) - 1), ast.Load(), **AT)


def list_of(values: Iterable[ast.expr]) -> ast.expr:
    return ast.List(list(values), ast.Load(), **AT)


def tuple_of(values: Iterable[ast.expr]) -> ast.expr:
    return ast.Tuple(list(values), ast.Load(), **AT)


def dict_of(entries: Iterable[tuple[str, ast.expr]]) -> ast.expr:
    found = list(entries)
    return ast.Dict([constant(key) for key, _ in found], [value for _, value in found], **AT)


def function_of(parameters: Iterable[str], value: ast.expr) -> ast.expr:
    """`lambda parameters: value`."""
    return ast.Lambda(_arguments(parameters), value, **AT)


def assignment(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store(), **AT)], value, **AT)


def result(value: ast.expr) -> ast.stmt:
    return ast.Return(value, **AT)


def definition(name: str, parameters: Iterable[str], body: list[ast.stmt]) -> ast.stmt:
    return ast.FunctionDef(name, _arguments(parameters), body, [], **AT)


def _arguments(names: Iterable[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name, **AT) for name in names], None, [], [], None, [])


def free_names(value: ast.expr) -> set[str]:
    """The names that are read in the expression and bound outside of it."""
    found, bound = set[str](), set[str]()
    for node in ast.walk(value):
        if isinstance(node, ast.Name):
            (found if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return found - bound
