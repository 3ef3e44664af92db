"""The meaning of record: walks the tree once for one scope. Slow and plain; every faster engine is held against it.

What goes wrong inside an expression never becomes null, for null could make a condition true: it becomes `Undetermined`
with the fault, and a person looks at the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from miaopi.kernel.expr.functions import FUNCTIONS, list_contains
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.operations import minus, operate, part
from miaopi.kernel.expr.parser import ITEM
from miaopi.kernel.expr.tree import (
    Against,
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Equals,
    Filter,
    For,
    If,
    In,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Property,
    Quantified,
    Within,
)
from miaopi.kernel.expr.values import (
    Fault,
    Truth,
    Undetermined,
    both,
    either,
    equal,
    is_less,
    is_same,
    kind_of,
    merge,
    negate,
    settle,
)

Found = TypeVar("Found")


def interpret(root: Node, scope: Mapping[str, object], source: Source, *, steps: int) -> object:
    """The value of the tree, or `Undetermined`. Raises DefinitionError after so many steps."""
    return settle(_Run(source, scope, steps).value(root))


class _Run:
    """One walk; `locals` are the names of the loops around the node at hand."""

    def __init__(self, source: Source, scope: Mapping[str, object], steps: int) -> None:
        self.source = source
        self.scope = scope
        self.steps = self.steps_left = steps
        self.locals: Mapping[str, object] = {}

    def value(self, node: Node) -> object:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise self.source.error(node.span, f"the expression takes more than {self.steps} steps")
        return self.attempt(node, MEANINGS[type(node)], self, node)

    def attempt(self, node: Node, reckon: Callable[..., Found], *values: object) -> Found | Undetermined:
        """What is reckoned from the values, or the fault on the way to it, said to be at the node."""
        try:
            return reckon(*values)
        except Fault as fault:
            return self.fault(node, str(fault))

    def fault(self, node: Node, message: str) -> Undetermined:
        return Undetermined(frozenset(), frozenset({f"{self.source.place(node.span)}: {message}"}))

    def truth(self, node: Node) -> Truth:
        value = self.value(node)
        if value is None or isinstance(value, bool | Undetermined):
            return value
        return self.fault(node, f"a {kind_of(value)} is neither true nor false")

    def element(self, node: Node) -> object:
        """The value as an element of a list."""
        value = self.value(node)
        return (
            self.fault(node, "a list within a list comes with step 3") if isinstance(value, list) else value
        )


@dataclass(frozen=True, slots=True)
class _Hole:
    """A loop had nothing to go over: its source is null or undetermined."""

    value: Undetermined | None


def _literal(run: _Run, node: Literal) -> object:
    return node.value


def _name(run: _Run, node: Name) -> object:
    return run.locals[node.name] if node.is_local else run.scope[node.name]


def _strictly(apply: Callable[..., object], *values: object) -> object:
    """The result, or `Undetermined` if any value is."""
    found = [value for value in map(settle, values) if isinstance(value, Undetermined)]
    return merge(*found) if found else apply(*values)


def _property(run: _Run, node: Property) -> object:
    return _strictly(lambda base: part(base, node.name), run.value(node.base))


def _filter(run: _Run, node: Filter) -> object:
    """The elements for which the test holds; an element for which nobody can say leaves the whole open."""
    base = run.value(node.base)
    if base is None or isinstance(base, Undetermined):
        return base
    if not isinstance(base, list):
        return run.fault(node, f"a {kind_of(base)} is not a list")
    if not node.reads_item:
        return _strictly(lambda place: _at_place(base, place), run.value(node.test))
    outer, kept, open_ = run.locals, list[object](), list[Undetermined]()
    try:
        for element in base:
            run.locals = {**outer, ITEM: element}
            found = run.truth(node.test)
            if isinstance(found, Undetermined):
                open_.append(found)
            elif found is True:
                kept.append(element)
    finally:
        run.locals = outer
    return merge(*open_) if open_ else kept


def _at_place(elements: list[object], place: object) -> object:
    """The element counted from 1, or from the end where the place is negative; null where there is none."""
    if not isinstance(place, Decimal) or place != place.to_integral_value():
        raise Fault("a place in a list is a whole number")
    index = int(place) - 1 if place > 0 else int(place)
    return elements[index] if place != 0 and -len(elements) <= index < len(elements) else None


def _negative(run: _Run, node: Negative) -> object:
    return _strictly(minus, run.value(node.operand))


def _arithmetic(run: _Run, node: Arithmetic) -> object:
    return _strictly(
        lambda left, right: operate(node.operator, left, right), run.value(node.left), run.value(node.right)
    )


def _order(operator: str, left: object, right: object) -> Truth:
    """One of `<`, `<=`, `>`, `>=`. Raises Fault."""
    if isinstance(left := settle(left), Undetermined):
        return left | right if isinstance(right := settle(right), Undetermined) else left
    if isinstance(right := settle(right), Undetermined):
        return right
    if operator in ("<", ">="):
        less = is_less(left, right)
        return less if operator == "<" else negate(less)
    greater = is_less(right, left)
    return greater if operator == ">" else negate(greater)


def _against(operator: str, left: object, right: object) -> Truth:
    """One of the six comparisons. Raises Fault."""
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        return negate(equal(left, right))
    return _order(operator, left, right)


def _compare(run: _Run, node: Compare) -> Truth:
    return _against(node.operator, run.value(node.left), run.value(node.right))


def _between(run: _Run, node: Between) -> Truth:
    operand, low, high = run.value(node.operand), run.value(node.low), run.value(node.high)
    return both(run.attempt(node, _order, ">=", operand, low), run.attempt(node, _order, "<=", operand, high))


def _and(run: _Run, node: And) -> Truth:
    found: Truth = True
    for operand in node.operands:
        found = both(found, run.truth(operand))
        if found is False:
            break
    return found


def _or(run: _Run, node: Or) -> Truth:
    found: Truth = False
    for operand in node.operands:
        found = either(found, run.truth(operand))
        if found is True:
            break
    return found


def _not(run: _Run, node: Not) -> Truth:
    return negate(run.truth(node.operand))


def _in(run: _Run, node: In) -> Truth:
    operand = run.value(node.operand)
    found: Truth = False
    for test in node.tests:
        found = either(found, _passes(run, operand, test))
    return found


def _passes(run: _Run, operand: object, test: Equals | Against | Within) -> Truth:
    if isinstance(test, Within):
        low = run.attempt(test, _order, ">=" if test.includes_low else ">", operand, run.value(test.low))
        high = run.attempt(test, _order, "<=" if test.includes_high else "<", operand, run.value(test.high))
        return both(low, high)
    wanted = run.value(test.operand)
    operator = test.operator if isinstance(test, Against) else "="
    if isinstance(test, Against) or not isinstance(wanted, list) or isinstance(operand, list):
        return run.attempt(test, _against, operator, operand, wanted)
    return list_contains(wanted, operand)


def _list(run: _Run, node: ListOf) -> object:
    return [run.element(item) for item in node.items]


def _call(run: _Run, node: Call) -> object:
    values = [run.value(argument) for argument in node.arguments]
    for overload in FUNCTIONS[node.function].overloads:
        if overload.takes_values(values):
            doubtful = values if overload.takes_doubtful_lists else map(settle, values)
            found = [value for value in doubtful if isinstance(value, Undetermined)]
            if found:
                return merge(*found)
            return None if None in values and not overload.takes_null else overload.apply(*values)
    raise Fault(f"{node.function} takes no such values")


def _if(run: _Run, node: If) -> object:
    condition = run.truth(node.condition)
    if not isinstance(condition, Undetermined):
        return run.value(node.then if condition is True else node.otherwise)
    then, otherwise = settle(run.value(node.then)), settle(run.value(node.otherwise))
    found = [value for value in (then, otherwise) if isinstance(value, Undetermined)]
    return then if not found and is_same(then, otherwise) else merge(condition, *found)


def _elements(run: _Run, iteration: Iteration) -> Iterator[object]:
    """The elements of the source one by one; whole numbers are counted, never stored."""
    source = run.value(iteration.source)
    if iteration.last is not None:
        source = run.attempt(iteration, _strictly, _count, source, run.value(iteration.last))
    if source is None or isinstance(source, Undetermined):
        yield _Hole(source)
    elif isinstance(source, range):
        yield from map(Decimal, source)
    elif isinstance(source, list):
        yield from source
    else:
        yield _Hole(run.fault(iteration, f"a {kind_of(source)} is not a list"))


def _count(first: object, last: object) -> range | None:
    """The whole numbers from one to the other, up or down. Raises Fault."""
    if first is None or last is None:
        return None
    low, high = _whole(first), _whole(last)
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)


def _whole(end: object) -> int:
    if not isinstance(end, Decimal) or end != end.to_integral_value() or abs(end) > 10**9:
        raise Fault("a loop counts in whole numbers")
    return int(end)


def _rounds(run: _Run, iterations: tuple[Iteration, ...]) -> Iterator[_Hole | None]:
    """One yield for each combination, with its names bound; a hole where there is nothing to combine."""
    if not iterations:
        yield None
        return
    outer = run.locals
    for element in _elements(run, iterations[0]):
        if isinstance(element, _Hole):
            yield element
        else:
            run.locals = {**outer, iterations[0].name: element}
            yield from _rounds(run, iterations[1:])


def _for(run: _Run, node: For) -> object:
    outer, results = run.locals, list[object]()
    try:
        for hole in _rounds(run, node.iterations):
            if hole is not None:
                return hole.value
            results.append(run.element(node.body))
    finally:
        run.locals = outer
    return results


def _quantified(run: _Run, node: Quantified) -> Truth:
    outer, combine = run.locals, both if node.is_every else either
    found: Truth = node.is_every
    try:
        for hole in _rounds(run, node.iterations):
            found = combine(found, run.truth(node.body) if hole is None else hole.value)
            if found is not node.is_every and isinstance(found, bool):
                break
    finally:
        run.locals = outer
    return found


MEANINGS: Final[Mapping[type[Node], Callable[[_Run, Any], object]]] = {
    Literal: _literal,
    Name: _name,
    Property: _property,
    Negative: _negative,
    Arithmetic: _arithmetic,
    Compare: _compare,
    Filter: _filter,
    Between: _between,
    And: _and,
    Or: _or,
    Not: _not,
    In: _in,
    ListOf: _list,
    Call: _call,
    If: _if,
    For: _for,
    Quantified: _quantified,
}
