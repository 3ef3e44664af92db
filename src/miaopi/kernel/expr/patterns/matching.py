"""A program run over a text. All ways are walked side by side, one character at a time, so that the time is linear in the
text for whatever pattern (Thompson 1968; Pike's capture of groups). Only back-references need to go back; their steps,
too, are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from miaopi.kernel.expr.patterns.characters import Characters, case_variants
from miaopi.kernel.expr.patterns.program import Fork, Found, Jump, Keep, Program
from miaopi.kernel.expr.patterns.syntax import Anchor, Back

STEPS: Final = 4  # of a search that are one step of an evaluation
MOST_KEPT: Final = 20_000  # answers
STEPS_BACK: Final = 4  # what one step of a search that goes back counts for
GROUPS: Final = 4  # what is kept of so many groups is one step more each time that it is handed on
COMPARED: Final = 32  # characters that a back-reference compares in one step
Spend = Callable[[int], None]
Slots = tuple[int, ...]  # where each group begins and ends; -1 for nowhere
Way = tuple[int, Slots]  # stands at a step that waits for a character


class Matcher:
    """One text under one program; `spend` counts the steps of all its searches."""

    def __init__(self, program: Program, text: str, spend: Spend) -> None:
        self.program = program
        self.text = text
        self.spend = spend
        self.weight = 1 + program.groups // GROUPS
        self.steps = 0
        self.taken: dict[tuple[int, str], bool] = {}  # whether the step takes the character
        self.none: Slots = (-1,) * (2 * program.groups + 2)

    def search(self, start: int) -> Slots | None:
        """The leftmost match from that place on; of several there, the one that the pattern prefers. Raises Fault."""
        if self.program.has_back_references:
            for place in range(start, len(self.text) + 1):
                if (found := self.backtrack(place)) is not None:
                    return found
            return None
        return self.walk(start)

    def count(self, steps: int) -> None:
        self.steps += steps * self.weight
        self.spend(self.steps // STEPS)
        self.steps %= STEPS

    def walk(self, start: int) -> Slots | None:
        """All ways side by side, those that the pattern prefers first."""
        found: Slots | None = None
        waiting: list[Way] = []
        for place in range(start, len(self.text) + 1):
            self.count(len(waiting) + 1)
            entries = [(step + 1, slots) for step, slots in waiting if self.takes(step, self.text[place - 1])]
            if found is None:
                entries.append((0, self.none))
            seen: set[int] = set()
            waiting = []
            for step, slots in entries:
                if (ended := self.follow(step, slots, place, seen, waiting)) is not None:
                    found = ended
                    break
            self.count(len(seen))
            if found is not None and not waiting:
                break
        return found

    def takes(self, step: int, character: str) -> bool:
        if (found := self.taken.get((step, character))) is None:
            if len(self.taken) >= MOST_KEPT:
                self.taken.clear()
            test = self.program.steps[step]
            found = self.taken[step, character] = isinstance(test, Characters) and self.look_up(test, character)
        return found

    def look_up(self, test: Characters, character: str) -> bool:
        self.count(test.size)
        return test.take(character)

    def follow(self, step: int, slots: Slots, place: int, seen: set[int], waiting: list[Way]) -> Slots | None:
        """The steps from one on that need no character; the ways that wait for one are added, until a match ends it."""
        open_ = [(step, slots)]
        while open_:
            step, slots = open_.pop()
            if step in seen:
                continue
            seen.add(step)
            match self.program.steps[step]:
                case Found():
                    return slots
                case Jump(to=to):
                    open_.append((to, slots))
                case Fork(first=first, second=second):
                    open_ += [(second, slots), (first, slots)]
                case Keep(slot=slot):
                    open_.append((step + 1, (*slots[:slot], place, *slots[slot + 1 :])))
                case Anchor() as anchor:
                    if self.stands_at(anchor, place):
                        open_.append((step + 1, slots))
                case _:  # a character; back-references are for the other search
                    waiting.append((step, slots))
        return None

    def backtrack(self, start: int) -> Slots | None:
        """One way after the other; none is gone twice."""
        open_ = [(0, start, self.none)]
        seen: set[tuple[int, int, Slots]] = set()
        while open_:
            way = open_.pop()
            if way in seen:
                continue
            self.count(STEPS_BACK)
            seen.add(way)
            step, place, slots = way
            match self.program.steps[step]:
                case Found():
                    return slots
                case Jump(to=to):
                    open_.append((to, place, slots))
                case Fork(first=first, second=second):
                    open_ += [(second, place, slots), (first, place, slots)]
                case Keep(slot=slot):
                    open_.append((step + 1, place, (*slots[:slot], place, *slots[slot + 1 :])))
                case Anchor() as anchor:
                    if self.stands_at(anchor, place):
                        open_.append((step + 1, place, slots))
                case Back(group=group):
                    if (end := self.again(slots, group, place)) is not None:
                        open_.append((step + 1, end, slots))
                case _:
                    if place < len(self.text) and self.takes(step, self.text[place]):
                        open_.append((step + 1, place + 1, slots))
        return None

    def again(self, slots: Slots, group: int, place: int) -> int | None:
        """Where the text that the group has found ends, found once more; a group that took no part has found nothing."""
        earlier = self.text[slots[2 * group] : slots[2 * group + 1]] if slots[2 * group] >= 0 else ""
        later = self.text[place : place + len(earlier)]
        self.count(len(earlier) // COMPARED)
        if later == earlier:
            return place + len(earlier)
        if not self.program.ignores_case or len(later) < len(earlier):
            return None
        alike = all(one in case_variants(other) for one, other in zip(later, earlier, strict=True))
        return place + len(earlier) if alike else None

    def stands_at(self, anchor: Anchor, place: int) -> bool:
        text, end = self.text, len(self.text)
        if anchor.is_start:
            return place == 0 or (anchor.of_line and place < end and text[place - 1] == "\n")
        return place == end or (anchor.of_line and text[place] == "\n")
