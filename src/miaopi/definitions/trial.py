"""Trying a package: do its cases come out as the law says, and would they notice a number that is off by one?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from miaopi.definitions.cases import WorkedCase
from miaopi.kernel.decision import DatedValue, Definition, Parameter, decide, next_sources
from miaopi.kernel.decision.outcomes import Decision, to_plain
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen

ROUNDS = 12  # more stages of asking than any service has


@frozen
class Failure:
    """A case that came out otherwise than the law says."""

    name: str
    ref: str
    where: str
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {"name": self.name, "ref": self.ref, "where": self.where, "problems": list(self.problems)}


def decide_case(definition: Definition, case: WorkedCase, changed: Mapping[str, object] | None = None) -> Decision:
    """The decision of a case, with some parameters or settings changed."""
    overrides = {**case.overrides, **(changed or {})}
    return decide(definition, case.facts, as_of=case.on, settings=case.settings, overrides=overrides)


def try_case(definition: Definition, case: WorkedCase, changed: Mapping[str, object] | None = None) -> tuple[str, ...]:
    """What differs from the expectation; nothing when the case passes."""
    return tuple(_differences(case, decide_case(definition, case, changed))) + tuple(_asked_in_vain(definition, case))


def try_cases(definition: Definition, cases: list[WorkedCase]) -> list[Failure]:
    tried = ((case, try_case(definition, case)) for case in cases)
    return [Failure(case.name, case.ref, case.where, problems) for case, problems in tried if problems]


def noticed_numbers(definition: Definition, cases: list[WorkedCase]) -> Iterator[tuple[str, Decimal, str]]:
    """Each number that a parameter of the rules ever had, one less and one more: name, the changed number, and the first case of a
    day on which it was in force that fails by it; empty where none does."""
    for name, parameter in definition.parameters.items():
        for entry in parameter.history if name in definition.decisive else ():
            if not isinstance(entry.value, Decimal):
                continue
            then = [case for case in cases if _is_in_force(parameter, entry, case)]
            for changed in (entry.value - 1, entry.value + 1):
                fails = (case for case in then if any(_differences(case, decide_case(definition, case, {name: changed}))))
                yield name, changed, next((case.name for case in fails), "")


def _is_in_force(parameter: Parameter, entry: DatedValue, case: WorkedCase) -> bool:
    try:
        return parameter.value_on(case.on) == entry.value and case.on >= entry.since and parameter.name not in case.overrides
    except InputError:  # before the first of its dates
        return False


def _differences(case: WorkedCase, decision: Decision) -> Iterator[str]:
    expect = case.expect
    if decision.outcome is not expect.outcome:
        yield f"outcome {decision.outcome}, not {expect.outcome}"
    codes = [reason.code for reason in decision.reasons]
    if codes != ([expect.reason] if expect.reason else []):
        yield f"reasons {', '.join(codes) or 'none'}, not {expect.reason or 'none'}"
    for name, wanted in expect.values.items():
        if name not in decision.values or to_plain(decision.values[name]) != wanted:
            yield f"the value {name} is not {wanted}"
    said: dict[str, Iterable[str]] = {
        "typed": decision.typed,
        "would_change": map(str, decision.would_change),
        "missing": decision.missing,
        "waiting_for": decision.waiting_for,
    }
    for name, wanted_list in expect.lists.items():
        if sorted(said[name]) != sorted(wanted_list):  # the order is that of names, and says nothing
            yield f"{name} is not {', '.join(wanted_list) or 'empty'}"


def _asked_in_vain(definition: Definition, case: WorkedCase) -> Iterator[str]:
    """Sources that the case says are not asked, and would be."""
    asked = sources_asked(definition, case)
    for resource in case.expect.not_asked:
        if resource in asked:
            yield f"{resource} is asked"


def sources_asked(definition: Definition, case: WorkedCase) -> list[str]:
    """The resources that would be asked, in their order, if sources answered what the case says."""
    known: dict[FactName, Fact] = {n: f for n, f in case.facts.items() if definition.facts[n].resource is None}
    asked: list[str] = []
    for _ in range(ROUNDS):
        asks = next_sources(definition, known, as_of=case.on, settings=case.settings, overrides=case.overrides)
        fields = {f"{resource}.{name}" for resource, names in asks.items() for name in names}
        answers = {s.name: case.facts[s.name] for s in definition.sourced if fields.issuperset(s.scope) and s.name in case.facts}
        asked += [resource for resource in asks if resource not in asked]
        if not answers:
            break
        known |= answers
    return asked
