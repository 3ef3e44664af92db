"""The meaning of record: walks the tree once for one scope. Slow and plain; the code objects are held against it."""

from __future__ import annotations

from collections.abc import Mapping

from miaopi.kernel.expr.interpreter.meanings import MEANINGS
from miaopi.kernel.expr.interpreter.walk import Walk
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.run import Run
from miaopi.kernel.expr.tree import Node

__all__ = ["interpret"]


def interpret(root: Node, scope: Mapping[str, object], source: Source, run: Run) -> object:
    """The value of the tree, or `Undetermined`; an open source gives null instead, and the run says why. Raises
    DefinitionError beyond what the run may take.
    """
    walk = Walk(source, scope, run, MEANINGS)
    try:
        return walk.settled(walk.value(root))
    except RecursionError:
        raise source.error(root.span, "the evaluation goes too deep") from None
