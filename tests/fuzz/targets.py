"""What is given inputs by chance: each door by which a text or a file from outside comes in. Nothing but a typed error may leave.

The first byte of an input chooses among the ways in, the others are the text. Long inputs are the business of the hostile
definitions in `tests/unit/kernel/hostile`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from miaopi.kernel.dmn import parse
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.expr import Range, Run, Type, compile, read
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns import matches, replace, split
from miaopi.kernel.expr.temporal import add, is_equal, read_temporal, subtract, write_temporal

WHERE: Final = "chance:1"
STEPS: Final = 4_000  # of an evaluation: what takes more is no news
NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SCOPE: Final[Mapping[str, object]] = {
    "x": Decimal("-1.50"),
    "age": Decimal(80),
    "text": "高龄津贴 a1",
    "born": date(1946, 2, 28),
    "at": NOW,
    "list": [Decimal(1), None, Decimal(3)],
    "people": [{"name": "张", "ages": [Decimal(1)]}, {"name": "李", "ages": []}],
    "span": Range(Decimal(1), Decimal(9)),
    "nothing": None,
    "?": Decimal(5),
}
TYPES: Final[Mapping[str, Type]] = {
    "x": Type.parse("number"),
    "age": Type.parse("number"),
    "text": Type.parse("string"),
    "born": Type.parse("date"),
    "at": Type.parse("date and time"),
    "list": Type.parse("list<number>"),
    "people": Type.parse("list<context<name: string, ages: list<number>>>"),
    "span": Type.parse("range<number>"),
    "nothing": Type.parse("any"),
    "unknown": Type.parse("boolean"),
}


def open_text(way: int, text: str) -> None:
    """A text of a model: an expression, or the tests of a cell."""
    run = Run(STEPS, NOW)
    read(text, SCOPE.keys(), where=WHERE, unary=way % 2 == 1).evaluate(SCOPE, run=run)  # type: ignore[arg-type]  # names alone


def strict_text(way: int, text: str) -> None:
    """A text of a rule, with facts that are known, absent or unknown."""
    rule = compile(text, TYPES, where=WHERE)
    rule.evaluate(
        {name: SCOPE[name] for at, name in enumerate(TYPES) if name in SCOPE and way >> (at % 8) & 1},
        steps=STEPS,
    )


def model(way: int, text: str) -> None:
    """A file that somebody calls a DMN model, asked for all that it has."""
    source = text.encode("utf-8", "surrogatepass")
    found = parse(source, resolve=lambda _space, _location: source if way % 2 else None, where=WHERE)
    assert all(isinstance(finding, str) for finding in found.findings)
    for name in (*found.decisions, *found.invocables)[:8]:
        with suppress(MiaopiError):
            found.evaluate_traced(
                name, {"who": SCOPE["people"], "n": SCOPE["x"], "boxed": SCOPE["list"]}, now=NOW
            )


class TooManyStepsError(Exception):
    """A search takes more than an evaluation may."""


class Counted:
    """Counts the steps of a search as an evaluation does."""

    def __init__(self) -> None:
        self.left = STEPS

    def __call__(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooManyStepsError


def pattern_or_time(way: int, text: str) -> None:
    """A pattern with what it is sought in, or the text of a temporal value."""
    with suppress(Fault, TooManyStepsError):
        if way % 2:
            value = read_temporal(text)
            assert is_equal(read_temporal(write_temporal(value)), value), "it is not read as it was written"
            for length in ("P1DT1.5S", "-P1Y2M"):
                add(value, read_temporal(length))
            subtract(value, value)
            return
        pattern, _, rest = text.partition("\n")
        flags = "".join(flag for at, flag in enumerate("smixq") if way >> (at + 1) & 1)
        counted = Counted()
        matches(rest, pattern, flags, counted)
        "".join(replace(rest, pattern, "<$0$1>", flags, counted))
        list(split(rest, pattern, counted))


TARGETS: Final[Mapping[str, Callable[[int, str], None]]] = {
    "open": open_text,
    "strict": strict_text,
    "model": model,
    "pattern": pattern_or_time,
}


def run(target: str, data: bytes) -> None:
    """One input. Raises whatever is no typed error."""
    with suppress(MiaopiError):
        TARGETS[target](data[0] if data else 0, data[1:].decode("utf-8", "surrogateescape"))
