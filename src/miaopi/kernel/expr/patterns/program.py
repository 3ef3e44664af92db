"""A pattern as a program of steps, of a length that is bounded whatever it repeats."""

from __future__ import annotations

from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns.characters import Characters
from miaopi.kernel.expr.patterns.syntax import (
    Anchor,
    Back,
    Choice,
    Group,
    Part,
    Pattern,
    Repeat,
    Sequence,
)
from miaopi.kernel.frozen import frozen

LONGEST_PROGRAM: Final = 10_000  # steps
TOO_LONG: Final = "the pattern repeats too much"


@frozen
class Fork:
    """Go on at the first place, and if nothing comes of it at the second."""

    first: int
    second: int


@frozen
class Jump:
    to: int


@frozen
class Keep:
    """Note the place in the text: 2n is where group n begins, 2n + 1 where it ends."""

    slot: int


@frozen
class Found:
    """The whole pattern has matched."""


Step = Characters | Anchor | Back | Fork | Jump | Keep | Found


@frozen
class Program:
    steps: tuple[Step, ...]
    groups: int
    has_back_references: bool
    ignores_case: bool


def compile_pattern(pattern: Pattern) -> Program:
    """Raises Fault for a pattern that repeats too much."""
    writer = _Writer()
    writer.write(Group(0, pattern.root))
    writer.add(Found())
    steps = tuple(writer.steps)
    return Program(steps, pattern.groups, pattern.has_back_references, pattern.ignores_case)


class _Writer:
    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, step: Step) -> int:
        """Where the step stands."""
        if len(self.steps) >= LONGEST_PROGRAM:
            raise Fault(TOO_LONG)
        self.steps.append(step)
        return len(self.steps) - 1

    def write(self, part: Part) -> None:
        match part:
            case Sequence(items=items):
                for item in items:
                    self.write(item)
            case Choice(options=options):
                self.choose(options)
            case Group(number=number, inner=inner):
                self.keep(number, inner)
            case Repeat():
                self.repeat(part)
            case _:
                self.add(part)

    def keep(self, number: int | None, inner: Part) -> None:
        if number is None:
            self.write(inner)
            return
        self.add(Keep(2 * number))
        self.write(inner)
        self.add(Keep(2 * number + 1))

    def choose(self, options: tuple[Part, ...]) -> None:
        ends: list[int] = []
        for option in options[:-1]:
            fork = self.add(Fork(0, 0))
            self.write(option)
            ends.append(self.add(Jump(0)))
            self.steps[fork] = Fork(fork + 1, len(self.steps))
        self.write(options[-1])
        for end in ends:
            self.steps[end] = Jump(len(self.steps))

    def repeat(self, part: Repeat) -> None:
        for _ in range(part.least):
            before = len(self.steps)
            self.write(part.inner)
            if len(self.steps) == before:  # nothing is nothing, however often
                return
        if part.most is None:
            fork = self.add(Fork(0, 0))
            self.write(part.inner)
            again = self.add(Jump(fork))
            self.fork(fork, is_lazy=part.is_lazy)
            if not part.is_lazy:  # after a round of nothing the ways of the fork are gone; it goes past, before all that is less wanted
                self.steps[again] = Fork(fork, len(self.steps))
            return
        forks: list[int] = []
        for _ in range(part.most - part.least):
            forks.append(self.add(Fork(0, 0)))
            self.write(part.inner)
        for fork in forks:
            self.fork(fork, is_lazy=part.is_lazy)

    def fork(self, fork: int, *, is_lazy: bool) -> None:
        """Into the repeated part or past all of it; the lazy one tries to pass first."""
        inside, past = fork + 1, len(self.steps)
        self.steps[fork] = Fork(past, inside) if is_lazy else Fork(inside, past)
