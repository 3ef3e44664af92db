"""Ranges from their text (DMN 1.5 §10.3.4.1, table 74), and how points and ranges lie to one another (§10.3.4.8, table 81).
An end without limit lies beyond every point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import DecimalException
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, takes
from miaopi.kernel.expr.temporal import read_any_day, read_clock, read_duration, read_temporal
from miaopi.kernel.expr.temporal.reading import read_moment_or_day
from miaopi.kernel.expr.types import ANY, BOOLEAN, RANGE, STRING, Type
from miaopi.kernel.expr.values import DECIMAL128, Range, equal, is_less
from miaopi.kernel.frozen import frozen

Relation = Callable[..., bool]


@frozen
class _End:
    """An end of a range. `side` is -1 for one without limit below, 1 for one without limit above."""

    value: object
    included: bool
    side: int

    def __lt__(self, other: _End) -> bool:
        if self.side or other.side:
            return self.side < other.side
        return _settled(is_less(self.value, other.value))

    def meets(self, other: _End) -> bool:
        """Whether both are at one place."""
        if self.side or other.side:
            return self.side == other.side
        return _settled(equal(self.value, other.value))

    def touches(self, other: _End) -> bool:
        """Whether both are at one place and take it in."""
        return self.included and other.included and self.meets(other)


def _settled(answer: object) -> bool:
    if not isinstance(answer, bool):
        raise Fault("these cannot be compared")
    return answer


def _low(value: object) -> _End:
    """The lower end of a range; a point is both ends of itself."""
    if not isinstance(value, Range):
        return _End(value, included=True, side=0)
    return _End(value.low, value.includes_low, -1 if value.low is None else 0)


def _high(value: object) -> _End:
    if not isinstance(value, Range):
        return _End(value, included=True, side=0)
    return _End(value.high, value.includes_high, 1 if value.high is None else 0)


def _before(left: object, right: object) -> bool:
    end, start = _high(left), _low(right)
    return end < start or (not (end.included and start.included) and end.meets(start))


def _after(left: object, right: object) -> bool:
    return _before(right, left)


def _meets(left: Range, right: Range) -> bool:
    return _high(left).touches(_low(right))


def _met_by(left: Range, right: Range) -> bool:
    return _meets(right, left)


def _reaches(left: Range, right: Range) -> bool:
    """Whether the left one ends no earlier than the right one begins, in a place that both have."""
    return _low(right) < _high(left) or _high(left).touches(_low(right))


def _overlaps(left: Range, right: Range) -> bool:
    return _reaches(left, right) and _reaches(right, left)


def _starts_earlier(left: Range, right: Range) -> bool:
    low, other = _low(left), _low(right)
    return low < other or (low.included and not other.included and low.meets(other))


def _ends_no_later(left: object, right: object) -> bool:
    high, other = _high(left), _high(right)
    return high < other or ((not high.included or other.included) and high.meets(other))


def _starts_no_earlier(left: object, right: object) -> bool:
    low, other = _low(left), _low(right)
    return other < low or ((not low.included or other.included) and low.meets(other))


def _overlaps_before(left: Range, right: Range) -> bool:
    return _starts_earlier(left, right) and _reaches(left, right) and _ends_no_later(left, right)


def _overlaps_after(left: Range, right: Range) -> bool:
    return _overlaps_before(right, left)


def _finishes(left: object, right: Range) -> bool:
    end, other = _high(left), _high(right)
    return end.included == other.included and end.meets(other) and _starts_no_earlier(left, right)


def _starts(left: object, right: Range) -> bool:
    start, other = _low(left), _low(right)
    return start.included == other.included and start.meets(other) and _ends_no_later(left, right)


def _during(left: object, right: Range) -> bool:
    return _starts_no_earlier(left, right) and _ends_no_later(left, right)


def _coincides(left: object, right: object) -> bool:
    ends = (_low(left), _low(right)), (_high(left), _high(right))
    return all(end.included == other.included and end.meets(other) for end, other in ends)


def _turned(relation: Relation) -> Relation:
    return lambda left, right: relation(right, left)


# Possessive throughout: white space on either side of an end that is not there would be tried in every division.
END: Final = r"""(-?+(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)|@?+"(?:[^"\\]|\\.)*+"|[a-z ]++\(\s*+"[^"\\]*+"\s*+\))?+"""
RANGE_TEXT: Final = re.compile(rf"\s*+([\[(\]])\s*+{END}\s*+\.\.\s*+{END}\s*+([\])\[])\s*+", re.DOTALL)
CALL: Final = re.compile(r'([a-z ]++)\(\s*+"([^"]*+)"\s*+\)')
ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "date": read_any_day,
    "time": read_clock,
    "date and time": read_moment_or_day,
    "duration": read_duration,
}


def _range(text: str) -> Range:
    """`[18..21)`, `(..@"2026-11-23"]`: an end that is not written is open (grammar rule 66). Raises Fault."""
    found = RANGE_TEXT.fullmatch(text)
    if found is None:
        raise Fault("a range is written as [18..21)")
    opening, low, high, closing = found.groups()
    includes_low, includes_high = opening == "[", closing == "]"
    if (low is None and (includes_low or high is None)) or (high is None and includes_high):
        raise Fault("a range has one end at least, and takes in none that is not there")
    start, end = _read_end(low), _read_end(high)
    if start is not None and end is not None and _settled(is_less(end, start)):
        raise Fault("a range goes from its lower end to its higher one")
    return Range(start, end, includes_low, includes_high)


def _read_end(text: str | None) -> object:
    """A number, a string or a temporal value as it is written. Raises Fault."""
    if text is None:
        return None
    if text.startswith("@"):
        return read_temporal(text[2:-1])
    if text.startswith('"'):
        return ESCAPE.sub(r"\1", text[1:-1])
    if found := CALL.fullmatch(text):
        name = found[1].rstrip()
        reader = READERS.get(name)
        if reader is None:
            raise Fault(f"an end of a range is no {name}")
        return reader(found[2])
    try:
        return DECIMAL128.create_decimal(text)
    except DecimalException:
        raise Fault("an end of the range is too great") from None


POINT: Final = ("point", ANY)
ONE_RANGE: Final = ("range", RANGE)
TWO_POINTS: Final = (("point1", ANY), ("point2", ANY))
TWO_RANGES: Final = (("range1", RANGE), ("range2", RANGE))


def _between(*forms: tuple[tuple[str, Type], ...], relation: Relation) -> Function:
    return Function(BOOLEAN, tuple(takes(relation, *form) for form in forms))


RANGES: Final[Mapping[str, Function]] = {
    "range": Function(RANGE, (takes(_range, ("from", STRING)),)),
    "before": _between(TWO_RANGES, (POINT, ONE_RANGE), (ONE_RANGE, POINT), TWO_POINTS, relation=_before),
    "after": _between(TWO_RANGES, (POINT, ONE_RANGE), (ONE_RANGE, POINT), TWO_POINTS, relation=_after),
    "meets": _between(TWO_RANGES, relation=_meets),
    "met by": _between(TWO_RANGES, relation=_met_by),
    "overlaps": _between(TWO_RANGES, relation=_overlaps),
    "overlaps before": _between(TWO_RANGES, relation=_overlaps_before),
    "overlaps after": _between(TWO_RANGES, relation=_overlaps_after),
    "finishes": _between(TWO_RANGES, (POINT, ONE_RANGE), relation=_finishes),
    "finished by": _between(TWO_RANGES, (ONE_RANGE, POINT), relation=_turned(_finishes)),
    "includes": _between(TWO_RANGES, (ONE_RANGE, POINT), relation=_turned(_during)),
    "during": _between(TWO_RANGES, (POINT, ONE_RANGE), relation=_during),
    "starts": _between(TWO_RANGES, (POINT, ONE_RANGE), relation=_starts),
    "started by": _between(TWO_RANGES, (ONE_RANGE, POINT), relation=_turned(_starts)),
    "coincides": _between(TWO_RANGES, TWO_POINTS, relation=_coincides),
}
