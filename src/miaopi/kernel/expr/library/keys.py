"""What two values have in common that are equal, so that many can be told apart in one pass."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.temporal import TEMPORAL
from miaopi.kernel.expr.temporal.comparison import measure
from miaopi.kernel.expr.values import DECIMAL128, MOST_PARTS, Range, kind_of


class KeyMaker:
    """Makes the keys of one call; `parts` counts what is still allowed. Numbers are written out: of those, an author cannot find
    many that Python takes for alike before it compares them.
    """

    def __init__(self) -> None:
        self.parts = MOST_PARTS

    def key(self, value: object) -> Hashable:
        """Equal values have equal keys, and others have not. Raises Fault for values of too many parts."""
        self.parts -= 1
        if self.parts < 0:
            raise Fault("the values have too many parts")
        match value:
            case list():
                return "list", tuple(map(self.key, value))
            case dict():
                return "context", frozenset((name, self.key(entry)) for name, entry in value.items())
            case Range(low=low, high=high):
                return "range", self.key(low), self.key(high), value.includes_low, value.includes_high
            case _ if isinstance(value, TEMPORAL):
                return kind_of(value).name, *map(str, measure(value))
            case Decimal():
                return "number", str(DECIMAL128.normalize(value))
            case _:
                return kind_of(value).name, value
