"""The values an expression deals in, and what equality, order and Kleene's logic mean on them.

Besides FEEL's values there is one more: `Undetermined`, for what nobody could say. It is not null – null is the answer
“there is none” – and nothing turns it into true or false unless every possible value would give that same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final, NoReturn

from miaopi.kernel.expr.fault import Fault as Fault
from miaopi.kernel.expr.temporal.duration import YearsMonths as YearsMonths
from miaopi.kernel.expr.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    LIST,
    MONTHS,
    NULL,
    NUMBER,
    RECORD,
    STRING,
    Type,
    item_of,
)

# IEEE 754 decimal128, as DMN 1.5 §10.3.2.3.1 asks; our own context, never the thread's.
DECIMAL128: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    clamp=1,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Nobody could say: `blame` names the facts to find out, `faults` what went wrong in the expression itself."""

    blame: frozenset[str]
    faults: frozenset[str] = field(default=frozenset())

    def __bool__(self) -> NoReturn:
        raise TypeError("undetermined is neither true nor false")

    def __or__(self, other: Undetermined) -> Undetermined:
        return Undetermined(self.blame | other.blame, self.faults | other.faults)


@dataclass(frozen=True, slots=True)
class Range:
    """The values from `low` to `high` (DMN 1.5 §10.3.2.7); an end that is None is open to that side without limit."""

    low: object
    high: object
    includes_low: bool = True
    includes_high: bool = True


Truth = bool | None | Undetermined


KINDS: Final[Mapping[type, Type]] = {
    type(None): NULL,
    bool: BOOLEAN,
    Decimal: NUMBER,
    str: STRING,
    date: DATE,
    datetime: DATE_TIME,
    timedelta: DAYS,
    YearsMonths: MONTHS,
    list: LIST,
    dict: RECORD,
}


def kind_of(value: object) -> Type:
    """The type of a value as it stands; a list is a list of anything."""
    return KINDS[type(value)]


def holds(wanted: Type, value: object) -> bool:
    """Whether the value is of the wanted type; null is of every type, an undetermined element may turn out to be."""
    if wanted == ANY or value is None or isinstance(value, Undetermined):
        return True
    if isinstance(value, list):
        return wanted.name == "list" and all(holds(item_of(wanted), element) for element in value)
    if isinstance(value, dict):
        return wanted.name == "context" and all(holds(kind, value.get(name)) for name, kind in wanted.entries)
    return kind_of(value) == wanted


def settle(value: object) -> object:
    """The value itself, or `Undetermined` for a list of which an element is."""
    if not isinstance(value, list):
        return value
    doubtful = [element for element in map(settle, value) if isinstance(element, Undetermined)]
    return merge(*doubtful) if doubtful else value


def merge(first: Undetermined, *others: Undetermined) -> Undetermined:
    for other in others:
        first = first | other
    return first


def both(left: Truth, right: Truth) -> Truth:
    """Kleene's `and`. A false side decides; else an undetermined side leaves it open; else null does."""
    if left is False or right is False:
        return False
    return _weaker(left, right, unless=True)


def either(left: Truth, right: Truth) -> Truth:
    """Kleene's `or`. A true side decides; else an undetermined side leaves it open; else null does."""
    if left is True or right is True:
        return True
    return _weaker(left, right, unless=False)


def negate(value: Truth) -> Truth:
    return (not value) if isinstance(value, bool) else value


def _weaker(left: Truth, right: Truth, *, unless: bool) -> Truth:
    if isinstance(left, Undetermined):
        return left | right if isinstance(right, Undetermined) else left
    if isinstance(right, Undetermined):
        return right
    return None if left is None or right is None else unless


def is_same(left: object, right: object) -> bool:
    """Whether two determined values cannot be told apart, whatever their types."""
    return equal_or_open(left, right) is True


def equal_or_open(left: object, right: object) -> Truth:
    """`=` as one answer among several: a fault leaves it open, for another answer may decide."""
    try:
        return equal(left, right)
    except Fault as fault:
        return Undetermined(frozenset(), frozenset({str(fault)}))


def equal(left: object, right: object) -> Truth:
    """`=`: null equals null and nothing else; lists are equal element by element. Raises Fault across types."""
    if isinstance(left, Undetermined):
        return left | right if isinstance(right, Undetermined) else left
    if isinstance(right, Undetermined):
        return right
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right)
    _require_same_kind(left, right)
    return left == right


def _equal_lists(left: list[object], right: list[object]) -> Truth:
    if len(left) != len(right):
        return False
    found: Truth = True
    for mine, theirs in zip(left, right, strict=True):
        found = both(found, equal_or_open(mine, theirs))
    return found


def is_less(left: object, right: object) -> bool | None:
    """`<` between two determined values; null where either is null. Raises Fault across types or without order."""
    if left is None or right is None:
        return None
    _require_same_kind(left, right)
    match left, right:
        case (
            (Decimal(), Decimal())
            | (str(), str())
            | (date(), date())
            | (timedelta(), timedelta())
            | (YearsMonths(), YearsMonths())
        ):
            return bool(left < right)  # type: ignore[operator]  # mypy does not narrow the pair; the pattern has
        case _:
            raise Fault(f"a {kind_of(left)} has no order")


def _require_same_kind(left: object, right: object) -> None:
    if kind_of(left) != kind_of(right):
        raise Fault(f"a {kind_of(left)} cannot be compared with a {kind_of(right)}")
    if (
        isinstance(left, datetime)
        and isinstance(right, datetime)
        and (left.tzinfo is None) != (right.tzinfo is None)
    ):
        raise Fault("a moment with an offset cannot be compared with one without")
