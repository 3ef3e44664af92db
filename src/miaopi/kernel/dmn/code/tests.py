"""A plain cell as the comparison that one would write by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from miaopi.kernel.dmn.lookup.cells import Plain, Span
from miaopi.kernel.expr.code.emitter import Emitter
from miaopi.kernel.expr.code.membership import FEW, among
from miaopi.kernel.expr.code.writing import AT, compare, constant, negation, read, some, tuple_of
from miaopi.kernel.expr.types import Type

LARGEST: Final = 10**34  # below it a whole number has no more digits than decimal128


@dataclass(slots=True)
class Slot:
    """A variable of the code and the type of its value, which is never null. `is_raw`: a number that may be an `int`."""

    name: str
    type: Type | None
    is_raw: bool = False


def test_of(cell: Plain, slot: Slot, to: Emitter) -> ast.expr | None:
    """Whether the value in the slot, which is of the kind of the cell, passes it; none where every value does."""
    points = [span.low for span in cell.spans if span.low is not None and span.low == span.high and _is_closed(span)]
    wide = [span for span in cell.spans if not (span.low is not None and span.low == span.high and _is_closed(span))]
    if any(span.low is None and span.high is None for span in wide):
        return constant(False) if cell.is_negated else None
    tests = [*_among(points, slot, to), *(_between(span, slot, to) for span in wide)]
    if not tests:
        return None if cell.is_negated else constant(False)
    found = some(*tests)
    return negation(found) if cell.is_negated else found


def _is_closed(span: Span) -> bool:
    return span.includes_low and span.includes_high


def _among(points: list[object], slot: Slot, to: Emitter) -> Iterator[ast.expr]:
    """Whether it is one of these."""
    if not points:
        return
    if isinstance(points[0], bool):
        yield from (read(slot.name) if point else negation(read(slot.name)) for point in points)
    elif len(points) == 1:
        yield compare(read(slot.name), ast.Eq(), written(points[0], slot, to))
    elif len(points) <= FEW:
        yield compare(read(slot.name), ast.In(), tuple_of(written(point, slot, to) for point in points))
    else:
        yield among(to, slot.name, points)


def _between(span: Span, slot: Slot, to: Emitter) -> ast.expr:
    value = read(slot.name)
    above = ast.LtE() if span.includes_low else ast.Lt()
    below = ast.LtE() if span.includes_high else ast.Lt()
    if span.low is None:
        return compare(value, below, written(span.high, slot, to))
    low = written(span.low, slot, to)
    if span.high is None:
        return compare(low, above, value)
    return ast.Compare(low, [above, below], [value, written(span.high, slot, to)], **AT)


def written(value: object, slot: Slot, to: Emitter) -> ast.expr:
    """A value to compare with what is in the slot: a whole number as `int` where that may be one, for the two are equal."""
    if isinstance(value, Decimal) and slot.is_raw and abs(value) < LARGEST and value == int(value):
        return constant(int(value))
    return to.constant(value)
