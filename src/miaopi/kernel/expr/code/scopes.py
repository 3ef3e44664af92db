"""Where the code finds the value of a name: known while it is made, so that nothing is looked up by name that need not be."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from miaopi.kernel.expr.code.writing import choice, compare, constant, entry, is_other, read
from miaopi.kernel.frozen import frozen


class _Missing:
    """What stands for a name that nothing is bound to."""


MISSING: Final = _Missing()
ABSENT: Final = "absent"  # what the code calls it


@frozen
class Bound:
    """Names that are variables of the code, by the variable; `surely` unless one may be missing while the code runs."""

    slots: Mapping[str, str]
    surely: bool = True


@frozen
class Entries:
    """Names that are the keys of a context held by the variable; with `keys`, these at most."""

    variable: str
    keys: frozenset[str] | None = None


Frame = Bound | Entries


@frozen
class Place:
    """Where in the code a node stands: the names in scope, the innermost last; how many levels below the head of its function;
    whether it may run more than once.
    """

    frames: tuple[Frame, ...]
    level: int = 0
    repeats: bool = False

    def below(self) -> Place:
        return Place(self.frames, self.level + 1, self.repeats)

    def inside(self, *frames: Frame, repeats: bool | None = None) -> Place:
        return Place((*self.frames, *frames), self.level, self.repeats if repeats is None else repeats)

    def at_head(self, *frames: Frame) -> Place:
        """Within a function of its own, that may be called however often."""
        return Place((*self.frames, *frames), 0, True)


def find(name: str, place: Place) -> tuple[ast.expr, bool]:
    """The value that the name has at the place, and whether it surely has one; what is missing is `MISSING`."""
    ways: list[tuple[ast.expr, ast.expr]] = []
    found, surely = read(ABSENT), False
    for frame in reversed(place.frames):
        if isinstance(frame, Bound):
            variable = frame.slots.get(name)
            if variable is None:
                continue
            found = read(variable)
            if frame.surely:
                surely = True
                break
            ways.append((is_other(read(variable), read(ABSENT)), found))
            found = read(ABSENT)
        elif frame.keys is None or name in frame.keys:
            ways.append(
                (compare(constant(name), ast.In(), read(frame.variable)), entry(read(frame.variable), name))
            )
    for test, value in reversed(ways):
        found = choice(test, value, found)
    return found, surely
