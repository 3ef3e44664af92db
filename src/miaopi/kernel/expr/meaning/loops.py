"""What loops go over: lists, ranges, and whole numbers or days that are counted, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.tree import Iteration
from miaopi.kernel.expr.values import Fault, Range, Undetermined, kind_of
from miaopi.kernel.frozen import frozen

FARTHEST: Final = 10**9


@frozen
class Hole:
    """A loop had nothing to go over: its source is null or undetermined."""

    value: Undetermined | None


def elements_of(
    it: Evaluation, iteration: Iteration, source: object, last: object = None
) -> Iterator[object]:
    """What the name of the iteration stands for, one after the other; a hole where there is nothing. `last` counts for an
    iteration that has one.
    """
    if iteration.last is not None:
        source = it.attempt(iteration, it.strictly, _count, source, last)
    elif isinstance(source, Range):
        source = it.attempt(iteration, _counted, source)
    if source is None or isinstance(source, Undetermined):
        yield Hole(source)
    elif isinstance(source, _Days):
        yield from source.days()
    elif isinstance(source, range):
        yield from map(Decimal, source)
    elif isinstance(source, list):
        yield from source
    elif it.is_open:
        yield source
    else:
        yield Hole(it.fault(iteration, f"a {kind_of(source)} is not a list"))


@frozen
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
