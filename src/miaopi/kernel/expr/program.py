"""One expression of a decision model, read as FEEL asks: names as they come, and null for what goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property

from miaopi.kernel.expr.code import CLASSES, NOT_PLAIN, Code, code_of, names_read
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.parser import Lexicon, parse
from miaopi.kernel.expr.run import LONGEST_CODE, Run
from miaopi.kernel.expr.tree import Node
from miaopi.kernel.expr.types import ANY, NO_NAMES, Type, TypeNames
from miaopi.kernel.frozen import frozen


class Coded:
    """The code of a text, made when it is first asked for: one for all the places where the text stands."""

    def __init__(self, text: str, tree: Node, names: Mapping[str, Type]) -> None:
        self._text = text
        self._tree = tree
        self._names = names

    @cached_property
    def code(self) -> Code:
        kinds = ((name, self._names.get(name, ANY)) for name in sorted(names_read(self._tree)))
        return code_of(self._text, self._tree, tuple(pair for pair in kinds if pair[1] in CLASSES), is_open=True)


@frozen
class Program:
    """What `read` makes of a text. `type` is what shows of the type of its value, any where nothing does."""

    text: str
    where: str
    tree: Node = field(repr=False)
    type: Type = field(repr=False, compare=False)
    coded: Coded = field(repr=False, compare=False)

    def evaluate(self, scope: Mapping[str, object], *, run: Run) -> object:
        """The value for these values of the names. What goes wrong is null where it happens (DMN 1.5 §10.3.2.13.1), and the
        run notes it. Raises DefinitionError beyond what the run may take.
        """
        if len(self.text) > LONGEST_CODE or not run.takes_code(self.coded):
            return interpret(self.tree, scope, Source(self.text, self.where, is_open=True), run)
        code = self.coded.code
        if code.head.is_within(run) and (found := code.try_plain(scope)) is not NOT_PLAIN:
            run.taken += code.head.steps
            return found
        return code.evaluate(Evaluation(Source(self.text, self.where, is_open=True), run), scope)

    def at(self, where: str) -> Program:
        """The same where it stands once more."""
        return replace(self, where=where)


def read(
    text: str,
    names: Lexicon | Mapping[str, Type] | Iterable[str],
    *,
    types: Mapping[str, Type] | None = None,
    where: str = "",
    unary: bool = False,
) -> Program:
    """Read the text with those names, and those types of a model, in scope; `unary` reads the tests of a cell, which look at
    the name `?`. Raises DefinitionError for what is no sentence of the language, and for nothing else.
    """
    source = Source(text, where, is_open=True)
    known = names if isinstance(names, Lexicon) else Lexicon(names, TypeNames(types, types.get) if types else NO_NAMES)
    tree, type = parse(source, known, is_unary=unary)
    return Program(text, where, tree, type, Coded(text, tree, known.types))
