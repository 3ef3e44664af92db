"""Values of a wire become values of FEEL, strictly: what is not of the type it should be is no value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Final

from miaopi.kernel.decision import MOST_PLACES
from miaopi.kernel.fact import Value

LONGEST_TEXT: Final = 2000
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
DIGITS: Final = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
TRUTHS: Final = {"true": True, "false": False, "1": True, "0": False}
MIDNIGHT: Final = time()


def convert(value: object, type_name: str) -> Value:
    """A value of FEEL from a value of a wire. Raises ValueError (without the value) for what is not of the type."""
    reader = READERS.get(type_name)
    if reader is None:
        raise ValueError("no such type")
    return reader(value)


def read_text(value: object, type_name: str) -> object:
    """The cell of a file, whose values all are text, as a wire would have brought it. Raises ValueError for no number or truth."""
    match type_name, value:
        case "number", str() if DIGITS.fullmatch(value):
            return Decimal(value)
        case "boolean", str() if value in TRUTHS:
            return TRUTHS[value]
        case ("number" | "boolean"), _:
            raise ValueError("no number, or no truth")
        case _:
            return value


def with_offset(value: object, offset: tzinfo) -> object:
    """A moment that came without its offset, with that of its source; anything else as it is."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=offset) if isinstance(moment, datetime) and moment.tzinfo is None else value


def _text(value: object) -> Value:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or not value.isprintable():
        raise ValueError("no text")
    return value


def _truth(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _number(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise ValueError("no number")  # a float has lost digits before we see it
    number = Decimal(value)
    if abs(number.adjusted()) > MOST_PLACES:
        raise ValueError("longer than what can be written out")
    return number


def _day(value: object) -> Value:
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != MIDNIGHT:
            raise ValueError("no day")
        return value.date()  # a spreadsheet knows no days but their first moments
    if not isinstance(value, date):
        raise ValueError("no day")
    return value


def _moment(value: object) -> Value:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("no moment with its offset")
    return moment


READERS: Final[Mapping[str, Callable[[object], Value]]] = {
    "string": _text,
    "boolean": _truth,
    "number": _number,
    "date": _day,
    "date and time": _moment,
}
