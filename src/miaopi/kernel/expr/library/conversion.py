"""Conversion functions (DMN 1.5 §10.3.4.1, table 74), and `is` (table 84). `not` is part of the grammar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, takes
from miaopi.kernel.expr.library.writing import write_value
from miaopi.kernel.expr.temporal import TEMPORAL, is_identical, read_duration
from miaopi.kernel.expr.types import ANY, BOOLEAN, NUMBER, STRING
from miaopi.kernel.expr.values import DECIMAL128, is_same, kind_of

NUMERAL: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
LONGEST_NUMERAL: Final = 1_024
GROUPING: Final = (" ", ",", ".", None)
POINTS: Final = (",", ".", None)


def _number(text: str | None, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """A number written with these separators. Raises Fault."""
    if text is None:
        return None
    if grouping not in GROUPING or point not in POINTS or (grouping is not None and grouping == point):
        raise Fault("digits are grouped by a space, a comma or a point, and the point or comma is another")
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        plain = plain.replace(".", " ").replace(",", ".")
    if len(plain) > LONGEST_NUMERAL or not NUMERAL.fullmatch(plain):
        raise Fault("this is not a number")
    try:
        return DECIMAL128.plus(DECIMAL128.create_decimal(plain))
    except DecimalException:
        raise Fault("no such number can be held") from None


def _is(left: object, right: object) -> bool:
    """The same value of the same kind; temporal values in the same zone, too."""
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        return is_identical(left, right)
    if left is None or right is None:
        return left is right
    return kind_of(left) == kind_of(right) and is_same(left, right)


FROM: Final = ("from", STRING)
CONVERSION: Final[Mapping[str, Function]] = {
    "number": Function(
        NUMBER,
        (
            takes(_number, FROM),
            takes(
                _number, FROM, ("grouping separator", STRING), ("decimal separator", STRING), takes_null=True
            ),
        ),
    ),
    "string": Function(STRING, (takes(write_value, ("from", ANY), examines=True),)),
    "duration": Function(ANY, (takes(read_duration, FROM),)),
    "is": Function(BOOLEAN, (takes(_is, ("value1", ANY), ("value2", ANY), takes_null=True),)),
}
