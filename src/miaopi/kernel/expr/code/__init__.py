"""The fast reader: a tree as a code object of Python's, made of syntax nodes. The interpreter beside it is the oracle.

`code_of` gives the code of one tree. Who makes one function of many trees takes an `emitter`, asks it for the `value` of each
tree at a `Place` that binds names to variables, or a `Plain` for the plain form, and has `assemble` make the function.
"""

from __future__ import annotations

from miaopi.kernel.expr.code.emitter import IT, Emitter
from miaopi.kernel.expr.code.objects import GIVING_UP, NOT_PLAIN, Code, assemble, code_of, emitter, names_read
from miaopi.kernel.expr.code.plain import CLASSES, NotPlainError, Plain, is_plain
from miaopi.kernel.expr.code.scopes import Bound, Place

__all__ = [
    "CLASSES",
    "GIVING_UP",
    "IT",
    "NOT_PLAIN",
    "Bound",
    "Code",
    "Emitter",
    "NotPlainError",
    "Place",
    "Plain",
    "assemble",
    "code_of",
    "emitter",
    "is_plain",
    "names_read",
]
