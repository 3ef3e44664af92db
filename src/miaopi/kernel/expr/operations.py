"""What the four operators and the parts after a dot mean: one table, read by the type check and by every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any, Final

from miaopi.kernel.calendar import add_months
from miaopi.kernel.expr.types import DATE, DATE_TIME, DAYS, MONTHS, NUMBER, STRING, Type
from miaopi.kernel.expr.values import DECIMAL128, Fault, YearsMonths, kind_of

LONGEST_TEXT: Final = 65_536  # characters


@dataclass(frozen=True, slots=True)
class Operation:
    """What comes out, and how; `apply` may raise Fault, OverflowError or a DecimalException."""

    result: Type
    apply: Callable[[Any, Any], object]


def operate(operator: str, left: object, right: object) -> object:
    """The result for two determined values; null where either is null. Raises Fault."""
    if left is None or right is None:
        return None
    found = OPERATIONS.get((operator, kind_of(left), kind_of(right)))
    if found is None:
        raise Fault(f"{kind_of(left)} {operator} {kind_of(right)} means nothing")
    try:
        return found.apply(left, right)
    except OverflowError:
        raise Fault("the result lies outside what can be written") from None
    except DecimalException:
        raise Fault("no number is the result") from None


def minus(value: object) -> object:
    """`-value` for a number or a duration; null for null. Raises Fault."""
    match value:
        case None:
            return None
        case Decimal():
            return DECIMAL128.minus(value)
        case timedelta():
            return -value
        case YearsMonths():
            return YearsMonths(-value.months)
        case _:
            raise Fault(f"a {kind_of(value)} has no negative")


def part(value: object, name: str) -> object:
    """`value.name` of a temporal value or a context; null for null. Raises Fault."""
    if value is None:
        return None
    if isinstance(value, dict) and name in value:
        return value[name]
    found = PARTS.get((kind_of(value), name))
    if found is None:
        raise Fault(f"a {kind_of(value)} has no part {name}")
    return found(value)


def _join_texts(left: str, right: str) -> str:
    if len(left) + len(right) > LONGEST_TEXT:
        raise Fault(f"the text has more than {LONGEST_TEXT} characters")
    return left + right


def _multiply(left: Decimal, right: Decimal) -> Decimal:
    return DECIMAL128.plus(DECIMAL128.multiply(left, right))  # plus: there is no minus zero in FEEL


def _divide(left: Decimal, right: Decimal) -> Decimal:
    return DECIMAL128.plus(DECIMAL128.divide(left, right))


def _add_months_to_moment(moment: datetime, length: YearsMonths) -> datetime:
    return datetime.combine(add_months(moment.date(), length.months), moment.timetz())


def _between_moments(later: datetime, earlier: datetime) -> timedelta:
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        raise Fault("a moment with an offset cannot be counted from one without")
    return later - earlier


# There is no `date - months`: taken from the later date, months give other answers at the ends of months
# (flagship/_common, Dates and ages), so the type check asks for the sum on the earlier date.
OPERATIONS: Final[Mapping[tuple[str, Type, Type], Operation]] = {
    ("+", NUMBER, NUMBER): Operation(NUMBER, DECIMAL128.add),
    ("-", NUMBER, NUMBER): Operation(NUMBER, DECIMAL128.subtract),
    ("*", NUMBER, NUMBER): Operation(NUMBER, _multiply),
    ("/", NUMBER, NUMBER): Operation(NUMBER, _divide),
    ("+", STRING, STRING): Operation(STRING, _join_texts),
    ("+", DATE, DAYS): Operation(DATE, lambda day, length: day + length),
    ("+", DAYS, DATE): Operation(DATE, lambda length, day: day + length),
    ("-", DATE, DAYS): Operation(DATE, lambda day, length: day + -length),
    ("-", DATE, DATE): Operation(DAYS, lambda later, earlier: later - earlier),
    ("+", DATE, MONTHS): Operation(DATE, lambda day, length: add_months(day, length.months)),
    ("+", MONTHS, DATE): Operation(DATE, lambda length, day: add_months(day, length.months)),
    ("+", DATE_TIME, DAYS): Operation(DATE_TIME, lambda moment, length: moment + length),
    ("+", DAYS, DATE_TIME): Operation(DATE_TIME, lambda length, moment: moment + length),
    ("-", DATE_TIME, DAYS): Operation(DATE_TIME, lambda moment, length: moment - length),
    ("-", DATE_TIME, DATE_TIME): Operation(DAYS, _between_moments),
    ("+", DATE_TIME, MONTHS): Operation(DATE_TIME, _add_months_to_moment),
    ("+", MONTHS, DATE_TIME): Operation(
        DATE_TIME, lambda length, moment: _add_months_to_moment(moment, length)
    ),
    ("+", DAYS, DAYS): Operation(DAYS, lambda left, right: left + right),
    ("-", DAYS, DAYS): Operation(DAYS, lambda left, right: left - right),
    ("+", MONTHS, MONTHS): Operation(MONTHS, lambda left, right: YearsMonths(left.months + right.months)),
    ("-", MONTHS, MONTHS): Operation(MONTHS, lambda left, right: YearsMonths(left.months - right.months)),
}


def _toward_zero(amount: int, unit: int) -> int:
    return amount // unit if amount >= 0 else -(-amount // unit)


def _part_of_length(unit: int, of: int | None = None) -> Callable[[timedelta], Decimal]:
    """How many whole units, within the next greater one; a negative duration has negative parts."""

    def read(length: timedelta) -> Decimal:
        seconds = _toward_zero(length // timedelta(microseconds=1), 1_000_000)
        within = seconds if of is None else seconds - _toward_zero(seconds, of) * of
        return Decimal(_toward_zero(within, unit))

    return read


PARTS: Final[Mapping[tuple[Type, str], Callable[[Any], Decimal]]] = {
    **{(kind, "year"): lambda day: Decimal(day.year) for kind in (DATE, DATE_TIME)},
    **{(kind, "month"): lambda day: Decimal(day.month) for kind in (DATE, DATE_TIME)},
    **{(kind, "day"): lambda day: Decimal(day.day) for kind in (DATE, DATE_TIME)},
    **{(kind, "weekday"): lambda day: Decimal(day.isoweekday()) for kind in (DATE, DATE_TIME)},
    (DATE_TIME, "hour"): lambda moment: Decimal(moment.hour),
    (DATE_TIME, "minute"): lambda moment: Decimal(moment.minute),
    (DATE_TIME, "second"): lambda moment: Decimal(moment.second),
    (DAYS, "days"): _part_of_length(86_400),
    (DAYS, "hours"): _part_of_length(3_600, of=86_400),
    (DAYS, "minutes"): _part_of_length(60, of=3_600),
    (DAYS, "seconds"): _part_of_length(1, of=60),
    (MONTHS, "years"): lambda length: Decimal(_toward_zero(length.months, 12)),
    (MONTHS, "months"): lambda length: Decimal(length.months - _toward_zero(length.months, 12) * 12),
}
