"""Facts of a service by chance, drawn towards what is rare: each outcome, and each condition true, false and null."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from miaopi.definitions import ServicePackage
from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Decision, Definition, FactSpec, Outcome, decide
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Expression, Run
from miaopi.kernel.expr.interpreter import interpret
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.run import STEPS
from miaopi.kernel.expr.scope import admit
from miaopi.kernel.fact import Absent, Disputed, Doubt, Fact, Known, Unknown

KEPT = 40  # cases kept of each thing that is aimed at
SHIFTS = (-1, 1, 27, -31, 365, -366, 3_653, -7_305)
TOP = 0.3  # of all cases, drawn with no aim


class Interpreted(Expression):
    """An expression that is always evaluated by the oracle."""

    def evaluate(self, scope: Mapping[str, object], *, steps: int = STEPS) -> object:
        return interpret(self.tree, admit(self.names, self.types, scope), Source(self.text, self.where), Run(steps))


def interpreted(definition: Definition) -> Definition:
    """The same rules, all of them on the interpreter."""

    def by(one: Expression) -> Expression:
        return Interpreted(one.text, one.type, one.names, one.tree, one.types, one.where)

    return replace(
        definition,
        facts={name: replace(spec, when=spec.when and by(spec.when)) for name, spec in definition.facts.items()},
        derived={name: replace(one, value=by(one.value)) for name, one in definition.derived.items()},
        conditions=tuple(
            replace(one, holds=by(one.holds), values={name: by(value) for name, value in one.values.items()})
            for one in definition.conditions
        ),
        values={name: by(value) for name, value in definition.values.items()},
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """The facts of one case, on one day, with the settings of the city."""

    facts: Mapping[str, Fact]
    on: date
    settings: Mapping[str, object]
    overrides: Mapping[str, object]

    def decided_by(self, definition: Definition) -> Decision | str:
        """The decision; what is wrong with the day, if no law is known for it."""
        try:
            return decide(definition, self.facts, as_of=self.on, settings=self.settings, overrides=self.overrides)
        except InputError as error:
            return str(error)


Aim = tuple[str, str]  # an outcome, or a condition and its value


def aims_of(definition: Definition) -> list[Aim]:
    """All that should occur: the outcomes that a condition leads to, approval, referral, waiting; each condition's values."""
    outcomes = {one.otherwise.outcome for one in definition.conditions} | {Outcome.APPROVE, Outcome.REFER, Outcome.WAIT}
    found = [("outcome", outcome.value) for outcome in Outcome if outcome in outcomes]
    return found + [(one.id, value) for one in definition.conditions for value in ("true", "false", "null")]


def shown_by(decision: Decision) -> Iterator[Aim]:
    yield "outcome", decision.outcome.value
    for one in decision.conditions:
        yield one.id, "null" if one.value is None else str(one.value).lower()


class Drawer:
    """Draws cases of one service, one after the other: from its worked cases, and from cases that showed what is still rare."""

    def __init__(self, package: ServicePackage, chance: random.Random) -> None:
        self.chance = chance
        self.definition = package.definition
        cases = read_cases(Reader(), package)
        self.cases = [Drawn(one.facts, one.on, one.settings, one.overrides) for one in cases]
        self.pool = _pool(cases)
        self.seen: Counter[Aim] = Counter(dict.fromkeys(aims_of(package.definition), 0))
        self.kept: dict[Aim, list[Drawn]] = {}
        for drawn in self.cases:
            decision = drawn.decided_by(self.definition)
            if not isinstance(decision, str):
                self.keep(drawn, decision)

    def draw(self) -> Drawn:
        chance = self.chance
        known = [aim for aim in self.seen if aim in self.kept]
        if not known or chance.random() < TOP:
            return self.changed(chance.choice(self.cases), chance.choice((0, 1, 2, 3, 5)))
        rarest = sorted(known, key=self.seen.__getitem__)[:4]
        return self.changed(chance.choice(self.kept[chance.choice(rarest)]), chance.choice((0, 1, 1, 2)))

    def note(self, drawn: Drawn, decision: Decision) -> None:
        """Count what the case shows, and remember it."""
        self.seen.update(shown_by(decision))
        self.keep(drawn, decision)

    def keep(self, drawn: Drawn, decision: Decision) -> None:
        for aim in shown_by(decision):
            kept = self.kept.setdefault(aim, [])
            if len(kept) < KEPT:
                kept.append(drawn)
            elif self.chance.random() < 0.02:
                kept[self.chance.randrange(KEPT)] = drawn

    def changed(self, drawn: Drawn, count: int) -> Drawn:
        """The case with so many facts changed, and in one of ten on another day or in another city."""
        chance, facts = self.chance, dict(drawn.facts)
        for name in chance.sample(sorted(self.pool), min(count, len(self.pool))):
            if chance.random() < 0.05:
                facts.pop(name, None)
            else:
                facts[name] = self.fact(self.definition.facts[name])
        on, settings = drawn.on, drawn.settings
        if chance.random() < 0.1:
            on += timedelta(days=chance.choice(SHIFTS))
        if chance.random() < 0.02:
            settings = {**settings, "auto_refuse": False}
        return Drawn(facts, on, settings, drawn.overrides)

    def fact(self, spec: FactSpec) -> Fact:
        chance = self.chance
        match chance.randrange(12):
            case 0 | 1:
                return Absent()
            case 2 | 3:
                return Unknown(chance.choice(tuple(Doubt)), exhausted=chance.random() < 0.3)
            case 4 if (value := self.value(spec)) is not None:
                return Disputed(Known(value))
            case _:
                value = self.value(spec)
                return Absent() if value is None else Known(value)

    def value(self, spec: FactSpec) -> object:
        """One of its options, or a value that a case has, as it is or a little off; none where no case has one."""
        chance = self.chance
        if spec.options and chance.random() < 0.6:
            return chance.choice(tuple(spec.options))
        known = [fact.value for fact in self.pool[spec.name] if isinstance(fact, Known)]
        return self.off(chance.choice(known)) if known else None

    def off(self, value: object) -> object:
        chance = self.chance
        if chance.random() < 0.5:
            return value
        match value:
            case bool():
                return not value
            case Decimal():
                return value + chance.choice((-1, 1, 10))
            case date() if type(value) is date:
                return value + timedelta(days=chance.choice(SHIFTS))
            case [*records]:
                return [self.off(one) for one in records if chance.random() < 0.8] + records[: chance.choice((0, 0, 1))]
            case {**entries}:
                name = chance.choice(sorted(entries))
                others = [other for facts in self.pool.values() for fact in facts for other in _entries(fact, name)]
                return {**entries, name: self.off(chance.choice(others) if others else entries[name])}
            case _:
                return value


def _pool(cases: list[WorkedCase]) -> dict[str, list[Fact]]:
    """Every fact that some case has, by name."""
    found: dict[str, list[Fact]] = {}
    for case in cases:
        for name, fact in case.facts.items():
            found.setdefault(name, []).append(fact)
    return found


def _entries(fact: Fact, name: str) -> Iterator[object]:
    """What the records of a fact have under the name."""
    if isinstance(fact, Known) and isinstance(fact.value, list):
        yield from (record[name] for record in fact.value if isinstance(record, dict) and name in record)
