"""From nodes of a tree to nodes of Python's: one expression for each, however the readers of the kinds of nodes make it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from miaopi.kernel.expr.code.measures import least_steps
from miaopi.kernel.expr.code.scopes import ABSENT, MISSING, Place
from miaopi.kernel.expr.code.writing import call, constant, definition, free_names, member, read, result, some
from miaopi.kernel.expr.tree import (
    And,
    Between,
    Compare,
    In,
    InstanceOf,
    Literal,
    Node,
    Not,
    Or,
    Quantified,
    UnaryTests,
)

IT: Final = "it"  # the evaluation, in the code
TALLEST: Final = 8  # nodes inside one another in one function: Python's compiler goes down by recursion, too
LARGEST: Final = 16  # steps of a part that may be left out, beyond which they are counted where it is reached
TRUTHS: Final = (And, Between, Compare, In, InstanceOf, Not, Or, Quantified, UnaryTests)

Emit = Callable[["Emitter", Any, Place], ast.expr]


class Emitter:
    """Makes one piece of code of any number of trees. `constants` are the values that it reads by name, `functions` those that
    it is made of; names of a model are never among them, each is a slot.
    """

    def __init__(self, emits: Mapping[type[Node], Emit], *, is_open: bool) -> None:
        self.emits = emits
        self.is_open = is_open
        self.constants: dict[str, object] = {ABSENT: MISSING}
        self.functions: list[ast.stmt] = []
        self._known: dict[Callable[..., object], str] = {}
        self._names: set[str] = {ABSENT}
        self._count = 0
        self._height = 0

    def fresh(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def constant(self, value: object) -> ast.expr:
        """A value that the code reads: a node, a helper, a number."""
        if value is None or isinstance(value, bool | str):
            return constant(value)
        name = self.fresh("k")
        self.constants[name] = value
        self._names.add(name)
        return read(name)

    def function(self, value: Callable[..., object]) -> ast.expr:
        """A function or a class of Python's, one name for each."""
        name = self._known.get(value)
        if name is None:
            self.constant(value)
            name = self._known[value] = next(reversed(self.constants))
        return read(name)

    def helper(self, function: Callable[..., object], *arguments: ast.expr) -> ast.expr:
        """A call of the function with the evaluation and the arguments."""
        return call(self.function(function), read(IT), *arguments)

    def fault(self, node: Node, message: str) -> ast.expr:
        return call(member(read(IT), "fault"), self.constant(node), constant(message))

    def value(self, node: Node, place: Place) -> ast.expr:
        """The value of the node in a scope that the place tells."""
        beside, self._height = self._height, 0
        found = self.emits[type(node)](self, node, place.below())
        height = self._height + 1
        if height >= TALLEST:
            found, height = self.apart(found), 1
        self._height = max(beside, height)
        return found

    def truth(self, node: Node, place: Place) -> ast.expr:
        """The value where a truth is needed: true, false, null or undetermined."""
        found = self.value(node, place)
        if isinstance(node, TRUTHS) or (isinstance(node, Literal) and isinstance(node.value, bool | None)):
            return found
        return call(member(read(IT), "as_truth"), self.constant(node), found)

    def perhaps(self, node: Node, place: Place, *, as_truth: bool = False) -> ast.expr:
        """The value of a part that is not always reached: where code repeats, it is counted by itself if it is large."""
        found = self.truth(node, place) if as_truth else self.value(node, place)
        steps = least_steps(node) if place.repeats else 0
        return self.spending(node, steps, found) if steps > LARGEST else found

    def spending(self, node: Node, steps: int, found: ast.expr) -> ast.expr:
        return some(call(member(read(IT), "spend"), self.constant(node), constant(steps)), found)

    def apart(self, found: ast.expr) -> ast.expr:
        """The same as a call of a function of its own."""
        name = self.fresh("f")
        self._names.add(name)
        slots = sorted(free_names(found) - self._names)
        self.functions.append(definition(name, slots, [result(found)]))
        return call(read(name), *map(read, slots))
