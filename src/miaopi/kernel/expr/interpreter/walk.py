"""One walk over a tree: where it stands, and which names are bound there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.run import LEVELS, Run
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.values import Fault, Truth


class Walk(Evaluation):
    """`locals` are the names bound around the node at hand."""

    def __init__(
        self,
        source: Source,
        scope: Mapping[str, object],
        run: Run,
        meanings: Mapping[type[Node], Callable[[Walk, Any], object]],
    ) -> None:
        super().__init__(source, run)
        self.scope = scope
        self.meanings = meanings
        self.locals: Mapping[str, object] = {}

    def value(self, node: Node) -> object:
        run = self.run
        self.spend(node, 1)
        if run.level >= LEVELS:
            raise self.source.error(node.span, f"the evaluation goes more than {LEVELS} levels deep")
        run.level += 1
        try:
            return self.meanings[type(node)](self, node)
        except Fault as fault:
            return self.fault(node, str(fault))
        finally:
            run.level -= 1

    def truth(self, node: Node) -> Truth:
        return self.as_truth(node, self.value(node))

    @contextmanager
    def within(self, names: Mapping[str, object]) -> Iterator[None]:
        """Bind these names, and nothing but what was bound before once it is left."""
        outer, self.locals = self.locals, names
        try:
            yield
        finally:
            self.locals = outer
