"""The edge of a function: each input is looked at once, and is a plain value of its type from then on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Final

from miaopi.kernel.dmn.code.tests import LARGEST, Slot
from miaopi.kernel.expr.code.emitter import Emitter
from miaopi.kernel.expr.code.plain import NotPlainError
from miaopi.kernel.expr.code.writing import (
    AT,
    assignment,
    call,
    compare,
    constant,
    entry,
    every,
    is_other,
    is_same,
    negation,
    read,
    result,
    some,
)
from miaopi.kernel.expr.types import BOOLEAN, DATE, DATE_TIME, DAYS, MONTHS, NUMBER, STRING, TIME, Type
from miaopi.kernel.expr.values import DECIMAL128, YearsMonths

UNDECIDED: Final = object()
INPUTS: Final = "inputs"
CLASSES: Final[Mapping[Type, type]] = {
    STRING: str,
    BOOLEAN: bool,
    DATE: date,
    TIME: time,
    DATE_TIME: datetime,
    DAYS: timedelta,
    MONTHS: YearsMonths,
}


def give_up(to: Emitter) -> ast.stmt:
    return result(to.constant(UNDECIDED))


def give_up_unless(to: Emitter, test: ast.expr) -> ast.stmt:
    return ast.If(negation(test), [give_up(to)], [], **AT)


def taken(to: Emitter, slots: Mapping[str, Slot], known: frozenset[str]) -> list[ast.stmt]:
    """The inputs of those names in their slots; `known` are the names of all inputs of the model.

    What has no such name may be another spelling of one: so all are counted.
    """
    is_mapping = _is_of(to, read(INPUTS), dict)
    count = call(to.constant(len), read(INPUTS))
    narrowed = call(to.constant(_narrow(frozenset(slots), known)), read(INPUTS))
    return [
        give_up_unless(to, is_mapping),
        ast.If(compare(count, ast.NotEq(), constant(len(slots))), [assignment(INPUTS, narrowed)], [], **AT),
        ast.Try(
            [assignment(slot.name, entry(read(INPUTS), name)) for name, slot in slots.items()] or [ast.Pass(**AT)],
            [ast.ExceptHandler(to.constant(KeyError), None, [give_up(to)], **AT)],
            [],
            [],
            **AT,
        ),
        *(stmt for slot in slots.values() for stmt in _plain(to, slot)),
    ]


def _narrow(wanted: frozenset[str], known: frozenset[str]) -> Callable[[dict[str, object]], dict[str, object]]:
    def narrow(inputs: dict[str, object]) -> dict[str, object]:
        """The wanted inputs; none at all where one has a name that the model does not know."""
        if inputs.keys() <= known:
            return {name: inputs[name] for name in wanted if name in inputs}
        return {}

    return narrow


def _plain(to: Emitter, slot: Slot) -> list[ast.stmt]:
    """Give up unless the slot holds a plain value of its type. Raises NotPlainError for a slot of no known type."""
    value = read(slot.name)
    if slot.type == NUMBER:
        bounds = ast.Compare(constant(-LARGEST), [ast.Lt(), ast.Lt()], [value, constant(LARGEST)], **AT)
        is_small = every(_is_of(to, value, int), bounds)
        made = [assignment(slot.name, call(to.constant(number), value)), give_up_unless(to, is_other(value, constant(None)))]
        return [ast.If(negation(is_small), made, [], **AT)]
    if slot.type == BOOLEAN:
        return [give_up_unless(to, some(is_same(value, constant(True)), is_same(value, constant(False))))]
    if slot.type is None or slot.type not in CLASSES:
        raise NotPlainError
    return [give_up_unless(to, _is_of(to, value, CLASSES[slot.type]))]


def _is_of(to: Emitter, value: ast.expr, wanted: type) -> ast.expr:
    return is_same(call(to.constant(type), value), to.constant(wanted))


def number(value: object) -> Decimal | None:
    """The number as decimal128 has it; none for what is no number, or none of these."""
    if type(value) is not Decimal:
        return None
    try:
        found = DECIMAL128.plus(value)
    except DecimalException:
        return None
    return found if found.is_finite() else None
