"""Calls of the functions of the language (DMN 1.5 §10.3.4), and of functions that are values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from miaopi.kernel.expr.library import FUNCTIONS, Overload
from miaopi.kernel.expr.meaning.evaluation import Evaluation, doubts
from miaopi.kernel.expr.run import CALLS
from miaopi.kernel.expr.tree import Call, Invoke, Name, Node
from miaopi.kernel.expr.types import Type
from miaopi.kernel.expr.values import Closure, Fault, Undetermined, coerce, kind_of, merge


def apply_builtin(
    it: Evaluation, node: Node, name: str, values: list[object], names: tuple[str, ...] = ()
) -> object:
    """What the function gives for values in the order of its parameters or, with names, for those. Raises Fault."""
    it.weigh(node, *values)
    for overload, given in _fitting(it, name, values, names):
        found = (
            [] if it.is_open else doubts(given if overload.takes_doubtful_lists else map(it.settled, given))
        )
        if found:
            return merge(*found)
        if None in given and not overload.takes_null:
            return _of_nothing(it, node, name)
        apply = (overload.apply_open if it.is_open else None) or overload.apply
        if overload.examines:
            it.examine(node, *given)
        if overload.counts:
            given = [partial(it.spend, node), *given]
        result = apply(it.run.now, *given) if overload.reads_clock else apply(*given)
        it.weigh(node, result)
        return result if result is not None or not any(map(_lacks, given)) else _of_nothing(it, node, name)
    raise Fault(f"{name} takes no such values")


def _of_nothing(it: Evaluation, node: Node, name: str) -> object:
    """Null for want of a value; in an open source that is noted, for a model says where null comes from."""
    return it.fault(node, f"{name} is given null, or nothing") if it.is_open else None


def _lacks(value: object) -> bool:
    """Whether null, or no element at all, stands in the place of a value."""
    return value is None or (isinstance(value, list) and (not value or None in value))


def _fitting(
    it: Evaluation, name: str, values: list[object], names: tuple[str, ...]
) -> Iterator[tuple[Overload, list[object]]]:
    """The overloads that take the values as they are; after them, in an open source, as they can be made to be. Of two that
    differ in the order of their parameters alone, the names are told in the order of the one that is meant.
    """
    waiting = []
    for overload in sorted(FUNCTIONS[name].overloads, key=lambda one: one.names != names):
        given = _in_order(overload, values, names)
        if given is None:
            continue
        if overload.takes_values(given):
            yield overload, given
        waiting.append((overload, given))
    for overload, given in waiting if it.is_open else ():
        coerced = list(map(coerce, given, overload.wanted(len(given))))
        if all(made is not None or value is None for made, value in zip(coerced, given, strict=True)):
            yield overload, coerced


def _in_order(overload: Overload, values: list[object], names: tuple[str, ...]) -> list[object] | None:
    """The values as the overload takes them, null for a parameter that no name gives; None where it does not."""
    if not names:
        return values if overload.takes_count(len(values)) else None
    if not set(names) <= set(overload.names):
        return None
    given = dict(zip(names, values, strict=True))
    return [given.get(name) for name in overload.names]


def builtin(it: Evaluation, node: Name) -> Closure:
    """The function of the language that has the name, as a value. Raises Fault for a name that nothing has."""
    function = FUNCTIONS.get(node.name)
    if function is None:
        raise Fault(f"there is no name {node.name}")

    def apply(*values: object, names: tuple[str, ...] = ()) -> object:
        return apply_builtin(it, node, node.name, list(values), names)

    signatures = tuple(
        Type("function", function.result_for(overload.parameters), parameters=overload.parameters)
        for overload in function.overloads
    )
    return Closure((), apply, signatures=signatures)


def call_function(it: Evaluation, node: Call | Invoke, function: Closure, values: list[object]) -> object:
    """What a function that is a value gives. Raises Fault, and DefinitionError for too many inside one another."""
    run = it.run
    if run.calls >= CALLS:
        raise it.source.error(node.span, f"more than {CALLS} functions inside one another")
    it.weigh(node, *values)
    run.calls += 1
    try:
        if node.names:
            return function.call_by_name(dict(zip(node.names, values, strict=True)))
        return function.call(*values)
    finally:
        run.calls -= 1


def invoke(it: Evaluation, node: Invoke, callee: object, values: list[object]) -> object:
    """The call of whatever value stands there. Raises Fault for one that is no function."""
    if isinstance(callee, Undetermined):
        return callee
    if not isinstance(callee, Closure):
        raise Fault(f"a {kind_of(callee)} is not a function")
    return call_function(it, node, callee, values)
