"""`cases.yaml`: worked cases whose expectations were typed from the law, and what they show of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from miaopi.definitions.package import CASES_FILE, ServicePackage, shown
from miaopi.definitions.positions import Placed, plain, read_yaml
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Outcome, read_facts, read_overrides
from miaopi.kernel.errors import InputError
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.frozen import frozen

EXPECTED = ("reason", "values", "typed", "would_change", "missing", "waiting_for", "not_asked")


@frozen
class Expectation:
    """What the law says of a case. `reason` is the code of its one reason, empty for an approval; `None` = not stated."""

    outcome: Outcome
    reason: str
    values: Mapping[str, object]
    lists: Mapping[str, tuple[str, ...]]
    not_asked: tuple[str, ...]


@frozen
class WorkedCase:
    """One case. `ref` names the row of the reference it carries out; `source_rows` are the rows of an agency that computes
    the answer itself, so that the case can be put to that agency too."""

    name: str
    ref: str
    on: date
    facts: Mapping[FactName, Fact]
    settings: Mapping[str, object]
    overrides: Mapping[str, object]
    expect: Expectation
    source_rows: Mapping[str, object]
    where: str


def read_cases(reader: Reader, package: ServicePackage) -> list[WorkedCase]:
    """The cases of a package; mistakes are noted."""
    name = shown(package.path, CASES_FILE)
    root = reader.made(f"{name}:1", lambda: read_yaml(package.path / CASES_FILE, name))
    if root is None:
        return []
    sections = reader.entries(root, ("settings", "baseline", "cases"))
    settings = {}
    for setting, placed in reader.mapping(sections.get("settings", Placed({}, root.where))).items():
        if setting not in package.definition.settings:
            reader.note(placed.where, f"no rule reads the setting {setting}")
            continue
        settings[setting] = reader.value(placed, package.definition.settings[setting])
    baseline = reader.mapping(sections.get("baseline", Placed({}, root.where)))
    read = [_read_case(reader, package, placed, baseline, settings) for placed in reader.items(sections.get("cases"))]
    found = [case for case in read if case is not None]
    names = [case.name for case in found]
    for case in found:
        if names.count(case.name) > 1:
            reader.note(case.where, f"another case is named {case.name} too")
    return found


def _read_case(
    reader: Reader,
    package: ServicePackage,
    placed: Placed,
    baseline: Mapping[str, Placed],
    settings: Mapping[str, object],
) -> WorkedCase | None:
    entries = reader.entries(placed, ("name", "on", "expect"), ("ref", "facts", "left_out", "set", "source_rows"))
    own = reader.mapping(entries["facts"]) if "facts" in entries else {}
    left_out = {reader.string(one) for one in reader.items(entries.get("left_out"))}
    facts: dict[FactName, Fact] = {}
    for name, at in ({**baseline, **own}).items():
        if name in left_out:
            continue
        try:
            facts |= read_facts(package.definition, {name: _raw(at)})
        except InputError as error:
            reader.note(at.where, error.text.en)
    overrides: Mapping[str, object] = {}
    if "set" in entries:
        texts = {name: reader.string(at) for name, at in reader.mapping(entries["set"]).items()}
        try:
            overrides = read_overrides(package.definition, texts)
        except InputError as error:
            reader.note(entries["set"].where, error.text.en)
    day = reader.day(entries.get("on"))
    if day is None or "expect" not in entries:
        return None
    rows = plain(entries["source_rows"]) if "source_rows" in entries else {}
    return WorkedCase(
        name=reader.string(entries.get("name")),
        ref=reader.string(entries.get("ref")),
        on=day,
        facts=MappingProxyType(facts),
        settings=settings,
        overrides=overrides,
        expect=_read_expectation(reader, entries["expect"]),
        source_rows=rows if isinstance(rows, Mapping) else {},
        where=placed.where,
    )


def _raw(placed: Placed) -> object:
    """A fact as JSON would hold it; a date or a quoted word stays text."""
    return plain(placed)


def _read_expectation(reader: Reader, placed: Placed) -> Expectation:
    entries = reader.entries(placed, ("outcome",), EXPECTED)
    values = plain(entries["values"]) if "values" in entries else {}
    lists = {
        name: tuple(reader.string(one) for one in reader.items(entries[name]))
        for name in ("typed", "would_change", "missing", "waiting_for")
        if name in entries
    }
    return Expectation(
        outcome=reader.word(entries.get("outcome"), Outcome, Outcome.REFER),
        reason=reader.string(entries.get("reason")),
        values=MappingProxyType(values if isinstance(values, dict) else {}),
        lists=MappingProxyType(lists),
        not_asked=tuple(reader.string(one) for one in reader.items(entries.get("not_asked"))),
    )
