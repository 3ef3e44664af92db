"""Functions of code objects while they run: those of the language, those that are values, those that are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.meaning import calls
from miaopi.kernel.expr.meaning.evaluation import Evaluation, weight
from miaopi.kernel.expr.run import LEVELS, Run
from miaopi.kernel.expr.tree import Call, Invoke, Lambda, Node
from miaopi.kernel.expr.values import KINDS, Closure, Fault, Range
from miaopi.kernel.frozen import frozen

SINGLE: Final = KINDS.keys() - {type(None), list, dict, Range, Closure}
MOST_FORMS: Final = 16


class Site:
    """The call of a function of the language at one place, so many levels below the head of the code. Of single values, their
    classes tell which form of the function is meant: it is found once for each combination of them.
    """

    def __init__(self, node: Call, level: int) -> None:
        self.node = node
        self.level = level
        self.forms: dict[tuple[type, ...], Callable[..., object]] = {}

    def call(self, it: Evaluation, *values: object) -> object:
        form = self.forms.get(tuple(map(type, values)))
        if form is None:
            return self._found(it, values)
        try:
            for value in values:
                if value.__class__ is str:
                    it.spend(self.node, weight(value))
            result = form(*values)
        except Fault as fault:
            return it.fault(self.node, str(fault))
        it.spend(self.node, weight(result))
        return result

    def call_own(self, it: Evaluation, own: object, *values: object) -> object:
        """The same, if the name of the function is not that of a function in scope."""
        if not isinstance(own, Closure):
            return self.call(it, *values)
        return it.attempt(
            self.node, _entered, it, self.level, calls.call_function, self.node, own, list(values)
        )

    def _found(self, it: Evaluation, values: tuple[object, ...]) -> object:
        classes = tuple(map(type, values))
        if len(self.forms) < MOST_FORMS and not self.node.names and SINGLE.issuperset(classes):
            for overload in FUNCTIONS[self.node.function].overloads:
                if overload.takes_values(list(values)) and overload.needs_values_alone:
                    self.forms[classes] = (overload.apply_open if it.is_open else None) or overload.apply
                    return self.call(it, *values)
        node = self.node
        return it.attempt(
            node, _entered, it, self.level, calls.apply_builtin, node, node.function, list(values), node.names
        )


def invoked(it: Evaluation, node: Invoke, level: int, callee: object, *values: object) -> object:
    """The call of a value."""
    return it.attempt(node, _entered, it, level, calls.invoke, node, callee, list(values))


def _entered(it: Evaluation, level: int, apply: Callable[..., object], *arguments: object) -> object:
    """What is applied so many levels below the head of the code, where functions may call one another."""
    it.run.level += level
    try:
        return apply(it, *arguments)
    finally:
        it.run.level -= level


@frozen
class Head:
    """The beginning of a function, or of the whole: how many levels its tree has, and what steps it takes at least."""

    root: Node
    levels: int
    steps: int

    def is_within(self, run: Run) -> bool:
        """Whether the run may take it."""
        return run.level + self.levels <= LEVELS and run.taken + self.steps <= run.steps

    def enter(self, it: Evaluation) -> None:
        """Raises DefinitionError beyond what the run may take."""
        if it.run.level + self.levels > LEVELS:
            raise it.source.error(self.root.span, f"the evaluation goes more than {LEVELS} levels deep")
        it.spend(self.root, self.steps)


def closure(it: Evaluation, node: Lambda, head: Head, body: Callable[..., object]) -> Closure:
    """A function written in the expression, with the names around it."""

    def apply(*values: object) -> object:
        head.enter(it)
        return body(*values)

    names = tuple(parameter.name for parameter in node.parameters)
    return Closure(names, apply, tuple(parameter.type for parameter in node.parameters), node.result)
