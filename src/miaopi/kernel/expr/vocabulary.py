"""The names that are known at a place in the text: found atom by atom, so that it does not matter how many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

# A letter is one of any script, or a sign beyond them (DMN 1.5 §10.3.1.2, rules 27–29); a part of a name may be a digit too.
LETTER: Final = r"(?:[^\W\d]|[\U00010000-\U000EFFFF])"
PART: Final = r"[\w\u00b7\u200c\u200d\u203f\u2040\u0300-\u036f\U00010000-\U000EFFFF]"
WORD_PART: Final = re.compile(PART)
ATOM: Final = re.compile(rf"{PART}+|[^\w\s]")
GAP: Final = re.compile(r"\s*")
BRACKET: Final = re.compile(r"\s*\(")

LONGEST_NAME: Final = 256  # characters
Spend = Callable[[int], None]

NO_BLANK, ANY_BLANK, BLANK_NEEDED = range(3)  # what may stand in front of an atom


@dataclass(slots=True)
class _Place:
    """How far a name has come: what may follow, and whether a name, or a function's, ends here; a name may be hidden by a
    name that is the same, and is there until the last of them is gone.
    """

    following: dict[tuple[int, str], _Place] = field(default_factory=dict)
    name: str = ""
    count: int = 0
    is_function: bool = False


class Vocabulary:
    """Functions of several words count as names only in front of a bracket."""

    def __init__(self, names: Iterable[str] = (), functions: Iterable[str] = ()) -> None:
        self._first = _Place()
        for name in names:
            self.add(name)
        for function in functions:
            if " " in function:
                place = self._place(function)
                place.name, place.is_function = function, True

    def add(self, name: str) -> None:
        """A longer name than any that is read is not found."""
        if len(name) <= LONGEST_NAME:
            place = self._place(name)
            place.name = name
            place.count += 1

    def remove(self, name: str) -> None:
        """Once what was added once."""
        if len(name) <= LONGEST_NAME:
            self._place(name).count -= 1

    def _place(self, name: str) -> _Place:
        place = self._first
        for step in _steps(name):
            found = place.following.get(step)
            if found is None:
                found = place.following[step] = _Place()
            place = found
        return place

    def matches(self, text: str, position: int, spend: Spend) -> list[tuple[str, int]]:
        """The names that stand at the position, and where each ends; `spend` counts how many atoms are looked at."""
        atom = ATOM.match(text, position)
        first = self._first.following.get((NO_BLANK, atom.group())) if atom else None
        if atom is None or first is None:
            return []
        found: list[tuple[str, int]] = []
        waiting = [(first, atom.end())]
        while waiting:
            spend(1)
            place, end = waiting.pop()
            if (place.count > 0 and not WORD_PART.match(text, end)) or (
                place.is_function and BRACKET.match(text, end)
            ):
                found.append((place.name, end))
            if not place.following:
                continue
            gap = GAP.match(text, end)
            start = gap.end() if gap else end
            if atom := ATOM.match(text, start):
                for kind in (ANY_BLANK, BLANK_NEEDED if start > end else NO_BLANK):
                    if (kind, atom.group()) in place.following:
                        waiting.append((place.following[kind, atom.group()], atom.end()))
        return found


@lru_cache(maxsize=4_096)
def _steps(name: str) -> tuple[tuple[int, str], ...]:
    """Each atom of the name, with the blanks that may stand before it: some between words, as many as one likes where the
    name has a blank or a dot, none beside another sign – `a - b` is no `a-b`.
    """
    found: list[tuple[int, str]] = []
    last: re.Match[str] | None = None
    for atom in ATOM.finditer(name):
        kind = NO_BLANK
        if last is not None:
            are_words = WORD_PART.match(last.group()) and WORD_PART.match(atom.group())
            has_gap = atom.start() > last.end() or "." in (last.group(), atom.group())
            kind = BLANK_NEEDED if are_words else ANY_BLANK if has_gap else NO_BLANK
        found.append((kind, atom.group()))
        last = atom
    return tuple(found)


def longest(text: str, position: int, spend: Spend, *vocabularies: Vocabulary) -> tuple[str, int] | None:
    """The longest name of all that stands there, of two as long the one of the later vocabulary; and where it ends."""
    found = [match for vocabulary in vocabularies for match in vocabulary.matches(text, position, spend)]
    return max(reversed(found), key=lambda match: match[1], default=None)
