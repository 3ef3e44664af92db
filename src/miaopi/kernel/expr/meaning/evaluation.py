"""One evaluation as it runs: what it has taken, and what it does with what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.fault import Overrun
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.run import LONGEST_LIST, Run
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.values import Fault, Truth, Undetermined, extent, kind_of, merge, settle

WEIGHED: Final = 16  # characters that are one step
PARTS: Final = 3  # parts of lists and contexts that are one step


class Evaluation:
    """In a decision what goes wrong never becomes null, for null could make a condition true: it becomes `Undetermined` with
    the fault, and a person looks at the case. An open source has FEEL's own rule (DMN 1.5 §10.3.2.13.1): null, and the run
    notes the fault.
    """

    def __init__(self, source: Source, run: Run) -> None:
        self.source = source
        self.run = run
        self.is_open = source.is_open

    def spend(self, node: Node | None, steps: int) -> None:
        """Without a node where none is at hand."""
        self.run.taken += steps
        if self.run.taken > self.run.steps:
            raise self._excess(node, f"the expression takes more than {self.run.steps} steps")

    def weigh(self, node: Node | None, *values: object) -> None:
        """Spend what walking through the values takes: long ones fill the memory, and what is shared within a list or a context
        is walked through as often as it stands there. Raises DefinitionError, for a value that is too deep as well.
        """
        for value in values:
            if isinstance(value, str):
                self.spend(node, weight(value))
            elif isinstance(value, list | dict):
                self.spend(node, self._extent(value) // PARTS)

    def compare(self, left: object, right: object) -> None:
        """Spend what it takes to compare two values part by part."""
        if isinstance(left, list | dict) and isinstance(right, list | dict):
            self.spend(None, min(self._extent(left), self._extent(right)))

    def examine(self, node: Node | None, *values: object) -> None:
        """Spend a step for each part of the values."""
        for value in values:
            if isinstance(value, list | dict):
                self.spend(node, self._extent(value))

    def _extent(self, value: list[object] | dict[str, object]) -> int:
        try:
            return extent(value)
        except Overrun as overrun:
            raise DefinitionError(self.source.where, str(overrun)) from None

    def _excess(self, node: Node | None, message: str) -> DefinitionError:
        return DefinitionError(self.source.where, message) if node is None else self.source.error(node.span, message)

    def attempt(self, node: Node, reckon: Callable[..., object], *values: object) -> object:
        """What is reckoned from the values, or the fault on the way to it, said to be at the node."""
        try:
            return reckon(*values)
        except Fault as fault:
            return self.fault(node, str(fault))

    def fault(self, node: Node, message: str) -> Undetermined | None:
        if self.is_open and self.run.faults_are_full:
            return None
        said = f"{self.source.place(node.span)}: {message}"
        if not self.is_open:
            return Undetermined(frozenset(), frozenset({said}))
        self.run.faults.append(f"{self.source.where}: {said}")
        return None

    def as_truth(self, node: Node, value: object) -> Truth:
        if value is None or isinstance(value, bool | Undetermined):
            return value
        return self.fault(node, f"a {kind_of(value)} is neither true nor false")

    def settled(self, value: object) -> object:
        """The value itself, or `Undetermined` for one of which a part is; in an open source nothing is undetermined."""
        if self.is_open:
            return value
        self.weigh(None, value)
        return settle(value)

    def strictly(self, apply: Callable[..., object], *values: object) -> object:
        """The result, or `Undetermined` if any value is."""
        if self.is_open:
            return apply(*values)
        found = [value for value in map(self.settled, values) if isinstance(value, Undetermined)]
        return merge(*found) if found else apply(*values)

    def of_size(self, node: Node, elements: list[object]) -> list[object]:
        if len(elements) > LONGEST_LIST:
            raise self.too_long(node)
        return elements

    def too_long(self, node: Node) -> DefinitionError:
        return self.source.error(node.span, f"the list has more than {LONGEST_LIST} elements")


def weight(value: object) -> int:
    """The steps that handling a text takes beside the one for its node."""
    return len(value) // WEIGHED if isinstance(value, str) else 0


def doubts(values: Iterable[object]) -> list[Undetermined]:
    return [value for value in values if isinstance(value, Undetermined)]
