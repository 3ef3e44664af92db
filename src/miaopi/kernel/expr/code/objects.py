"""Code objects: made of a tree when it is first asked for, and kept for the next who asks for the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from types import CodeType, FunctionType
from typing import Any, Final

from miaopi.kernel.expr.code.calls import Head
from miaopi.kernel.expr.code.emits import EMITS
from miaopi.kernel.expr.code.emitter import IT, Emitter
from miaopi.kernel.expr.code.measures import least_steps
from miaopi.kernel.expr.code.plain import CLASSES, NotPlainError, Plain, is_plain
from miaopi.kernel.expr.code.scopes import ABSENT, Bound, Place
from miaopi.kernel.expr.code.writing import (
    assignment,
    call,
    choice,
    compare,
    constant,
    definition,
    every,
    member,
    read,
    result,
)
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import Call, Name, Node, UnaryTests, children, height
from miaopi.kernel.expr.types import Type

SCOPE: Final = "scope"
KEPT: Final = 2_048  # codes
NOT_PLAIN: Final = object()
GIVING_UP: Final = (Fault, ArithmeticError, RecursionError)


def emitter(*, is_open: bool) -> Emitter:
    """For a piece of code of one policy: `is_open` is that of models."""
    return Emitter(EMITS, is_open=is_open)


def assemble(to: Emitter, parameters: Iterable[str], body: list[ast.stmt]) -> Callable[..., Any]:
    """The function of those parameters with that body, which may read what the emitter made. Nothing else is in its reach."""
    name = to.fresh("f")
    module = compile(ast.Module([*to.functions, definition(name, parameters, body)], []), "<rule>", "exec")
    reach: dict[str, Any] = {"__builtins__": {}, **to.constants}
    for code in module.co_consts:
        if isinstance(code, CodeType):
            reach[code.co_name] = FunctionType(code, reach)
    made: Callable[..., Any] = reach[name]
    return made


class Code:
    """The code of one tree of one policy, each form made when it is first asked for. `types` are those of the names in scope."""

    def __init__(self, tree: Node, types: Mapping[str, Type], *, is_open: bool) -> None:
        self.tree = tree
        self.types = types
        self.is_open = is_open
        self.head = Head(tree, height(tree), least_steps(tree))

    @cached_property
    def plain(self) -> Callable[[Mapping[str, object]], object] | None:
        """Takes the values of the names, and gives that of the tree, or `NOT_PLAIN`; as much is meant by what is `GIVING_UP`.
        None where the tree has no plain form.
        """
        to = emitter(is_open=self.is_open)
        names = sorted(names_read(self.tree))
        slots = {name: (to.fresh("v"), self.types[name]) for name in names if self.types.get(name) in CLASSES}
        try:
            found, _ = Plain(to, slots).value(self.tree)
        except NotPlainError:
            return None
        given = [assignment(slot, _given(name, constant(None))) for name, (slot, _) in slots.items()]
        tests = [is_plain(to, slot, kind) for slot, kind in slots.values()]
        if self.is_open:  # a function in scope hides that of the language
            called = names_read(self.tree, functions=True) - set(names)
            tests += [compare(constant(function), ast.NotIn(), read(SCOPE)) for function in sorted(called)]
        answer = choice(every(*tests), found, to.constant(NOT_PLAIN)) if tests else found
        return assemble(to, (SCOPE,), [*given, result(answer)])

    def try_plain(self, scope: Mapping[str, object]) -> object:
        """What the plain form gives for these values, or `NOT_PLAIN`."""
        try:
            return NOT_PLAIN if self.plain is None else self.plain(scope)
        except GIVING_UP:
            return NOT_PLAIN

    @cached_property
    def whole(self) -> Callable[[Evaluation, Mapping[str, object]], object]:
        """Takes the evaluation and the values of the names, whatever these are."""
        to = emitter(is_open=self.is_open)
        slots = {name: to.fresh("v") for name in sorted(names_read(self.tree, functions=self.is_open))}
        found = to.value(self.tree, Place((Bound(slots, surely=not self.is_open),)))
        given = [assignment(slot, _given(name, read(ABSENT))) for name, slot in slots.items()]
        return assemble(to, (IT, SCOPE), [*given, result(found)])

    def evaluate(self, it: Evaluation, scope: Mapping[str, object]) -> object:
        """The value, whatever those of the names are. Raises DefinitionError beyond what the run may take."""
        self.head.enter(it)
        try:
            return self.whole(it, scope)
        except RecursionError:
            raise it.source.error(self.tree.span, "the evaluation goes too deep") from None


@lru_cache(maxsize=KEPT)
def code_of(text: str, tree: Node, types: tuple[tuple[str, Type], ...], *, is_open: bool) -> Code:
    """The code of the tree, the same for whoever asks for the same: of one text, no two trees are equal that hold other values."""
    return Code(tree, dict(types), is_open=is_open)


def _given(name: str, otherwise: ast.expr) -> ast.expr:
    return call(member(read(SCOPE), "get"), constant(name), otherwise)


def names_read(tree: Node, *, functions: bool = False) -> set[str]:
    """The names that stand in the tree, bound within it or not; those of functions that are called, too, if asked for."""
    found, waiting = set[str](), [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case Name(name=name):
                found.add(name)
            case Call(function=name) if functions:
                found.add(name)
            case UnaryTests():
                found.add(INPUT)
            case _:
                pass
        waiting.extend(children(node))
    return found
