"""Calls: of the functions of the language, of functions that are values, and functions written in the expression."""

from __future__ import annotations

from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.meaning import calls
from miaopi.kernel.expr.meaning.calls import apply_builtin, call_function
from miaopi.kernel.expr.tree import Call, Invoke, Lambda
from miaopi.kernel.expr.values import Closure


def call(walk: Walk, node: Call) -> object:
    values = [walk.value(argument) for argument in node.arguments]
    own = walk.locals.get(node.function, walk.scope.get(node.function)) if walk.is_open else None
    if isinstance(own, Closure):
        return call_function(walk, node, own, values)
    return apply_builtin(walk, node, node.function, values, node.names)


def invoke(walk: Walk, node: Invoke) -> object:
    callee = walk.value(node.callee)
    values = [walk.value(argument) for argument in node.arguments]
    return calls.invoke(walk, node, callee, values)


def closure(walk: Walk, node: Lambda) -> object:
    captured = walk.locals
    names = tuple(parameter.name for parameter in node.parameters)

    def apply(*values: object) -> object:
        with walk.within({**captured, **dict(zip(names, values, strict=True))}):
            return walk.value(node.body)

    return Closure(names, apply, tuple(parameter.type for parameter in node.parameters), node.result)
