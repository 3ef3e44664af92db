"""What reading a model takes, with all that it imports: counted, and bounded before anything is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from miaopi.kernel.errors import DefinitionError

BYTES: Final = 4 * 1024 * 1024
ELEMENTS: Final = 80_000
ATTRIBUTES: Final = 160_000
STEPS: Final = 150_000  # names of scopes, models that are looked through, characters of what types allow
WORDS: Final = 160_000  # words and signs of the texts in FEEL, equal ones of one scope counted once
PER_TEXT: Final = 3  # what a text counts beside its words
PER_SCOPE: Final = 40  # words that a scope counts for
PER_NAME: Final = 2  # steps for each name that a scope knows
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+("?)', re.DOTALL)
WORD: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\w.]+|[^\w\s]', re.DOTALL)
BARE_WORD: Final = re.compile(r"[\w.]+|[^\w\s]")


@dataclass(slots=True)
class Effort:
    """One reading; the models that are imported belong to it."""

    bytes: int = 0
    elements: int = 0
    attributes: int = 0
    steps: int = 0
    words: int = 0

    def take_file(self, size: int, where: str) -> None:
        self.bytes += size
        if self.bytes > BYTES:
            raise DefinitionError(where, f"the file, with those that it imports, has more than {BYTES:,} bytes")

    def take_element(self, attributes: int, where: str) -> None:
        self.elements += 1
        self.attributes += attributes
        if self.elements > ELEMENTS:
            raise DefinitionError(where, f"there are more than {ELEMENTS:,} elements")
        if self.attributes > ATTRIBUTES:
            raise DefinitionError(where, f"there are more than {ATTRIBUTES:,} attributes")

    def take(self, steps: int, where: str) -> None:
        self.steps += steps
        if self.steps > STEPS:
            raise DefinitionError(where, f"reading the model takes more than {STEPS:,} steps")

    def take_scope(self, names: int, where: str) -> None:
        self.words += PER_SCOPE
        self.take(PER_NAME * names, where)

    def take_text(self, text: str, where: str) -> None:
        self.words += PER_TEXT + _words(text)
        if self.words > WORDS:
            raise DefinitionError(where, f"the expressions of the model have more than {WORDS:,} words")


def _words(text: str) -> int:
    """The words and signs of the text, one for each string; behind a quotation mark that nothing closes no other one is."""
    end = next((found.start() for found in QUOTED.finditer(text) if not found[1]), len(text))
    return sum(1 for _ in WORD.finditer(text, 0, end)) + sum(1 for _ in BARE_WORD.finditer(text, end))
