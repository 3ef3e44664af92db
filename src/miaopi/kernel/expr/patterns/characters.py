"""Sets of characters: what one place of a pattern takes (XML Schema 1.0 Part 2, §F.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns.blocks import BLOCKS
from miaopi.kernel.frozen import frozen

# The general categories, by their first letter (Unicode Standard, §4.5).
DETAILS: Final = (("L", "ultmo"), ("M", "nce"), ("N", "dlo"), ("P", "cdseifo"), ("Z", "slp"), ("S", "mcko"), ("C", "cfon"))
CATEGORIES: Final = frozenset(major + minor for major, minors in DETAILS for minor in ("", *minors))
# NameStartChar, and what NameChar has beside it (XML 1.0, productions 4 and 4a).
NAME_STARTS: Final = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF)),
    *((0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
NAME_OTHERS: Final = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))

SPANS: Final = 4  # that are looked through in one step
VARIANTS: Final = 8  # what a span counts for where capital and small letters are alike

Kind = Callable[[str], bool]


@frozen
class Characters:
    """The characters of these spans and kinds, or all the others; those of `minus` never."""

    spans: tuple[tuple[str, str], ...] = ()
    kinds: tuple[Kind, ...] = ()
    is_negated: bool = False
    minus: Characters | None = None
    ignores_case: bool = False

    @property
    def size(self) -> int:
        """What it takes to look a character up."""
        own = 1 + (len(self.spans) * (VARIANTS if self.ignores_case else 1) + len(self.kinds)) // SPANS
        return own + (self.minus.size if self.minus is not None else 0)

    def take(self, character: str) -> bool:
        found = any(kind(character) for kind in self.kinds) or self._span(character)
        if self.minus is not None and self.minus.take(character):
            return False
        return found != self.is_negated

    def _span(self, character: str) -> bool:
        if any(low <= character <= high for low, high in self.spans):
            return True
        return self.ignores_case and any(_is_alike(character, low, high) for low, high in self.spans)


def case_variants(character: str) -> frozenset[str]:
    """The character and what it is in upper and lower case, where that is one character."""
    upper, lower = character.upper(), character.lower()
    found = {character, upper, lower, upper.lower(), lower.upper()}
    return frozenset(one for one in found if len(one) == 1)


def _is_alike(character: str, low: str, high: str) -> bool:
    """Whether the character is in the span in another case."""
    variants = case_variants(character)
    return any(low <= one <= high for one in variants) or (low == high and not variants.isdisjoint(case_variants(low)))


def _is_space(character: str) -> bool:
    return character in " \t\n\r"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _within(spans: tuple[tuple[int, int], ...]) -> Kind:
    return lambda character: any(low <= ord(character) <= high for low, high in spans)


def _inverse(kind: Kind) -> Kind:
    return lambda character: not kind(character)


_is_initial: Final = _within(NAME_STARTS)
_is_name: Final = _within(NAME_STARTS + NAME_OTHERS)
MULTIPLE: Final[Mapping[str, Kind]] = {
    "s": _is_space,
    "S": _inverse(_is_space),
    "d": _is_digit,
    "D": _inverse(_is_digit),
    "w": _is_word,
    "W": _inverse(_is_word),
    "i": _is_initial,
    "I": _inverse(_is_initial),
    "c": _is_name,
    "C": _inverse(_is_name),
}


def property_named(name: str, *, is_negated: bool) -> Kind:
    """`\\p{Lu}`, `\\p{IsGreek}`. Raises Fault for no such property."""
    if name in CATEGORIES:
        kind = _of_category(name)
    elif name.startswith("Is") and name[2:] in BLOCKS:
        kind = _within((BLOCKS[name[2:]],))
    else:
        raise Fault(f"a pattern knows no characters {name}")
    return _inverse(kind) if is_negated else kind


def _of_category(name: str) -> Kind:
    return lambda character: unicodedata.category(character).startswith(name)


ANY_BUT_LINE_ENDS: Final = Characters((("\n", "\n"), ("\r", "\r")), is_negated=True)
ANY: Final = Characters(is_negated=True)
