"""for, some and every: over lists, ranges, and whole numbers or days that are counted, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.interpreter.walk import WEIGHED, Walk
from miaopi.kernel.expr.parser import PARTIAL
from miaopi.kernel.expr.tree import For, Iteration, Quantified
from miaopi.kernel.expr.values import Fault, Range, Truth, Undetermined, both, either, kind_of

FARTHEST: Final = 10**9


@dataclass(frozen=True, slots=True)
class _Hole:
    """A loop had nothing to go over: its source is null or undetermined."""

    value: Undetermined | None


def loop(walk: Walk, node: For) -> object:
    outer, results = walk.locals, list[object]()
    try:
        for hole in _rounds(walk, node.iterations):
            if hole is not None:
                return hole.value
            if node.reads_partial:
                walk.spend(node, len(results))
                walk.locals = {**walk.locals, PARTIAL: list(results)}
            results.append(walk.value(node.body))
            walk.of_size(node, results)
    finally:
        walk.locals = outer
    return results


def quantified(walk: Walk, node: Quantified) -> Truth:
    outer, combine = walk.locals, both if node.is_every else either
    found: Truth = node.is_every
    try:
        for hole in _rounds(walk, node.iterations):
            found = combine(found, walk.truth(node.body) if hole is None else hole.value)
            if found is not node.is_every and isinstance(found, bool):
                break
    finally:
        walk.locals = outer
    return found


def _rounds(walk: Walk, iterations: tuple[Iteration, ...]) -> Iterator[_Hole | None]:
    """One yield for each combination, with its names bound; a hole where there is nothing to combine."""
    if not iterations:
        yield None
        return
    outer = walk.locals
    for element in _elements(walk, iterations[0]):
        if isinstance(element, _Hole):
            yield element
        else:
            walk.spend(iterations[0], len(outer) // WEIGHED)
            walk.locals = {**outer, iterations[0].name: element}
            yield from _rounds(walk, iterations[1:])


def _elements(walk: Walk, iteration: Iteration) -> Iterator[object]:
    source = walk.value(iteration.source)
    if iteration.last is not None:
        last = walk.value(iteration.last)
        source = walk.attempt(iteration, walk.strictly, _count, source, last)
    elif isinstance(source, Range):
        source = walk.attempt(iteration, _counted, source)
    if source is None or isinstance(source, Undetermined):
        yield _Hole(source)
    elif isinstance(source, _Days):
        yield from source.days()
    elif isinstance(source, range):
        yield from map(Decimal, source)
    elif isinstance(source, list):
        yield from source
    elif walk.is_open:
        yield source
    else:
        yield _Hole(walk.fault(iteration, f"a {kind_of(source)} is not a list"))


@dataclass(frozen=True, slots=True)
class _Days:
    first: date
    places: range

    def days(self) -> Iterator[object]:
        for place in self.places:
            yield self.first + timedelta(days=place)


def _count(first: object, last: object) -> range | _Days | None:
    """The whole numbers, or the days, from one to the other, up or down. Raises Fault."""
    if first is None or last is None:
        return None
    if type(first) is date and type(last) is date:
        return _Days(first, _up_or_down(0, (last - first).days))
    return _up_or_down(_whole(first), _whole(last))


def _counted(source: Range) -> range | _Days:
    """What a range holds, if it can be counted. Raises Fault."""
    found = _count(source.low, source.high)
    if found is None:
        raise Fault("a range without an end cannot be counted")
    places = found.places if isinstance(found, _Days) else found
    places = places[
        0 if source.includes_low else 1 : len(places) if source.includes_high else len(places) - 1
    ]
    return _Days(found.first, places) if isinstance(found, _Days) else places


def _up_or_down(low: int, high: int) -> range:
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)


def _whole(end: object) -> int:
    if not isinstance(end, Decimal) or end != end.to_integral_value() or abs(end) > FARTHEST:
        raise Fault("a loop counts in whole numbers")
    return int(end)
