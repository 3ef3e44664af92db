"""The functions of the language as the walk calls them."""

from __future__ import annotations

from miaopi.kernel.expr.functions import FUNCTIONS
from miaopi.kernel.expr.interpreter.walk import Walk, doubts
from miaopi.kernel.expr.values import Closure, Fault, merge


def apply_builtin(walk: Walk, name: str, values: list[object]) -> object:
    """What the function gives for values in the order of its parameters. Raises Fault."""
    for overload in FUNCTIONS[name].overloads:
        if overload.takes_values(values):
            found = [] if walk.is_open else doubts(
                values if overload.takes_doubtful_lists else map(walk.settled, values)
            )
            if found:
                return merge(*found)
            return None if None in values and not overload.takes_null else overload.apply(*values)
    raise Fault(f"{name} takes no such values")


def builtin(walk: Walk, name: str) -> Closure | None:
    """The function of that name as a value."""
    if name not in FUNCTIONS:
        return None
    return Closure((), lambda *values: apply_builtin(walk, name, list(values)), is_variadic=True)
