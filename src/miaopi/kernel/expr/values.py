"""The values an expression deals in, and what equality, order and Kleene's logic mean on them.

Besides FEEL's values there is one more: `Undetermined`, for what nobody could say. It is not null – null is the answer
“there is none” – and nothing turns it into true or false unless every possible value would give that same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final, NoReturn

from miaopi.kernel.expr.fault import Fault as Fault
from miaopi.kernel.expr.fault import Overrun
from miaopi.kernel.expr.temporal import (
    TEMPORAL,
    FarDate,
    FarMoment,
    FineTime,
    LongDuration,
    is_earlier,
    is_equal,
    midnight,
)
from miaopi.kernel.expr.temporal import YearsMonths as YearsMonths
from miaopi.kernel.expr.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    FUNCTION,
    LIST,
    MONTHS,
    NULL,
    NUMBER,
    RANGE,
    RECORD,
    STRING,
    TIME,
    Type,
    conforms,
    item_of,
)
from miaopi.kernel.frozen import frozen

# IEEE 754 decimal128, as DMN 1.5 §10.3.2.3.1 asks; our own context, never the thread's.
DECIMAL128: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    clamp=1,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


MOST_PARTS: Final = 300_000
MOST_FAULTS: Final = 64
DEEPEST_VALUE: Final = 100
PARTED: Final = frozenset({list, dict})


@frozen
class Undetermined:
    """Nobody could say: `blame` names the facts to find out, `faults` what went wrong in the expression itself."""

    blame: frozenset[str]
    faults: frozenset[str] = field(default=frozenset())

    def __bool__(self) -> NoReturn:
        raise TypeError("undetermined is neither true nor false")

    def __or__(self, other: Undetermined) -> Undetermined:
        """Of both; enough faults are as good as all of them."""
        blame = self.blame if other.blame <= self.blame else self.blame | other.blame
        if len(self.faults) >= MOST_FAULTS:
            return Undetermined(blame, self.faults)
        return Undetermined(blame, self.faults | other.faults)


@frozen
class Range:
    """The values from `low` to `high` (DMN 1.5 §10.3.2.7); an end that is None is open to that side without limit."""

    low: object
    high: object
    includes_low: bool = True
    includes_high: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function that is a value: written in the expression with the names around it, or handed in by a model. One of the
    language's own has `signatures`, and sees itself which of them the values fit.
    """

    names: tuple[str, ...]
    apply: Callable[..., object]
    parameters: tuple[Type, ...] = ()
    result: Type = ANY
    signatures: tuple[Type, ...] = ()

    @property
    def type(self) -> Type:
        return Type("function", self.result, parameters=self.parameters or (ANY,) * len(self.names))

    def __call__(self, *values: object) -> object:
        """The same for whoever holds the value outside of an expression; null where the call goes wrong."""
        try:
            return self.call(*values)
        except Fault:
            return None

    def call(self, *values: object) -> object:
        """What it gives for values in the order of its parameters, each brought to the type of its parameter (DMN 1.5
        §10.3.2.9.4). Raises Fault for a value of another type, and for another number of values.
        """
        if self.signatures:
            return self.apply(*values)
        if len(values) != len(self.names):
            raise Fault(f"the function takes {len(self.names)} values, not {len(values)}")
        given = list(map(coerce, values, self.type.parameters))
        for name, value, made in zip(self.names, values, given, strict=True):
            if made is None and value is not None:
                raise Fault(f"{name} is not of the type that the function takes")
        return self.apply(*given)

    def call_by_name(self, values: Mapping[str, object]) -> object:
        """What it gives for values with the names of their parameters; null for a parameter that no name gives. Raises Fault
        for a name that it has not.
        """
        if self.signatures:
            return self.apply(*values.values(), names=tuple(values))
        unknown = [name for name in values if name not in self.names]
        if unknown:
            raise Fault(f"the function has no parameter {', '.join(unknown)}")
        return self.call(*(values.get(name) for name in self.names))


Truth = bool | None | Undetermined


KINDS: Final[Mapping[type, Type]] = {
    type(None): NULL,
    bool: BOOLEAN,
    Decimal: NUMBER,
    str: STRING,
    date: DATE,
    FarDate: DATE,
    time: TIME,
    FineTime: TIME,
    datetime: DATE_TIME,
    FarMoment: DATE_TIME,
    timedelta: DAYS,
    LongDuration: DAYS,
    YearsMonths: MONTHS,
    list: LIST,
    dict: RECORD,
    Range: RANGE,
    Closure: FUNCTION,
}


def kind_of(value: object) -> Type:
    """The type of a value as it stands; a list is a list of anything."""
    return KINDS[type(value)]


def holds(wanted: Type, value: object) -> bool:
    """Whether the value is of the wanted type; null is of every type, an undetermined element may turn out to be."""
    if wanted == ANY or value is None or isinstance(value, Undetermined):
        return True
    match value:
        case list():
            return wanted.name == "list" and all(holds(item_of(wanted), element) for element in value)
        case dict():
            return wanted.name == "context" and all(
                name in value and holds(kind, value[name]) for name, kind in wanted.entries
            )
        case Range():
            ends = (value.low, value.high)
            return wanted.name == "range" and all(holds(item_of(wanted), end) for end in ends)
        case Closure():
            return any(conforms(kind, wanted) for kind in value.signatures or (value.type,))
        case _:
            return kind_of(value) == wanted


def coerce(value: object, wanted: Type) -> object:
    """The value where one of that type is asked for (DMN 1.5 §10.3.2.9.4): itself, the one element of a list, a list of the
    one value, a day at midnight; null where none of these is of the type.
    """
    if holds(wanted, value):
        return value
    if isinstance(value, list) and len(value) == 1 and holds(wanted, value[0]):
        return value[0]
    if wanted.name == "list" and holds(item_of(wanted), value):
        return [value]
    if wanted == DATE_TIME and isinstance(value, date | FarDate):
        return midnight(value)
    return None


def extent(value: list[object] | dict[str, object]) -> int:
    """The parts within the value, one that is shared counted as often as it stands there; no more than `MOST_PARTS` are looked
    at. Raises Overrun for a value that is deeper than any may be.
    """
    count, depth = 0, 0
    level: list[Any] = [value]
    while level and count <= MOST_PARTS:
        depth += 1
        if depth > DEEPEST_VALUE:
            raise Overrun(f"a value has more than {DEEPEST_VALUE} levels")
        inner: list[Any] = []
        for one in level:
            count += len(one)
            if count > MOST_PARTS:
                break
            inner += [part for part in (one if one.__class__ is list else one.values()) if part.__class__ in PARTED]
        level = inner
    return count


def settle(value: object) -> object:
    """The value itself, or `Undetermined` for a list or a context of which a part is."""
    if not isinstance(value, list | dict):
        return value
    found: Undetermined | None = None
    waiting: list[list[object] | dict[str, object]] = [value]
    while waiting:
        whole = waiting.pop()
        for part in whole.values() if isinstance(whole, dict) else whole:
            if isinstance(part, Undetermined):
                found = part if found is None else found | part
            elif isinstance(part, list | dict):
                waiting.append(part)
    return value if found is None else found


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


def equal_or_open(left: object, right: object, room: Iterator[int] | None = None) -> Truth:
    """`=` as one answer among several: a fault leaves it open, for another answer may decide."""
    try:
        return equal(left, right, room)
    except Overrun:
        raise
    except Fault as fault:
        return Undetermined(frozenset(), frozenset({str(fault)}))


def equal(left: object, right: object, room: Iterator[int] | None = None) -> Truth:
    """`=`: null equals null and nothing else; lists are equal element by element. Raises Fault across types, and for values
    of too many parts; `room` is what several comparisons share.
    """
    room = comparing() if room is None else room
    if next(room, None) is None:
        raise Overrun("the values have too many parts")
    if isinstance(left, Undetermined):
        return left | right if isinstance(right, Undetermined) else left
    if isinstance(right, Undetermined):
        return right
    if left is None or right is None:
        return left is right
    match left, right:
        case list(), list():
            return len(left) == len(right) and _equal_parts(left, right, room)
        case dict(), dict():
            return left.keys() == right.keys() and _equal_parts(
                list(left.values()), [right[key] for key in left], room
            )
        case Range(), Range():
            if (left.includes_low, left.includes_high) != (right.includes_low, right.includes_high):
                return False
            return _equal_parts([left.low, left.high], [right.low, right.high], room)
        case _:
            _require_same_kind(left, right)
            if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
                return is_equal(left, right)
            return bool(left == right)


def _equal_parts(left: list[object], right: list[object], room: Iterator[int]) -> Truth:
    found: Truth = True
    for mine, theirs in zip(left, right, strict=True):
        found = both(found, equal_or_open(mine, theirs, room))
        if found is False:
            break
    return found


def comparing() -> Iterator[int]:
    """Room for so many comparisons: what is shared within a value is compared as often as it stands in it."""
    return iter(range(MOST_PARTS))


def is_within(value: object, span: Range) -> Truth:
    """Whether the value lies in the range; an end that is None leaves that side open. Raises Fault across types."""
    if value is None:
        return None
    above: Truth = True
    if span.low is not None:
        above = negate(is_less(value, span.low)) if span.includes_low else is_less(span.low, value)
    below: Truth = True
    if span.high is not None:
        below = negate(is_less(span.high, value)) if span.includes_high else is_less(value, span.high)
    return both(above, below)


def is_less(left: object, right: object) -> bool | None:
    """`<` between two determined values; null where either is null. Raises Fault across types or without order."""
    if left is None or right is None:
        return None
    _require_same_kind(left, right)
    match left, right:
        case (Decimal(), Decimal()) | (str(), str()):
            return bool(left < right)  # type: ignore[operator]  # mypy does not narrow the pair; the pattern has
        case _ if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
            return is_earlier(left, right)
        case _:
            raise Fault(f"a {kind_of(left)} has no order")


def _require_same_kind(left: object, right: object) -> None:
    if kind_of(left) != kind_of(right):
        raise Fault(f"a {kind_of(left)} cannot be compared with a {kind_of(right)}")
