"""The names that are known at a place, prepared once for all the texts that are read there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.parser.shapes import fields_of
from miaopi.kernel.expr.types import ANY, NO_NAMES, PROPERTIES, Type, TypeNames
from miaopi.kernel.expr.vocabulary import Vocabulary

# The names of parts that have several words: they are read as one after a dot, of whatever.
PARTS: Final = frozenset(name for parts in PROPERTIES.values() for name in parts if " " in name)
WORDS_OF_PARTS: Final = Vocabulary(PARTS)
WORDS_OF_FUNCTIONS: Final = Vocabulary(functions=FUNCTIONS)


class Lexicon:
    """`types` are the names with their types, `known` the types that have names of a model's own. `words` finds the names in a
    text, where that is prepared already; it may find more of them than have a type yet.
    """

    def __init__(
        self,
        names: Mapping[str, Type] | Iterable[str],
        known: TypeNames = NO_NAMES,
        *,
        words: Vocabulary | None = None,
    ) -> None:
        self.types = names if isinstance(names, Mapping) else dict.fromkeys(names, ANY)
        self.known = known
        self.words = words

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return self.words or _vocabulary(frozenset(self.types))

    @cached_property
    def fields(self) -> Vocabulary:
        """The parts of the values that have the names."""
        return _fields(frozenset(kind for kind in self.types.values() if kind.entries or kind.item))


@lru_cache(maxsize=64)
def _vocabulary(names: frozenset[str]) -> Vocabulary:
    """Built once for a package, whose expressions share their names: with 82 it took twice as long as reading one."""
    return Vocabulary(names)


@lru_cache(maxsize=64)
def _fields(kinds: frozenset[Type]) -> Vocabulary:
    """The same for the types with parts; what is derived from one value to the next adds few of these."""
    return Vocabulary({name for kind in kinds for name in fields_of(kind)})
