"""Calls: of the functions of the language, of functions that are values, and functions written in the expression."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.builtins import apply_builtin
from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.run import CALLS
from miaopi.kernel.expr.tree import Call, Invoke, Lambda
from miaopi.kernel.expr.values import Closure, Fault, Undetermined, kind_of


def call(walk: Walk, node: Call) -> object:
    values = [walk.value(argument) for argument in node.arguments]
    own = walk.locals.get(node.function, walk.scope.get(node.function)) if walk.is_open else None
    if isinstance(own, Closure):
        return _called(walk, node, own, values)
    return apply_builtin(walk, node, node.function, values, node.names)


def invoke(walk: Walk, node: Invoke) -> object:
    callee = walk.value(node.callee)
    values = [walk.value(argument) for argument in node.arguments]
    if isinstance(callee, Undetermined):
        return callee
    if not isinstance(callee, Closure):
        raise Fault(f"a {kind_of(callee)} is not a function")
    return _called(walk, node, callee, values)


def _called(walk: Walk, node: Call | Invoke, function: Closure, values: list[object]) -> object:
    run = walk.run
    if run.calls >= CALLS:
        raise walk.source.error(node.span, f"more than {CALLS} functions inside one another")
    run.calls += 1
    try:
        if node.names:
            return function.call_by_name(dict(zip(node.names, values, strict=True)))
        return function.call(*values)
    finally:
        run.calls -= 1


def closure(walk: Walk, node: Lambda) -> object:
    captured = walk.locals
    names = tuple(parameter.name for parameter in node.parameters)

    def apply(*values: object) -> object:
        with walk.within({**captured, **dict(zip(names, values, strict=True))}):
            return walk.value(node.body)

    return Closure(names, apply, tuple(parameter.type for parameter in node.parameters), node.result)
