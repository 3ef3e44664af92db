"""Reading a package without stopping at the first mistake: each is noted with file and line, and the reading goes on.

What could not be read stands for itself as a harmless value, which nobody sees: a package with findings is never used.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from miaopi.definitions.positions import Placed, plain
from miaopi.kernel.decision import Basis, read_value
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Type, compile
from miaopi.kernel.expr.types import ANY, BOOLEAN, STRING
from miaopi.kernel.expr.values import Fault
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import PLACEHOLDER, Text

Word = TypeVar("Word", bound=StrEnum)
Made = TypeVar("Made")

DURATION = re.compile(r"(\d{1,9}) (seconds?|minutes?|hours?|days?)")
CHINESE = re.compile(r"[\u3400-\u9fff]")
NO_TEXT = Text("", "")


@frozen
class Finding:
    """One mistake: where it stands and what it is, in words that say what to do."""

    where: str
    message: str

    def to_json(self) -> dict[str, str]:
        return {"where": self.where, "message": self.message}


@dataclass(slots=True)
class Reader:
    """Collects findings while the files of a package are read."""

    findings: list[Finding] = field(default_factory=list)

    def note(self, where: str, message: str) -> None:
        self.findings.append(Finding(where, message))

    def made(self, where: str, make: Callable[[], Made]) -> Made | None:
        """What `make` gives, or `None` with a finding where it cannot exist."""
        try:
            return make()
        except DefinitionError as error:
            self.note(error.where if ":" in error.where else where, error.message)
            return None

    def mapping(self, placed: Placed) -> Mapping[str, Placed]:
        if isinstance(placed.value, Mapping):
            return placed.value
        self.note(placed.where, "here names with values are expected")
        return {}

    def entries(self, placed: Placed, required: Collection[str], optional: Collection[str] = ()) -> Mapping[str, Placed]:
        """The entries of a mapping whose keys are known; each unknown or missing one is a finding."""
        found = self.mapping(placed)
        known = [*required, *optional]
        for name, entry in found.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                self.note(entry.where, f"unknown key {name}" + (f"; did you mean {near[0]}?" if near else ""))
        for name in required:
            if name not in found:
                self.note(placed.where, f"{name} is missing")
        return {name: entry for name, entry in found.items() if name in known}

    def items(self, placed: Placed | None) -> list[Placed]:
        if placed is None or isinstance(placed.value, list):
            return placed.value if placed is not None and isinstance(placed.value, list) else []
        self.note(placed.where, "here a list is expected")
        return []

    def string(self, placed: Placed | None) -> str:
        """A text that is not empty; what is missing was noted by `entries`."""
        if placed is None:
            return ""
        if isinstance(placed.value, str) and placed.value.strip():
            return placed.value.strip()
        self.note(placed.where, "here a text is expected")
        return ""

    def text(self, placed: Placed | None) -> Text:
        """What is said in both languages: `{zh: …, en: …}`."""
        if placed is None:
            return NO_TEXT
        entries = self.entries(placed, ("zh", "en"))
        said = Text(self.string(entries.get("zh")), self.string(entries.get("en")))
        if said.en and CHINESE.search(said.en):
            self.note(entries["en"].where, "the English text holds Chinese characters")
        return said

    def word(self, placed: Placed | None, words: type[Word], otherwise: Word) -> Word:
        """One word of a fixed list."""
        if placed is None:
            return otherwise
        said = self.string(placed)
        try:
            return words(said)
        except ValueError:
            self.note(placed.where, f"{said} is none of {', '.join(words)}")
            return otherwise

    def truth(self, placed: Placed | None, otherwise: bool = False) -> bool:
        value = otherwise if placed is None else plain(placed)
        if isinstance(value, bool):
            return value
        self.note(placed.where if placed else "", "here true or false is expected")
        return otherwise

    def number(self, placed: Placed | None) -> int:
        """A whole number, not negative."""
        value = 0 if placed is None else plain(placed)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.note(placed.where if placed else "", "here a whole number is expected")
        return 0

    def money(self, placed: Placed | None) -> Decimal:
        """Decimal yuan, at most two places."""
        said = self.string(placed)
        try:
            amount = Decimal(said or "0")
            if amount.is_finite() and amount >= 0 and amount == round(amount, 2):
                return amount
        except InvalidOperation:
            pass  # said below, with the place
        self.note(placed.where if placed else "", "an amount is decimal yuan with at most two places")
        return Decimal(0)

    def duration(self, placed: Placed | None) -> timedelta:
        """`3 seconds`, `24 hours`; `0 seconds` for none."""
        said = self.string(placed)
        if found := DURATION.fullmatch(said):
            return timedelta(**{found[2].rstrip("s") + "s": int(found[1])})
        if placed is not None:
            self.note(placed.where, "a duration is written as 3 seconds, 15 minutes, 24 hours or 2 days")
        return timedelta(0)

    def day(self, placed: Placed | None) -> date | None:
        if placed is None:
            return None
        value = self.value(placed, Type("date"))
        return value if isinstance(value, date) else None

    def type(self, placed: Placed | None) -> Type:
        said = self.string(placed)
        return (self.made(placed.where, lambda: Type.parse(said)) if placed and said else None) or STRING

    def value(self, placed: Placed, wanted: Type) -> object:
        """A value of that type."""
        raw = plain(placed)
        if wanted == STRING and isinstance(placed.value, str):
            raw = placed.value
        try:
            return read_value(wanted, raw)
        except (ValueError, InvalidOperation, Fault):
            self.note(placed.where, f"this is no {wanted}")
            return None

    def basis(self, placed: Placed | None) -> tuple[Basis, ...]:
        """Instruments with their articles: one mapping, or a list of them. None at all is a finding."""
        if placed is None:
            return ()
        found = self.items(placed) if isinstance(placed.value, list) else [placed]
        if not found:
            self.note(placed.where, "name at least one instrument with its article")
        return tuple(self._one_basis(one) for one in found)

    def _one_basis(self, placed: Placed) -> Basis:
        entries = self.entries(placed, ("instrument", "article"))
        return Basis(self.string(entries.get("instrument")), self.string(entries.get("article")))

    def expression(self, placed: Placed | None, names: Mapping[str, Type], wanted: Type = ANY) -> Expression:
        """A FEEL expression over the names in scope, of the wanted type."""
        text = self.string(placed)
        if placed is not None and text:
            made = self.made(placed.where, lambda: compile(text, names, where=placed.where))
            if made is not None:
                if wanted == BOOLEAN and made.type not in (BOOLEAN, ANY):
                    self.note(placed.where, f"this gives a {made.type}; true or false is expected")
                return made
        return compile("null", {})


def check_placeholders(reader: Reader, where: str, text: Text, known: frozenset[str]) -> None:
    """Every `{name}` in both languages is known, and both say the same ones."""
    said = [set(PLACEHOLDER.findall(words)) for words in (text.zh, text.en)]
    for name in sorted((said[0] | said[1]) - known):
        reader.note(where, f"nothing fills {{{name}}}; there are {', '.join(sorted(known))}")
    if text != NO_TEXT and said[0] != said[1]:
        reader.note(where, "the two languages do not hold the same placeholders")
