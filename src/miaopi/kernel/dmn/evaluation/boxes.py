"""The values of boxed expressions (DMN 1.5 §10.2.2, semantics of §10.3.2). An error is null where it happens, and noted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from miaopi.kernel.dmn.evaluation.tables import decide_table
from miaopi.kernel.dmn.items import ANY as ANY_ITEM
from miaopi.kernel.dmn.items import ItemType, coerce, given_by, spend
from miaopi.kernel.dmn.tree import (
    Boxed,
    BoxedContext,
    BoxedFilter,
    BoxedFunction,
    BoxedList,
    Conditional,
    DecisionTable,
    Invocation,
    Iteration,
    Literal,
    Relation,
    Walk,
)
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Closure, Range, Run, read
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.run import CALLS, LEVELS
from miaopi.kernel.expr.types import ANY

Scope = Mapping[str, object]

LEVEL: Final = 1  # of the levels that an evaluation may go deep, what a box takes

# A box that walks a list means what the same words in FEEL mean; so they do it.
SOURCE, BODY = "the source", "the body"
LOOP: Final = read(f"for one in {SOURCE} return {BODY}(one)", {SOURCE: ANY, BODY: ANY})
PARTIAL_LOOP: Final = read(f"for one in {SOURCE} return {BODY}(one, partial)", {SOURCE: ANY, BODY: ANY})
PLACE: Final = "the place"
AT_PLACE: Final = read(f"{SOURCE}[{PLACE}]", {SOURCE: ANY, PLACE: ANY})


def value_of(boxed: Boxed, scope: Scope, run: Run) -> object:
    """The value of the box in this scope, as one of the type that the box declares. Raises DefinitionError beyond a budget."""
    spend(run, boxed.where)
    if run.level + LEVEL > LEVELS:
        raise DefinitionError(boxed.where, f"the evaluation goes more than {LEVELS} levels deep")
    run.level += LEVEL
    try:
        match boxed:
            case Literal():
                value = value_of_literal(boxed, scope, run)
            case DecisionTable():
                value = decide_table(boxed, scope, run)
            case BoxedContext():
                value = _context(boxed, scope, run)
            case Invocation():
                value = _invoke(boxed, scope, run)
            case BoxedList():
                value = [value_of(element, scope, run) for element in boxed.elements]
            case Relation():
                value = _relation(boxed, scope, run)
            case BoxedFunction():
                value = closure(boxed, scope, run)
            case Conditional():
                value = _conditional(boxed, scope, run)
            case BoxedFilter():
                value = _filter(boxed, scope, run)
            case _:
                value = _iterate(boxed, scope, run)
    finally:
        run.level -= LEVEL
    return value if isinstance(boxed, BoxedFunction) else coerce(value, boxed.of, run, boxed.where)


def value_of_literal(literal: Literal, scope: Scope, run: Run) -> object:
    if literal.program is None:
        run.faults.append(f"{literal.where}: {literal.broken}")
        return None
    return literal.program.evaluate(scope, run=run)


def _context(boxed: BoxedContext, scope: Scope, run: Run) -> object:
    known, made = dict(scope), dict[str, object]()
    for entry in boxed.entries:
        value = coerce(value_of(entry.value, known, run), entry.of, run, boxed.where)
        if not entry.name:
            return value
        if entry.name in made:
            run.faults.append(f"{boxed.where}: the context has two entries {entry.name}")
            return None
        made[entry.name] = known[entry.name] = value
    return made


def _relation(boxed: Relation, scope: Scope, run: Run) -> object:
    return [
        {
            name: coerce(value_of(cell, scope, run), of, run, boxed.where)
            for (name, of), cell in zip(boxed.columns, row, strict=True)
        }
        for row in boxed.rows
    ]


def _invoke(boxed: Invocation, scope: Scope, run: Run) -> object:
    values = [None if value is None else value_of(value, scope, run) for _, value in boxed.bindings]
    if boxed.call is not None and name_of(boxed.function) not in scope:
        return value_of_literal(boxed.call, {f"argument {at}": value for at, value in enumerate(values)}, run)
    function = value_of(boxed.function, scope, run)
    if not isinstance(function, Closure):
        run.faults.append(f"{boxed.where}: what is invoked is no function")
        return None
    given = {name: value for (name, _), value in zip(boxed.bindings, values, strict=True)}
    if run.calls >= CALLS:
        raise DefinitionError(boxed.where, f"more than {CALLS} functions inside one another")
    run.calls += 1
    try:
        return _called(function, given, len(values))
    except Fault as fault:
        run.faults.append(f"{boxed.where}: {fault}")
        return None
    finally:
        run.calls -= 1


def name_of(function: Boxed) -> str:
    """The name of what is invoked, where a name stands there."""
    return function.text.strip() if isinstance(function, Literal) else ""


def _called(function: Closure, given: Mapping[str, object], count: int) -> object:
    """What the function gives for values by their names, null for a parameter without one. Raises Fault."""
    for name in given:
        if name not in function.names:
            raise Fault(f"the function has no parameter {name}")
    if len(given) != count:
        raise Fault("a parameter is bound twice")
    return function.call(*(given.get(name) for name in function.names))


def closure(
    boxed: BoxedFunction, scope: Scope, run: Run, *, name: str = "", of: ItemType | None = None
) -> Closure:
    """The function as a value. An argument that does not conform to its parameter's type makes the call null.

    `name` is what the function calls itself; `of` is the type of what it gives, beside that of its body.
    """

    def call(*values: object) -> object:
        inner = dict(scope)
        if name:
            inner[name] = itself
        for (parameter, wanted), value in zip(boxed.parameters, values, strict=True):
            inner[parameter] = coerce(value, wanted, run, boxed.where)
            if inner[parameter] is None and value is not None:
                return None
        return coerce(_body(boxed, inner, run), of, run, boxed.where)

    names = tuple(parameter for parameter, _ in boxed.parameters)
    kinds = tuple((wanted or ANY_ITEM).type for _, wanted in boxed.parameters)
    itself = Closure(names, call, kinds, (of or given_by(boxed.of) or ANY_ITEM).type)
    return itself


def _body(boxed: BoxedFunction, scope: Scope, run: Run) -> object:
    if boxed.body is None:
        run.faults.append(f"{boxed.where}: {boxed.refused or 'the function has no body'}")
        return None
    return coerce(value_of(boxed.body, scope, run), given_by(boxed.of), run, boxed.where)


def _conditional(boxed: Conditional, scope: Scope, run: Run) -> object:
    """The second part where the condition is true, else the third: also for null and what is no truth value."""
    condition = value_of(boxed.condition, scope, run)
    if condition is not None and not isinstance(condition, bool):
        run.faults.append(f"{boxed.where}: the condition is neither true nor false")
    return value_of(boxed.then if condition is True else boxed.otherwise, scope, run)


def _filter(boxed: BoxedFilter, scope: Scope, run: Run) -> object:
    """As `e1[e2]` (§10.3.2.5): the elements for which the match is true, or the element at the place that it gives."""
    source = value_of(boxed.source, scope, run)
    if source is None:
        return None
    elements = source if isinstance(source, list) else [source]
    kept = []
    for element in elements:
        entries = element if isinstance(element, dict) else {}
        found = value_of(boxed.match, {**scope, "item": element, **entries}, run)
        if isinstance(found, Decimal):
            return AT_PLACE.evaluate({SOURCE: elements, PLACE: found}, run=run)
        if found is not None and not isinstance(found, bool):
            run.faults.append(f"{boxed.where}: the match is neither true nor false")
            return None
        if found is True:
            kept.append(element)
    return kept


def _iterate(boxed: Iteration, scope: Scope, run: Run) -> object:
    def body(element: object, *partial: object) -> object:
        before = dict(zip(("partial",), partial, strict=False))
        return value_of(boxed.body, {**scope, boxed.variable: element, **before}, run)

    source = value_of(boxed.source, scope, run)
    if boxed.walk is Walk.FOR:
        loop, parameters = (PARTIAL_LOOP, ("one", "partial")) if boxed.reads_partial else (LOOP, ("one",))
        return loop.evaluate({SOURCE: source, BODY: Closure(parameters, body)}, run=run)
    if source is None or not isinstance(source, list | Range):
        run.faults.append(f"{boxed.where}: what {boxed.walk} goes over is no list")
        return None
    found = LOOP.evaluate({SOURCE: source, BODY: Closure(("one",), body)}, run=run)
    return _verdict(boxed, found, run) if isinstance(found, list) else None


def _verdict(boxed: Iteration, verdicts: list[object], run: Run) -> object:
    """`some` or `every` of the verdicts; null where one of them is no verdict at all."""
    if not all(verdict is None or isinstance(verdict, bool) for verdict in verdicts):
        run.faults.append(f"{boxed.where}: what has to be satisfied is neither true nor false")
        return None
    decisive = boxed.walk is Walk.SOME
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive
