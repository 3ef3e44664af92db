"""One evaluation as it runs: what it has taken, and what it does with what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.run import LONGEST_LIST, Run
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.values import Fault, Truth, Undetermined, kind_of, merge, survey

WEIGHED: Final = 16  # characters or elements that are one step


class Evaluation:
    """In a decision what goes wrong never becomes null, for null could make a condition true: it becomes `Undetermined` with
    the fault, and a person looks at the case. An open source has FEEL's own rule (DMN 1.5 §10.3.2.13.1): null, and the run
    notes the fault.
    """

    def __init__(self, source: Source, run: Run) -> None:
        self.source = source
        self.run = run
        self.is_open = source.is_open

    def spend(self, node: Node, steps: int) -> None:
        self.run.taken += steps
        if self.run.taken > self.run.steps:
            raise self.source.error(node.span, f"the expression takes more than {self.run.steps} steps")

    def attempt(self, node: Node, reckon: Callable[..., object], *values: object) -> object:
        """What is reckoned from the values, or the fault on the way to it, said to be at the node."""
        try:
            return reckon(*values)
        except Fault as fault:
            return self.fault(node, str(fault))

    def fault(self, node: Node, message: str) -> Undetermined | None:
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
        """The value itself, or `Undetermined` for one of which a part is; in an open source nothing is undetermined. Raises Fault
        for a value of too many parts.
        """
        if self.is_open or not isinstance(value, list | dict):
            return value
        found, parts = survey(value)
        self.run.taken += parts // WEIGHED
        return found

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
    """The steps that handling the value takes beside the one for its node: long ones fill the memory."""
    return len(value) // WEIGHED if isinstance(value, str | list) else 0


def doubts(values: Iterable[object]) -> list[Undetermined]:
    return [value for value in values if isinstance(value, Undetermined)]
