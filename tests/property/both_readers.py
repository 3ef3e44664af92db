"""One expression on both readers: what each gives, what it notes, and where the two differ."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Closure, Expression, Program, Range, Run, Type, Undetermined, YearsMonths
from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.scope import admit
from miaopi.kernel.expr.temporal import read_temporal
from miaopi.kernel.expr.types import item_of
from tests.property.writer import NAMES, NUMBERS, OF_CELLS, TEMPORALS, TEXTS

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
EAST = timezone(timedelta(hours=8))
DOUBLE = Closure(("one",), lambda one: one if one is None else [one, one], (Type.parse("number"),))
PLAINEST: Mapping[str, tuple[object, ...]] = {
    "number": (Decimal(0), Decimal(1), Decimal(2), Decimal(3), Decimal(18), Decimal("-0.5"), Decimal("1.00"), Decimal(40)),
    "string": ("a", "b", "正常", "18", "2024-02-29"),
    "boolean": (True, False),
    "date": (date(2024, 2, 29), date(1956, 2, 29), date(2026, 11, 23), date(2026, 11, 24)),
    "time": (time(10, 30), time(23, 59, 59), time(10, 30, tzinfo=UTC)),
    "date and time": (datetime(2026, 11, 23, 10, 30), datetime(2026, 11, 23, 10, 30, tzinfo=EAST)),
    "days and time duration": (timedelta(0), timedelta(days=3, hours=4), timedelta(hours=-12)),
    "years and months duration": (YearsMonths(0), YearsMonths(14), YearsMonths(-24)),
}  # fmt: skip
SINGLE = tuple(PLAINEST)


class Drawer:
    """Values for the names of `writer`, by chance: plain ones mostly, else null, unknown, far, long or of many parts."""

    def __init__(self, chance: random.Random, *, is_open: bool) -> None:
        self.chance = chance
        self.is_open = is_open

    def scope(self) -> dict[str, object]:
        """In one scope of four every name has a plain value; a name may be missing."""
        oddity = self.chance.choice((0.0, 0.1, 0.3, 0.6))
        found = {name: self.value(kind, oddity) for name, kind in NAMES.items() if self.chance.random() >= oddity / 4}
        if self.is_open:
            found["double"] = DOUBLE
            found["?"] = self.value(Type.parse(self.chance.choice(OF_CELLS)), oddity)
            if self.chance.random() < 0.1:
                found["abs"] = DOUBLE
        return found

    def value(self, kind: Type, oddity: float) -> object:
        chance = self.chance
        if chance.random() < oddity:
            if not self.is_open and chance.random() < 0.5:
                return Undetermined(frozenset({chance.choice(("m", "n", "p"))}))
            if chance.random() < 0.6:
                return None
            return self._odd(kind)
        match kind.name:
            case "list":
                return [self.value(item_of(kind), oddity / 2) for _ in range(chance.choice((0, 1, 2, 2, 3, 4)))]
            case "context":
                return {name: self.value(inner, oddity / 2) for name, inner in kind.entries}
            case "range":
                low, high = sorted(chance.sample(range(-3, 6), 2))
                return Range(Decimal(low), Decimal(high), chance.random() < 0.5, chance.random() < 0.5)
            case "any":
                return self.value(Type.parse(chance.choice((*SINGLE, "list<number>", "list<any>", "range<number>"))), oddity)
            case _:
                return chance.choice(PLAINEST[kind.name])

    def _odd(self, kind: Type) -> object:
        """A value of the type at the ends of what there is."""
        chance = self.chance
        if kind.name in TEMPORALS:
            return read_temporal(chance.choice(TEMPORALS[kind.name]))
        if kind.name == "number":
            return Decimal(chance.choice(NUMBERS))
        if kind.name == "string":
            return chance.choice((*TEXTS, "ab" * 20_000))
        if kind.name == "list" and kind.item == Type.parse("number"):
            return [Decimal(one) for one in range(chance.choice((50, 200)))]
        return self.value(kind, 0.2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gave: the image of its value, the faults that it noted, or that it went beyond a budget."""

    value: object
    faults: tuple[str, ...] = ()
    is_beyond: bool = False
    taken: int = 0


MOST_PARTS = 4_000


class Image:
    """A value with its types, so that 1 is not 1.0 nor true; of a function, what it takes and what it gives for some values. What
    is shared within it may make it endless, so it ends somewhere, in the same place for both readers.
    """

    def __init__(self) -> None:
        self.parts = 0

    def of(self, value: object, depth: int = 0) -> object:
        self.parts += 1
        if self.parts > MOST_PARTS or depth > 100:
            return "…"
        match value:
            case list():
                return ["list", *(self.of(one, depth + 1) for one in value)]
            case dict():
                return ["context", *((key, self.of(one, depth + 1)) for key, one in value.items())]
            case Range():
                return ["range", self.of(value.low), self.of(value.high), value.includes_low, value.includes_high]
            case Undetermined():
                return ["undetermined", sorted(value.blame), sorted(value.faults)]
            case Closure():
                given = self.given(value, depth) if depth < 3 else ()
                return ["function", value.names, value.type, value.signatures, *given]
            case _:
                return [type(value).__name__, repr(value)]

    def given(self, function: Closure, depth: int) -> list[object]:
        found: list[object] = []
        for given in (Decimal(2), "a", None):
            count = 1 if function.signatures else len(function.names)
            try:
                found.append(self.of(function.call(*[given] * count), depth + 1))
            except Fault as fault:
                found.append(str(fault))
        return found


def by_interpreter(one: Expression | Program, scope: Mapping[str, object]) -> Answer:
    if isinstance(one, Program):
        return _run(lambda run: interpret(one.tree, scope, Source(one.text, one.where, is_open=True), run), NOW)
    return _run(lambda run: interpret(one.tree, admit(one.names, one.types, scope), Source(one.text, one.where), run))


def by_code(one: Expression | Program, scope: Mapping[str, object]) -> Answer:
    if isinstance(one, Program):
        return _run(lambda run: one.evaluate(scope, run=run), NOW)
    return _run(lambda run: one.evaluate(scope))


def _run(evaluate: Callable[[Run], object], now: datetime | None = None) -> Answer:
    run = Run(now=now)
    try:
        value = Image().of(evaluate(run))
    except DefinitionError as error:
        return Answer(error.message.partition(": ")[2], is_beyond=True)
    return Answer(value, tuple(run.faults), taken=run.taken)
