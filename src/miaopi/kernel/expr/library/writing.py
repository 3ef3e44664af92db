"""A value as text: `string(…)` (DMN 1.5 §10.3.4.1, table 74)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import bounded_text
from miaopi.kernel.expr.operations import LONGEST_TEXT
from miaopi.kernel.expr.temporal import TEMPORAL, write_temporal
from miaopi.kernel.expr.values import Range

NAME: Final = re.compile(r"[^\W\d]\w*( \w+)*")
ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def write_value(value: object) -> str:
    """A text is itself; all else is written as it would be read. Raises Fault for a function and for what is too long."""
    return value if isinstance(value, str) else bounded_text(_Writer().write(value))


class _Writer:
    """One text in the making; `room` counts the characters that it may still have."""

    def __init__(self) -> None:
        self.room = LONGEST_TEXT

    def write(self, value: object) -> str:
        """The value as text. Raises Fault as soon as what is written is too long, whatever is shared within the value."""
        written = self._write(value)
        self.take(1 if isinstance(value, list | dict) else len(written))
        return written

    def take(self, characters: int) -> None:
        self.room -= characters
        if self.room < 0:
            raise Fault(f"the text has more than {LONGEST_TEXT} characters")

    def _write(self, value: object) -> str:
        match value:
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case str():
                return f'"{value.translate(ESCAPES)}"'
            case Decimal():
                return write_number(value)
            case list():
                return f"[{', '.join(map(self._inside, value))}]"
            case dict():
                entries = (f"{self._key(key)}: {self._inside(entry)}" for key, entry in value.items())
                return f"{{{', '.join(entries)}}}"
            case Range():
                return self._range(value)
            case _ if isinstance(value, TEMPORAL):
                return write_temporal(value)
            case _:
                raise Fault("a function has no text")

    def _inside(self, value: object) -> str:
        written = self.write(value)
        return f'@"{written}"' if isinstance(value, TEMPORAL) else written

    def _key(self, key: str) -> str:
        if not NAME.fullmatch(key):
            return self.write(key)
        self.take(len(key))
        return key

    def _range(self, span: Range) -> str:
        low, high = ("" if end is None else self._inside(end) for end in (span.low, span.high))
        opening = "[" if span.includes_low and span.low is not None else "("
        closing = "]" if span.includes_high and span.high is not None else ")"
        return f"{opening}{low}..{high}{closing}"


def write_number(number: Decimal) -> str:
    """The digits, without an exponent."""
    return f"{number:f}"
