"""Everything about a package that can be checked before anybody is served by it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import cast

from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.facts import place_of_field
from miaopi.definitions.fields import unread_fields
from miaopi.definitions.package import CASES_FILE, RULE_FILES, ServicePackage, read_package, shown
from miaopi.definitions.positions import plain, read_yaml
from miaopi.definitions.reader import Finding, Reader
from miaopi.definitions.registers import PREFIX, Register
from miaopi.definitions.tables import FOLDER, find_tables
from miaopi.definitions.trial import noticed_numbers, try_cases
from miaopi.kernel.decision import Condition, Definition, FactSpec, Privacy
from miaopi.kernel.decision.definition import AS_OF
from miaopi.kernel.decision.precedence import judge
from miaopi.kernel.errors import InputError

ONE_DAY = timedelta(days=1)
Fields = Mapping[str, Mapping[str, str]]  # resource → its fields, each with the ground on which it is not shared, or nothing
Registers = Mapping[str, Register]
STRICTNESS = tuple(Privacy)
Nudge = tuple[str, int]  # a number or the day, and by how much


def read_resources(catalogue: Path) -> Fields:
    """The resources and fields that a city's `catalogue.yaml` describes. Raises DefinitionError."""
    content = plain(read_yaml(catalogue, catalogue.name))
    resources = content.get("resources") if isinstance(content, dict) else None
    found: dict[str, dict[str, str]] = {}
    for name, resource in (resources or {}).items():
        whole = _read_withheld(resource.get("sharing"))
        fields = resource.get("fields") or {}
        found[name] = {field: _read_withheld(told["sharing"]) if "sharing" in told else whole for field, told in fields.items()}
    return found


def _read_withheld(sharing: Mapping[str, str] | None) -> str:
    return sharing.get("ground", "") if sharing is not None and sharing.get("type") == "not_shared" else ""


def check_service(
    folder: Path, *, resources: Fields | None = None, registers: Registers = MappingProxyType({}), mutate: bool = False
) -> list[Finding]:
    """Every mistake of a package, with file and line. `resources`: what the city's catalogue knows, if that is to be checked, and
    `registers`: its base registers."""
    strays = [Finding(f"{shown(folder, name)}:1", "this file is not read; move it out") for name in _strays(folder)]
    package, findings = read_package(folder)
    if package is None:
        return [*findings, *strays]
    reader = Reader(strays)
    if resources is not None:
        _check_sources(reader, package, resources, registers)
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


def _check_sources(reader: Reader, package: ServicePackage, resources: Fields, registers: Registers) -> None:
    for spec in package.definition.sourced:
        register = registers.get(spec.resource or "")
        if register is None and (spec.resource or "").startswith(PREFIX):
            reader.note(package.places[spec.name], f"{spec.name}: the city has no base register {spec.resource}")
            continue
        found = _mistakes_of_base(spec, register) if register is not None else []
        asked = [source for each in spec.scope for source in (register.list_asked(each) if register is not None else (each,))]
        for message in (*found, *(message for source in asked for message in _mistakes_of_source(source, resources))):
            reader.note(package.places[spec.name], f"{spec.name}: {message}")


def _mistakes_of_source(source: str, resources: Fields) -> Iterator[str]:
    resource, _, name = source.partition(".")
    if resource not in resources:
        yield f"no agency has a resource {resource}"
    elif name not in resources[resource]:
        yield f"{resource} has no field {name}"
    elif resources[resource][name]:
        yield f"{source} is not shared ({resources[resource][name]}): there is no lawful ground to ask for it"


def _mistakes_of_base(spec: FactSpec, register: Register) -> Iterator[str]:
    """What is asked of a base register fits it: the field, its type, and how private it is – else no separate consent would be asked."""
    if bool(spec.records) is not register.has_many:
        yield f"{register.id} is {'a list of records' if register.has_many else 'one record of a person: name register.field'}"
        return
    types = {field.name: str(field.type) for field in spec.records} or {spec.source.partition(".")[2]: str(spec.type)}
    for name, told in types.items():
        field = register.fields.get(name)
        if field is None:
            near = difflib.get_close_matches(name, list(register.fields), 3, cutoff=0)
            yield f"{register.id} has no field {name}; it has {', '.join(near)}"
            continue
        if field.type != told:
            yield f"{register.id}.{name} is a {field.type}, not a {told}"
        if STRICTNESS.index(spec.privacy) < STRICTNESS.index(field.privacy):
            yield f"{register.id}.{name} is {field.privacy}, not {spec.privacy}"


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
