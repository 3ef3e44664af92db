"""Derived values and tables of `rules.yaml`, in an order in which each reads only what stands before it."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Final

from miaopi.definitions.reader import Reader
from miaopi.definitions.tables import TableEntry
from miaopi.kernel.decision import Derived, Table
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Lexicon, Type, compile
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.types import ANY
from miaopi.kernel.expr.vocabulary import LETTER, PART, Vocabulary
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

# Strings and remarks name nothing; one without an end goes on to the end of the text.
WORDS: Final = re.compile(rf'"(?:[^"\\]|\\.)*+"?|//[^\n]*|/\*.*?(?:\*/|\Z)|({LETTER}{PART}*)', re.DOTALL)


@frozen
class Formula:
    """A derived value as it stands in the file; what it reads is known later."""

    name: str
    label: Text
    text: str
    where: str

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text,)

    def derive(self, names: Lexicon) -> Derived:
        """The value over those names. Raises DefinitionError where it reads another one."""
        return Derived(self.name, self.label, compile(self.text, names, where=self.where))


def derive_all(
    reader: Reader, entries: Mapping[str, Formula | TableEntry], names: Mapping[str, Type]
) -> tuple[dict[str, Derived | Table], dict[str, Type]]:
    """All in such an order, and all names with their types; what stands in a circle, or reads what is not there, is noted.

    Each text is looked through once for the names in it, and read when the last of them is known. A name that stands in a text
    need not be read by it – it may be that of a field, or of a loop – so what is left is tried then, and again after each name in
    it that has become known.
    """
    words = Vocabulary([*names, *entries])
    known, derived, left = dict(names), dict[str, Derived | Table](), dict(entries)
    readers, missing = defaultdict[str, list[str]](list), dict.fromkeys(entries, 0)
    for name, entry in entries.items():
        for other in frozenset(_mentioned(entry, words)) & entries.keys() - {name}:
            readers[other].append(name)
            missing[name] += 1
    for tries_all in (False, True):
        waiting = deque(name for name in left if tries_all or not missing[name])
        while waiting:
            name = waiting.popleft()
            one = _derived(left[name], Lexicon(known, words=words)) if name in left else None
            if one is None:
                continue
            derived[name], known[name] = one, one.type
            del left[name]
            for other in readers[name]:
                missing[other] -= 1
                if tries_all or not missing[other]:
                    waiting.append(other)
    for name, pending in left.items():
        made = reader.made(pending.where, lambda: pending.derive(Lexicon(known, words=words)))  # noqa: B023 – called here
        known[name] = made.type if made is not None else ANY
    return derived, known


def _mentioned(entry: Formula | TableEntry, words: Vocabulary) -> Iterator[str]:
    """Every name that stands in its texts, one within another included."""
    for text in entry.texts:
        try:
            source = Source(text, entry.where)
            for word in WORDS.finditer(text):
                if word.group(1):
                    yield from (name for name, _ in words.matches(text, word.start(), source.spend))
        except DefinitionError:
            continue  # too much to be read: said when it is


def _derived(entry: Formula | TableEntry, names: Lexicon) -> Derived | Table | None:
    try:
        return entry.derive(names)
    except DefinitionError:
        return None
