"""One expression, read and type-checked: what a rule holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr.code import NOT_PLAIN, Code, code_of
from miaopi.kernel.expr.inference import infer
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import KEYWORDS, WORD, Source
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.parser import Lexicon, parse
from miaopi.kernel.expr.run import LONGEST_CODE, STEPS, Run
from miaopi.kernel.expr.scope import admit
from miaopi.kernel.expr.tree import Name, Node, children
from miaopi.kernel.expr.types import Type


@dataclass(frozen=True)
class Expression:
    """`names` are the names it reads, `type` what it gives. Equal texts over equal names are equal expressions."""

    text: str
    type: Type
    names: frozenset[str]
    tree: Node = field(repr=False)
    types: Mapping[str, Type] = field(repr=False, compare=False)
    where: str = field(default="", repr=False, compare=False)

    def evaluate(self, scope: Mapping[str, object], *, steps: int = STEPS) -> object:
        """The value for these values of the names, or `Undetermined`; a name not in the scope is undetermined.

        Raises InputError for a value of another type than declared, DefinitionError beyond the steps.
        """
        if len(self.text) > LONGEST_CODE:
            given = admit(self.names, self.types, scope)
            return interpret(self.tree, given, Source(self.text, self.where), Run(steps))
        code = self._code
        if steps >= code.head.steps and (found := code.try_plain(scope)) is not NOT_PLAIN:
            return found
        it = Evaluation(Source(self.text, self.where), Run(steps))
        return it.settled(code.evaluate(it, admit(self.names, self.types, scope)))

    @cached_property
    def _code(self) -> Code:
        return code_of(self.text, self.tree, tuple(self.types.items()), is_open=False)


def compile(text: str, names: Lexicon | Mapping[str, Type], *, where: str = "") -> Expression:
    """Read the text with those names in scope. `where` (`file:line`) begins each DefinitionError that it raises. That each name
    can be one is looked at here, unless the names come as a lexicon that others share.
    """
    source = Source(text, where)
    if not isinstance(names, Lexicon):
        for name in _no_names(frozenset(names)):
            raise DefinitionError(
                source.where, f"‘{name}’ cannot be a name: it is a word of the language or no word"
            )
    lexicon = names if isinstance(names, Lexicon) else Lexicon(names)
    names = lexicon.types
    tree, _ = parse(source, lexicon)
    read = _names_read(tree)
    found = infer(tree, names, source)
    types = MappingProxyType({name: names[name] for name in sorted(read)})
    return Expression(text, found, frozenset(read), tree, types, where)


@lru_cache(maxsize=64)
def _no_names(names: frozenset[str]) -> tuple[str, ...]:
    """Those that cannot be names; looked for once for all the expressions of a package."""
    return tuple(sorted(name for name in names if name in KEYWORDS or not WORD.match(name)))


def _names_read(tree: Node) -> set[str]:
    found, waiting = set(), [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and not node.is_local:
            found.add(node.name)
        waiting.extend(children(node))
    return found
