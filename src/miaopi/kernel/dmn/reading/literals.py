"""FEEL texts of a model: expressions and unary tests, read when they are first asked for, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final

from miaopi.kernel.dmn.reading.effort import Effort
from miaopi.kernel.errors import BudgetError, DefinitionError
from miaopi.kernel.expr import Lexicon, Program, Type, read
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.types import TypeNames

FEEL: Final = "FEEL"
OPENING: Final = {"(": ")", "[": "]", "{": "}"}
Names = Callable[[], Mapping[str, Type]]


class Shelf:
    """The texts of one scope. Equal ones are read once; the names are not asked for before the first one is."""

    def __init__(self, names: Names, size: int, known: TypeNames, effort: Effort, where: str) -> None:
        effort.take_scope(size, where)
        self.names = names
        self.size = size
        self.known = known
        self.effort = effort
        self.found: dict[tuple[str, bool], Program | str | None] = {}

    @cached_property
    def lexicon(self) -> Lexicon:
        return Lexicon(self.names(), self.known)

    def beside(self, names: Names, count: int, where: str) -> Shelf:
        """The scope with so many names more."""
        return Shelf(lambda: {**self.lexicon.types, **names()}, self.size + count, self.known, self.effort, where)

    def add(self, text: str, where: str, *, unary: bool) -> None:
        """Count a text that will stand here. Raises DefinitionError beyond what one, and a model, may have."""
        Source(text, where)  # it has a measure of its own
        if (text, unary) not in self.found:
            self.effort.take_text(text, where)
            self.found[text, unary] = None

    def read(self, text: str, where: str, *, unary: bool) -> Program | str:
        found = self.found.get((text, unary))
        if found is None:
            found = self.found[text, unary] = self._read(text, where, unary)
        return found if isinstance(found, str) or found.where == where else found.at(where)

    def _read(self, text: str, where: str, unary: bool) -> Program | str:
        try:
            return read(text, self.lexicon, where=where, unary=unary)
        except BudgetError:
            raise
        except DefinitionError as error:
            return error.message


class Foreign:
    """Texts in another language: none of them is read."""

    def __init__(self, language: str) -> None:
        self.message = f"expressions are read in FEEL, not in {language}"

    def read(self, text: str, where: str, *, unary: bool) -> str:
        return self.message


def is_feel(language: str) -> bool:
    """FEEL is the language where none is named."""
    return not language or FEEL in language.upper()


def read_tests(text: str, *, where: str) -> Program:
    """The unary tests of a type. Raises DefinitionError."""
    return read(text.strip(), NO_NAMES, where=where, unary=True)


NO_NAMES: Final = Lexicon({})


def split_tests(text: str) -> Iterator[str]:
    """The unary tests one by one: cut at the commas that stand in no text and no bracket."""
    start, waiting, quoted, at = 0, [], False, 0
    while at < len(text):
        sign = text[at]
        if quoted:
            at += sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        elif sign in OPENING:
            waiting.append(OPENING[sign])
        elif waiting and sign == waiting[-1]:
            waiting.pop()
        elif sign == "," and not waiting:
            yield text[start:at].strip()
            start = at + 1
        at += 1
    yield text[start:].strip()
