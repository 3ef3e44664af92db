"""Regular expressions as FEEL takes them from XPath (DMN 1.5 §10.3.4.3): `matches`, `replace`, `split`, in linear time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns.matching import STEPS, Matcher, Slots, Spend
from miaopi.kernel.expr.patterns.program import LONGEST_PROGRAM, TOO_LONG, Program, compile_pattern
from miaopi.kernel.expr.patterns.syntax import read_pattern

__all__ = ["matches", "replace", "split"]




@lru_cache(maxsize=32)
def _made(pattern: str, flags: str) -> Program | str:
    """The program, or why there is none."""
    try:
        return compile_pattern(read_pattern(pattern, flags))
    except Fault as fault:
        return str(fault)


def _program(pattern: str, flags: str, spend: Spend) -> Program:
    """Kept or not, a program takes the steps of its making. Raises Fault for what is no pattern."""
    spend(len(pattern) // STEPS)
    made = _made(pattern, flags)
    if isinstance(made, Program):
        spend(len(made.steps) // STEPS)
        return made
    if made == TOO_LONG:
        spend(LONGEST_PROGRAM // STEPS)
    raise Fault(made)


def matches(text: str, pattern: str, flags: str, spend: Spend) -> bool:
    """Whether some part of the text matches. Raises Fault for what is no pattern; `spend` counts the steps."""
    return Matcher(_program(pattern, flags, spend), text, spend).search(0) is not None


def replace(text: str, pattern: str, replacement: str, flags: str, spend: Spend) -> Iterator[str]:
    """The pieces of the text with each match replaced; `$1` in the replacement is what the first group has found, `$0` the
    whole. Raises Fault for what is no pattern or no replacement, and for a pattern that matches nothing at all.
    """
    program = _program(pattern, flags, spend)
    pieces = [replacement] if "q" in flags else _read_replacement(replacement, program.groups)
    end = 0
    for slots in _finds(program, text, spend):
        spend(len(pieces))
        yield text[end : slots[0]]
        for piece in pieces:
            yield piece if isinstance(piece, str) else _group(text, slots, piece)
        end = slots[1]
    yield text[end:]


def split(text: str, delimiter: str, spend: Spend) -> Iterator[str]:
    """The text between the matches. Raises Fault as `replace` does."""
    end = 0
    for slots in _finds(_program(delimiter, "", spend), text, spend):
        yield text[end : slots[0]]
        end = slots[1]
    yield text[end:]


def _finds(program: Program, text: str, spend: Spend) -> Iterator[Slots]:
    if Matcher(program, "", spend).search(0) is not None:
        raise Fault("the pattern matches where there is nothing")
    matcher = Matcher(program, text, spend)
    place = 0
    while (slots := matcher.search(place)) is not None:  # never empty: what is, is found in the empty text, too
        yield slots
        place = slots[1]


def _group(text: str, slots: Slots, number: int) -> str:
    """What the group has found; nothing for one that took no part, or that there is not."""
    if 2 * number >= len(slots) or slots[2 * number] < 0:
        return ""
    return text[slots[2 * number] : slots[2 * number + 1]]


def _read_replacement(text: str, groups: int) -> list[str | int]:
    """The text between the references, and the numbers of the groups. Raises Fault."""
    pieces: list[str | int] = []
    place = 0
    while place < len(text):
        sign, following = text[place], text[place + 1 : place + 2]
        if sign == "\\" and following and following in "\\$":
            pieces.append(following)
            place += 2
        elif sign == "$" and following.isascii() and following.isdigit():
            place, number = _reference(text, place + 1, groups)
            pieces.append(number)
        elif sign in "\\$":
            raise Fault(f"{sign} in a replacement is written \\{sign}")
        else:
            pieces.append(sign)
            place += 1
    return pieces


def _reference(text: str, place: int, groups: int) -> tuple[int, int]:
    """Where the reference ends, and its number: the longest of a group that there is."""
    number = int(text[place])
    place += 1
    while (digit := text[place : place + 1]).isascii() and digit.isdigit() and number * 10 + int(digit) <= groups:
        number = number * 10 + int(digit)
        place += 1
    return place, number
