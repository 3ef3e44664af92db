"""String functions (DMN 1.5 §10.3.4.3, table 76). Characters are code points, not the units of an encoding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.library.signature import (
    Function,
    Spend,
    bounded_join,
    bounded_list,
    bounded_text,
    cut,
    takes,
)
from miaopi.kernel.expr.patterns import matches, replace, split
from miaopi.kernel.expr.types import BOOLEAN, NUMBER, STRING, Type


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """From a place counted from 1, or from the end below 0; null for place 0 or a length under 1."""
    place, size = cut(start), len(text) if length is None else cut(length)
    if place == 0 or size < 1:
        return None
    begin = place - 1 if place > 0 else max(0, len(text) + place)
    return text[begin : begin + size]


def _upper(text: str) -> str:
    return bounded_text(text.upper())


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _contains(text: str, piece: str) -> bool:
    return piece in text


def _before(text: str, match: str) -> str:
    """All before the first match; nothing where there is none."""
    return text.partition(match)[0] if match and match in text else ""


def _after(text: str, match: str) -> str:
    """All after the first match; nothing where there is none."""
    return text.partition(match)[2] if match else text


def _join(texts: list[str | None] | None, delimiter: str | None = None) -> str | None:
    """The texts of the list, null ones left out, with the delimiter between them."""
    if texts is None:
        return None
    return bounded_join(delimiter or "", (text for text in texts if text is not None))


def _matches(spend: Spend, text: str | None, pattern: str | None, flags: str | None = None) -> bool | None:
    return None if text is None or pattern is None else matches(text, pattern, flags or "", spend)


def _replace(
    spend: Spend, text: str | None, pattern: str | None, by: str | None, flags: str | None = None
) -> str | None:
    if text is None or pattern is None or by is None:
        return None
    return bounded_join("", replace(text, pattern, by, flags or "", spend))


def _split(spend: Spend, text: str, delimiter: str) -> list[object]:
    return bounded_list(split(text, delimiter, spend))


STRINGS: Final = ("list", Type("list", STRING))
WHOLE: Final = ("string", STRING)
START: Final = ("start position", NUMBER)
MATCH: Final = ("match", STRING)
INPUT: Final = (("input", STRING), ("pattern", STRING))
FLAGS: Final = ("flags", STRING)
TEXT: Final[Mapping[str, Function]] = {
    "substring": Function(
        STRING,
        (takes(_substring, WHOLE, START), takes(_substring, WHOLE, START, ("length", NUMBER))),
    ),
    "string length": Function(NUMBER, (takes(_length, WHOLE),)),
    "upper case": Function(STRING, (takes(_upper, WHOLE),)),
    "lower case": Function(STRING, (takes(str.lower, WHOLE),)),
    "substring before": Function(STRING, (takes(_before, WHOLE, MATCH),)),
    "substring after": Function(STRING, (takes(_after, WHOLE, MATCH),)),
    "contains": Function(BOOLEAN, (takes(_contains, WHOLE, MATCH),)),
    "starts with": Function(BOOLEAN, (takes(str.startswith, WHOLE, MATCH),)),
    "ends with": Function(BOOLEAN, (takes(str.endswith, WHOLE, MATCH),)),
    "matches": Function(BOOLEAN, (takes(_matches, *INPUT, counts=True), takes(_matches, *INPUT, FLAGS, takes_null=True, counts=True))),
    "replace": Function(
        STRING,
        (
            takes(_replace, *INPUT, ("replacement", STRING), counts=True),
            takes(_replace, *INPUT, ("replacement", STRING), FLAGS, takes_null=True, counts=True),
        ),
    ),
    "split": Function(Type("list", STRING), (takes(_split, WHOLE, ("delimiter", STRING), counts=True),)),
    "string join": Function(
        STRING, (takes(_join, STRINGS), takes(_join, STRINGS, ("delimiter", STRING), takes_null=True))
    ),
}
