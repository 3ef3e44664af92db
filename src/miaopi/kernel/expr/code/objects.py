"""Code objects: made of a tree when it is first asked for, and kept for the next who asks for the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from miaopi.kernel.expr.code.calls import Head
from miaopi.kernel.expr.code.emits import EMITS
from miaopi.kernel.expr.code.emitter import IT, Emitter
from miaopi.kernel.expr.code.measures import least_steps
from miaopi.kernel.expr.code.scopes import ABSENT, Bound, Place
from miaopi.kernel.expr.code.writing import assignment, call, constant, definition, member, read, result
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.tree import Call, Name, Node, UnaryTests, children, height

SCOPE = "scope"


def emitter(*, is_open: bool) -> Emitter:
    """For a piece of code of one policy: `is_open` is that of models."""
    return Emitter(EMITS, is_open=is_open)


def assemble(to: Emitter, parameters: Iterable[str], body: list[ast.stmt]) -> Callable[..., Any]:
    """The function of those parameters with that body, which may read what the emitter made. Nothing else is in its reach."""
    name = to.fresh("f")
    module = ast.Module([*to.functions, definition(name, parameters, body)], [])
    found: dict[str, Any] = {"__builtins__": {}, **to.constants}
    exec(compile(module, "<rule>", "exec"), found)  # noqa: S102 - of nodes that the emitter made, none of them text of an author
    made: Callable[..., Any] = found[name]
    return made


@dataclass(frozen=True, slots=True)
class Whole:
    """The code of a tree with all that its values may be. It takes the evaluation and the values of the names."""

    head: Head
    function: Callable[[Evaluation, Mapping[str, object]], object]

    def evaluate(self, it: Evaluation, scope: Mapping[str, object]) -> object:
        """Raises DefinitionError beyond what the run may take."""
        self.head.enter(it)
        return self.function(it, scope)


def make_whole(tree: Node, *, is_open: bool) -> Whole:
    to = emitter(is_open=is_open)
    slots = {name: to.fresh("v") for name in sorted(_names_in(tree, functions=is_open))}
    found = to.value(tree, Place((Bound(slots, surely=not is_open),)))
    get = member(read(SCOPE), "get")
    body = [assignment(slot, call(get, constant(name), read(ABSENT))) for name, slot in slots.items()]
    function = assemble(to, (IT, SCOPE), [*body, result(found)])
    return Whole(Head(tree, height(tree), least_steps(tree)), function)


def _names_in(tree: Node, *, functions: bool) -> set[str]:
    found, waiting = set[str](), [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case Name(name=name):
                found.add(name)
            case Call(function=name) if functions:
                found.add(name)
            case UnaryTests():
                found.add("?")
            case _:
                pass
        waiting.extend(children(node))
    return found
