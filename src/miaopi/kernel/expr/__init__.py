"""The rule language: FEEL as ADR 0025 says, with the words our laws need.

`compile` reads and type-checks a text; the `Expression` it gives is evaluated for a scope. The tree has many readers –
type check, interpreter, code objects – each a module of its own.
"""

from __future__ import annotations

from miaopi.kernel.expr.expression import Expression, compile
from miaopi.kernel.expr.parser import Lexicon
from miaopi.kernel.expr.program import Program, read
from miaopi.kernel.expr.run import Run
from miaopi.kernel.expr.types import Type
from miaopi.kernel.expr.values import Closure, Range, Truth, Undetermined, YearsMonths, both, either, negate

__all__ = [
    "Closure",
    "Expression",
    "Lexicon",
    "Program",
    "Range",
    "Run",
    "Truth",
    "Type",
    "Undetermined",
    "YearsMonths",
    "both",
    "compile",
    "either",
    "negate",
    "read",
]
