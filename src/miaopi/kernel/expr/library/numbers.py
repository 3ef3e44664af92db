"""Numeric functions (DMN 1.5 §10.3.4.5, table 78)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
    InvalidOperation,
)
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, Overload, Spend, same_as_first, takes
from miaopi.kernel.expr.temporal import DaysDuration, YearsMonths, negate_duration
from miaopi.kernel.expr.temporal.duration import count_nanoseconds
from miaopi.kernel.expr.types import BOOLEAN, DAYS, MONTHS, NUMBER
from miaopi.kernel.expr.values import DECIMAL128

SERIES: Final = 6  # steps that a root, a power of e or a logarithm takes
# The places that decimal128 can have, and a context in which the remainder of any two of its numbers is exact.
LEAST_SCALE: Final = -6_111
MOST_SCALE: Final = 6_176
EXACT: Final = Context(prec=12_400, Emin=-20_000, Emax=20_000, traps=[InvalidOperation])


def _to_scale(rounding: str) -> Callable[..., Decimal]:
    """Rounding to so many places; below 0, to tens and hundreds. Raises Fault for more than decimal128 has."""
    context = Context(prec=34, rounding=rounding, Emin=-6_143, Emax=6_144, traps=[InvalidOperation])

    def reckon(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
        if not LEAST_SCALE <= scale <= MOST_SCALE:
            raise Fault(f"a scale lies between {LEAST_SCALE} and {MOST_SCALE}")
        try:
            return context.plus(context.quantize(number, Decimal(1).scaleb(-int(scale), context)))
        except InvalidOperation:  # more than 34 digits: it has fewer places than are asked for
            return number

    return reckon


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): it has the sign of the divisor."""
    if divisor == 0:
        raise Fault("no number is the result")
    rest = EXACT.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = EXACT.add(rest, divisor)
    return DECIMAL128.plus(rest)


def _reckoned(apply: Callable[[Decimal], Decimal]) -> Callable[[Spend, Decimal], Decimal]:
    """The function, where it gives a number. Raises Fault."""

    def reckon(spend: Spend, number: Decimal) -> Decimal:
        spend(SERIES)
        try:
            found = apply(number)
        except DecimalException:
            raise Fault("no number is the result") from None
        if not found.is_finite():
            raise Fault("no number is the result")
        return DECIMAL128.plus(found)

    return reckon


def _absolute(number: Decimal) -> Decimal:
    return DECIMAL128.abs(number)


def _absolute_days(length: DaysDuration) -> object:
    return negate_duration(length) if count_nanoseconds(length) < 0 else length


def _absolute_months(length: YearsMonths) -> YearsMonths:
    return YearsMonths(abs(length.months))


def _is_odd(number: Decimal) -> bool:
    return _modulo(number, Decimal(2)) == 1


def _is_even(number: Decimal) -> bool:
    return _modulo(number, Decimal(2)) == 0


def _scaled(rounding: str) -> Function:
    return Function(NUMBER, (takes(_to_scale(rounding), ("n", NUMBER), ("scale", NUMBER)),))


def _scaled_or_whole(rounding: str) -> Function:
    apply = _to_scale(rounding)
    return Function(NUMBER, (takes(apply, ("n", NUMBER)), takes(apply, ("n", NUMBER), ("scale", NUMBER))))


def _is_number(apply: Callable[[Decimal], bool]) -> Function:
    return Function(BOOLEAN, (takes(apply, ("number", NUMBER)),))


def _series(apply: Callable[[Decimal], Decimal]) -> Function:
    return Function(NUMBER, (takes(_reckoned(apply), ("number", NUMBER), counts=True),))


def _absolute_overloads(name: str) -> tuple[Overload, ...]:
    return (
        takes(_absolute, (name, NUMBER)),
        takes(_absolute_days, (name, DAYS)),
        takes(_absolute_months, (name, MONTHS)),
    )


NUMBERS: Final[Mapping[str, Function]] = {
    "decimal": _scaled(ROUND_HALF_EVEN),
    "floor": _scaled_or_whole(ROUND_FLOOR),
    "ceiling": _scaled_or_whole(ROUND_CEILING),
    "round up": _scaled(ROUND_UP),
    "round down": _scaled(ROUND_DOWN),
    "round half up": _scaled(ROUND_HALF_UP),
    "round half down": _scaled(ROUND_HALF_DOWN),
    "abs": Function(same_as_first, (*_absolute_overloads("n"), *_absolute_overloads("number"))),
    "modulo": Function(NUMBER, (takes(_modulo, ("dividend", NUMBER), ("divisor", NUMBER)),)),
    "sqrt": _series(DECIMAL128.sqrt),
    "log": _series(DECIMAL128.ln),
    "exp": _series(DECIMAL128.exp),
    "odd": _is_number(_is_odd),
    "even": _is_number(_is_even),
}
