"""What the operators and the parts after a dot mean: one table, read by the type check and by every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any, Final

from miaopi.kernel.expr.temporal import (
    TEMPORAL,
    FarDate,
    FarMoment,
    LongDuration,
    add,
    divide_duration,
    multiply_duration,
    negate_duration,
    part_of,
    ratio_of_durations,
    subtract,
)
from miaopi.kernel.expr.types import DATE, DATE_TIME, DAYS, MONTHS, NUMBER, STRING, TIME, Type
from miaopi.kernel.expr.values import DECIMAL128, Fault, Range, kind_of
from miaopi.kernel.frozen import frozen

LONGEST_TEXT: Final = 65_536  # characters


@frozen
class Operation:
    """What comes out, and how; `apply` may raise Fault, OverflowError or a DecimalException."""

    result: Type
    apply: Callable[[Any, Any], object]


def operate(operator: str, left: object, right: object, *, is_open: bool = False) -> object:
    """The result for two determined values; null where either is null, which an open source notes. A decision stays within
    the years 1 to 9999. Raises Fault.
    """
    if left is None or right is None:
        if is_open:
            raise Fault(f"{operator} reckons with no null")
        return None
    key = operator, kind_of(left), kind_of(right)
    found = OPERATIONS.get(key) or (OPEN_OPERATIONS.get(key) if is_open else None)
    if found is None:
        raise Fault(f"{kind_of(left)} {operator} {kind_of(right)} means nothing")
    try:
        result = found.apply(left, right)
        if is_open or not isinstance(result, FarDate | FarMoment | LongDuration):
            return result
        raise OverflowError
    except OverflowError:
        raise Fault("the result lies outside what can be written") from None
    except DecimalException:
        raise Fault("no number is the result") from None


def minus(value: object) -> object:
    """`-value` for a number or a duration; null for null. Raises Fault."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return DECIMAL128.minus(value)
    if kind_of(value) in (DAYS, MONTHS):
        return negate_duration(value)  # type: ignore[arg-type]  # of these kinds are durations alone
    raise Fault(f"a {kind_of(value)} has no negative")


def part(value: object, name: str) -> object:
    """`value.name` of a temporal value, a range or a context; null for null. Raises Fault."""
    if value is None:
        return None
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, Range) and name in RANGE_PARTS:
        return RANGE_PARTS[name](value)
    if isinstance(value, TEMPORAL):
        try:
            return part_of(value, name)
        except Fault:
            pass  # said below, with the kind
    raise Fault(f"a {kind_of(value)} has no part {name}")


def _join_texts(left: str, right: str) -> str:
    if len(left) + len(right) > LONGEST_TEXT:
        raise Fault(f"the text has more than {LONGEST_TEXT} characters")
    return left + right


def _multiply(left: Decimal, right: Decimal) -> Decimal:
    return DECIMAL128.plus(DECIMAL128.multiply(left, right))  # plus: there is no minus zero in FEEL


def _divide(left: Decimal, right: Decimal) -> Decimal:
    return DECIMAL128.plus(DECIMAL128.divide(left, right))


def _raise_to(base: Decimal, exponent: Decimal) -> Decimal:
    """No number raised to nothing is 1, zero among them; what is no whole power is told without the zeros behind it."""
    if exponent == 0:
        return Decimal(1)
    found = DECIMAL128.plus(DECIMAL128.power(base, exponent))
    if exponent == exponent.to_integral_value():
        return found
    short = DECIMAL128.normalize(found)
    is_short = short.adjusted() < DECIMAL128.prec and short == short.to_integral_value()
    return DECIMAL128.quantize(short, Decimal(1)) if is_short else short


def _ratio(left: Any, right: Any) -> Decimal:  # noqa: ANN401  # durations, by the table
    return ratio_of_durations(left, right, DECIMAL128)


def _multiply_by(factor: Decimal, length: Any) -> object:  # noqa: ANN401  # a duration, by the table
    return multiply_duration(length, factor)


OPERATIONS: Final[Mapping[tuple[str, Type, Type], Operation]] = {
    ("+", NUMBER, NUMBER): Operation(NUMBER, DECIMAL128.add),
    ("-", NUMBER, NUMBER): Operation(NUMBER, DECIMAL128.subtract),
    ("*", NUMBER, NUMBER): Operation(NUMBER, _multiply),
    ("/", NUMBER, NUMBER): Operation(NUMBER, _divide),
    ("**", NUMBER, NUMBER): Operation(NUMBER, _raise_to),
    ("+", STRING, STRING): Operation(STRING, _join_texts),
    **{
        ("+", *sides): Operation(point, add)
        for point in (DATE, DATE_TIME)
        for length in (DAYS, MONTHS)
        for sides in ((point, length), (length, point))
    },
    ("+", TIME, DAYS): Operation(TIME, add),
    ("+", DAYS, TIME): Operation(TIME, add),
    **{("-", point, DAYS): Operation(point, subtract) for point in (DATE, DATE_TIME, TIME)},
    **{("-", point, point): Operation(DAYS, subtract) for point in (DATE, DATE_TIME, TIME)},
    **{
        (sign, length, length): Operation(length, apply)
        for sign, apply in (("+", add), ("-", subtract))
        for length in (DAYS, MONTHS)
    },
    **{("*", length, NUMBER): Operation(length, multiply_duration) for length in (DAYS, MONTHS)},
    **{("*", NUMBER, length): Operation(length, _multiply_by) for length in (DAYS, MONTHS)},
    **{("/", length, NUMBER): Operation(length, divide_duration) for length in (DAYS, MONTHS)},
    **{("/", length, length): Operation(NUMBER, _ratio) for length in (DAYS, MONTHS)},
}

# What FEEL has and decisions do not: taken from the later day, months give other answers at the ends of months, so the type
# check asks for the sum on the earlier day; a day against a moment takes midnight UTC for meant.
OPEN_OPERATIONS: Final[Mapping[tuple[str, Type, Type], Operation]] = {
    ("-", DATE, MONTHS): Operation(DATE, subtract),
    ("-", DATE_TIME, MONTHS): Operation(DATE_TIME, subtract),
    ("-", DATE, DATE_TIME): Operation(DAYS, subtract),
    ("-", DATE_TIME, DATE): Operation(DAYS, subtract),
}

RANGE_PARTS: Final[Mapping[str, Callable[[Range], object]]] = {
    "start": lambda span: span.low,
    "end": lambda span: span.high,
    "start included": lambda span: span.includes_low,
    "end included": lambda span: span.includes_high,
}
