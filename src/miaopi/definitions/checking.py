"""Everything about a package that can be checked before anybody is served by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.facts import place_of_field
from miaopi.definitions.fields import unread_fields
from miaopi.definitions.package import CASES_FILE, RULE_FILES, ServicePackage, read_package, shown
from miaopi.definitions.positions import read_yaml
from miaopi.definitions.reader import Finding, Reader
from miaopi.definitions.tables import FOLDER, find_tables
from miaopi.definitions.trial import noticed_numbers, try_cases
from miaopi.kernel.decision import Condition, Definition
from miaopi.kernel.decision.definition import AS_OF
from miaopi.kernel.decision.precedence import judge
from miaopi.kernel.errors import InputError

ONE_DAY = timedelta(days=1)
Fields = Mapping[str, frozenset[str]]  # resource → its fields
Nudge = tuple[str, int]  # a number or the day, and by how much


def read_resources(catalogue: Path) -> dict[str, frozenset[str]]:
    """The resources and fields that a city's `catalogue.yaml` describes. Raises DefinitionError."""
    reader = Reader()
    resources = reader.mapping(read_yaml(catalogue, catalogue.name)).get("resources")
    found: dict[str, frozenset[str]] = {}
    for name, placed in (reader.mapping(resources) if resources else {}).items():
        fields = reader.mapping(placed).get("fields")
        found[name] = frozenset(reader.mapping(fields) if fields else ())
    return found


def check_service(folder: Path, *, resources: Fields | None = None, mutate: bool = False) -> list[Finding]:
    """Every mistake of a package, with file and line. `resources`: what the city's catalogue knows, if that is to be checked."""
    strays = [Finding(f"{shown(folder, name)}:1", "this file is not read; move it out") for name in _strays(folder)]
    package, findings = read_package(folder)
    if package is None:
        return [*findings, *strays]
    reader = Reader(strays)
    _check_sources(reader, package, resources)
    _check_readers(reader, package)
    cases = read_cases(reader, package)
    if reader.findings:
        return reader.findings
    for failure in try_cases(package.definition, cases):
        reader.note(failure.where, f"{failure.name}: {'; '.join(failure.problems)}")
    bench = Bench(package.definition, cases)
    for condition in package.definition.conditions:
        for lack in _lacks(package.definition, condition, bench):
            reader.note(package.places[condition.name], f"{condition.name}: no case {lack}")
    if mutate and cases:
        for name, changed, case in noticed_numbers(package.definition, cases):
            if not case:
                reader.note(package.places[name], f"no case notices {name}={changed}")
    return reader.findings


def _strays(folder: Path) -> list[str]:
    known = {*RULE_FILES, CASES_FILE, FOLDER, *find_tables(folder)}
    found = [*folder.iterdir(), *(folder / FOLDER).glob("*")] if folder.is_dir() else []
    return sorted(name for name in (str(path.relative_to(folder)) for path in found) if name not in known)


def _check_sources(reader: Reader, package: ServicePackage, resources: Fields | None) -> None:
    if resources is None:
        return
    for spec, source in ((each, source) for each in package.definition.sourced for source in each.scope):
        resource, _, name = source.partition(".")
        if resource not in resources:
            reader.note(package.places[spec.name], f"{spec.name}: no agency has a resource {resource}")
        elif name not in resources[resource]:
            reader.note(package.places[spec.name], f"{spec.name}: {resource} has no field {name}")


def _check_readers(reader: Reader, package: ServicePackage) -> None:
    """A fact that no rule, outcome or form needs is not collected; a name without a reader is a mistake somewhere."""
    definition = package.definition
    needed, direct = _names_read(definition)
    taken_whole = {entry.fact for entry in package.form}
    if (payment := package.payment) is not None:
        direct |= {stop.month for stop in payment.stops}
        needed |= {payment.list_day, payment.review_day, payment.pay_day, payment.recovery_months, *payment.stop_facts}
        taken_whole |= {*(stop.month for stop in payment.stops), *payment.stop_facts}
    codes = {c.otherwise.reason.code for c in definition.conditions}
    codes |= {c.unknown.reason.code for c in definition.conditions if c.unknown is not None}
    codes |= {definition.in_force.otherwise.reason.code} if definition.in_force is not None else set()
    for name, spec in definition.facts.items():
        if name not in needed and name not in direct and not spec.in_form:
            reader.note(package.places[name], f"{name}: no rule, outcome or form needs this fact")
    for name, unread in unread_fields(definition, taken_whole):
        reader.note(package.places[place_of_field(name, unread)], f"{name}: no rule, outcome or form needs the field {unread}")
    for name in definition.parameters.keys() - needed:
        reader.note(package.places[name], f"{name}: no rule reads this parameter")
    for name in definition.derived.keys() - direct - definition.facts.keys():
        reader.note(package.places[name], f"{name}: nothing reads this derived value")
    for name in definition.settings.keys() - needed:
        reader.note(shown(package.path, "rules.yaml") + ":1", f"{name}: no rule reads this setting")
    for name in sorted(package.places.keys() & package.reason_codes - codes):
        reader.note(package.places[name], f"{name}: no condition leads to this reason")


def _names_read(definition: Definition) -> tuple[set[str], set[str]]:
    """The names behind all rules, derived values followed to their ends; and the names that stand in them."""
    expressions = [
        *(c.holds for c in definition.conditions),
        *(value for c in definition.conditions for value in c.values.values()),
        *definition.values.values(),
        *(spec.when for spec in definition.facts.values() if spec.when is not None),
    ]
    needed = set().union(*(definition.reads(expression) for expression in expressions))
    direct = set().union(*(e.names for e in expressions), *(d.names for d in definition.derived.values()))
    return needed, direct


def _lacks(definition: Definition, condition: Condition, bench: Bench) -> Iterator[str]:
    """Which of the cases that every condition needs are missing: meets, fails, unknown, and both sides of its border."""
    cases = [case for case in bench.cases if condition in definition.conditions_on(case.on)]
    stands = [(case, bench.stands(case).get(condition.id)) for case in cases]
    for wanted, said in ((True, "meets it"), (False, "fails it"), (None, "leaves it unknown")):
        if all(value is not wanted for _, value in stands):
            yield said
    nudges = list(_nudges(definition, condition))
    if not nudges:
        return
    for wanted, said in ((True, "just meets it"), (False, "just fails it")):
        beside = (bench.stands(case, nudge).get(condition.id) for case, value in stands if value is wanted for nudge in nudges)
        if all(value is not (not wanted) for value in beside):
            yield f"stands on its border and {said}"


def _nudges(definition: Definition, condition: Condition) -> Iterable[Nudge]:
    """The smallest steps across the border: a day where the day counts, else one more or less of a number."""
    read = definition.reads(condition.holds)
    numbers = [name for name in read & definition.parameters.keys() if definition.parameters[name].type.name == "number"]
    names = [AS_OF] if AS_OF in read else sorted(numbers)
    return [(name, step) for name in names for step in (-1, 1)]


@dataclass(frozen=True)
class Bench:
    """The cases of a package, each decided once as it is and once for each nudge that somebody asks about."""

    definition: Definition
    cases: list[WorkedCase]
    _kept: dict[tuple[str, Nudge | None], dict[str, bool | None]] = field(default_factory=dict)

    def stands(self, case: WorkedCase, nudge: Nudge | None = None) -> dict[str, bool | None]:
        """How each condition stands; nothing on a day before the first law."""
        if (case.name, nudge) not in self._kept:
            self._kept[case.name, nudge] = self._decide(case, nudge)
        return self._kept[case.name, nudge]

    def _decide(self, case: WorkedCase, nudge: Nudge | None) -> dict[str, bool | None]:
        on, overrides = case.on, dict(case.overrides)
        if nudge is not None and nudge[0] == AS_OF:
            on += nudge[1] * ONE_DAY
        elif nudge is not None:
            overrides[nudge[0]] = cast("Decimal", self.definition.parameters[nudge[0]].value_on(on)) + nudge[1]
        try:
            decision = judge(self.definition, case.facts, as_of=on, settings=case.settings, overrides=overrides)
        except InputError:
            return {}
        return {result.id: result.value for result in decision.conditions}
