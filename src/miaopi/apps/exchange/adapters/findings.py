"""What is to be said of each field of an answer: the words that quality is counted in. Never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from miaopi.apps.exchange.adapters.facts import ROWS
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown

CONFLICT: Final = "conflict"
STALE: Final = "stale"
# What the result of a look says of every field of it, unless something else is said of one.
OF_RESULT: Final[Mapping[str, str]] = {
    "found": "known", "absent": "absent", "conflict": CONFLICT, "unsaid": "unproven", "outside": "unproven", "silent": "silent",
    "doubted": "silent", "stale": STALE,
}  # fmt: skip


def find_findings(facts: Mapping[str, Fact], fields: Sequence[str], result: str) -> Iterator[str]:
    """Of rows that came: `field: finding` for each field of which `result` does not say it already. A list stands for all its fields."""
    said, rows = OF_RESULT.get(result), facts.get(ROWS)
    for name in fields:
        finding = _find(facts[name] if rows is None else rows)
        if finding != said:
            yield f"{name}: {finding}"


def find_contradictions(said: Sequence[tuple[str, Mapping[str, Fact]]]) -> frozenset[str]:
    """`resource.field` of which several sources of one resource say different things, whoever is right."""
    times = Counter([resource for resource, _ in said])
    if len(times) == len(said):
        return frozenset()
    values: dict[str, object] = {}
    found = set[str]()
    for resource, facts in said:
        if times[resource] == 1:
            continue
        for name, fact in facts.items():
            if isinstance(fact, Known | Absent):
                source, value = f"{resource}.{name}", (fact.value,) if isinstance(fact, Known) else ()
                if values.setdefault(source, value) != value:
                    found.add(source)
    return frozenset(found)


def read_findings(result: str, fields: Iterable[str], findings: Iterable[str]) -> dict[str, str]:
    """The finding of every field of a look, from its entry."""
    said = dict(each.split(": ", 1) for each in findings)
    return {name: said.get(name, OF_RESULT.get(result, "unproven")) for name in fields}


def _find(fact: Fact) -> str:
    match fact:
        case Known():
            return "known"
        case Absent():
            return "absent"
        case Unknown(Doubt.CONFLICT):
            return CONFLICT
        case Unknown(Doubt.STALE):
            return STALE
        case Unknown(Doubt.UNAVAILABLE):
            return "invalid"  # it answered, with what is no value of its type or not on its list
        case _:
            return "unproven"
