"""The functions of the language (DMN 1.5 §10.3.4) and words of our own beside them, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.expr.library.ages import AGES
from miaopi.kernel.expr.library.contexts import CONTEXTS
from miaopi.kernel.expr.library.conversion import CONVERSION
from miaopi.kernel.expr.library.lists import LISTS, list_contains
from miaopi.kernel.expr.library.numbers import NUMBERS
from miaopi.kernel.expr.library.ranges import RANGES
from miaopi.kernel.expr.library.signature import Function, Overload
from miaopi.kernel.expr.library.statistics import STATISTICS
from miaopi.kernel.expr.library.text import TEXT
from miaopi.kernel.expr.library.times import TIMES

FUNCTIONS: Final[Mapping[str, Function]] = {
    **CONVERSION,
    **NUMBERS,
    **TEXT,
    **LISTS,
    **STATISTICS,
    **CONTEXTS,
    **TIMES,
    **RANGES,
    **AGES,
}

__all__ = ["FUNCTIONS", "Function", "Overload", "list_contains"]
