"""The meaning of record: walks the tree once for one scope. Slow and plain; every faster engine is held against it."""

from __future__ import annotations

from collections.abc import Mapping

from miaopi.kernel.expr.interpreter.meanings import MEANINGS
from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.run import Run
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.values import settle

__all__ = ["interpret"]


def interpret(root: Node, scope: Mapping[str, object], source: Source, run: Run) -> object:
    """The value of the tree, or `Undetermined`; an open source gives null instead, and the run says why. Raises
    DefinitionError beyond what the run may take.
    """
    value = Walk(source, scope, run, MEANINGS).value(root)
    return value if source.is_open else settle(value)
