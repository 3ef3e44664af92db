"""`facts.yaml`: what a service needs to know, who says it, on which ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from miaopi.definitions.positions import Placed
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import FactSpec, Privacy, RecordField
from miaopi.kernel.decision.definition import APPLICANT, DERIVED
from miaopi.kernel.expr import Expression, Type
from miaopi.kernel.expr.types import BOOLEAN, STRING
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

REQUIRED = ("type", "label", "privacy", "source", "ground")
OPTIONAL = ("changeable", "attainable", "volatile", "when", "default", "options", "form", "value", "told", "masked", "records")
GROUNDS = ("consent", "statutory_duty")
RECORDS = "list of records"
ALWAYS_MASKED = ("unified_identity.id_number", "unified_identity.mobile")  # whatever the package says
CODED = frozenset({
    "number", "boolean", "string", "date", "time", "date and time", "days and time duration", "years and months duration", "list",
})  # fmt: skip


@frozen
class FactsFile:
    """Specs by name; guards and derived values are compiled later, when every name is known."""

    specs: Mapping[str, FactSpec]
    guards: Mapping[str, Placed]
    values: Mapping[str, Placed]
    places: Mapping[str, str]


def read_facts_file(reader: Reader, root: Placed) -> FactsFile:
    specs: dict[str, FactSpec] = {}
    guards: dict[str, Placed] = {}
    values: dict[str, Placed] = {}
    places: dict[str, str] = {}
    for name, placed in reader.mapping(root).items():
        entries = reader.entries(placed, REQUIRED, OPTIONAL)
        specs[name] = _read_spec(reader, name, placed, entries)
        places[name] = placed.where
        if specs[name].records:
            places |= {place_of_field(name, field): at.where for field, at in reader.mapping(entries["records"]).items()}
        if "when" in entries:
            guards[name] = entries["when"]
        if "value" in entries:
            values[name] = entries["value"]
        if ("value" in entries) != (specs[name].source == DERIVED):
            reader.note(placed.where, f"{name}: a derived fact, and only one, has a value")
    return FactsFile(specs, guards, values, places)


def place_of_field(fact: str, field: str) -> str:
    """Under which name `places` says where a field of records stands."""
    return f"{fact}.records.{field}"


def with_guards(reader: Reader, file: FactsFile, names: Mapping[str, Type]) -> dict[str, FactSpec]:
    """The specs with their guards compiled."""
    guards: dict[str, Expression] = {name: reader.expression(at, names, BOOLEAN) for name, at in file.guards.items()}
    return {name: replace(spec, when=guards.get(name)) for name, spec in file.specs.items()}


def _read_spec(reader: Reader, name: str, placed: Placed, entries: Mapping[str, Placed]) -> FactSpec:
    source = reader.string(entries.get("source"))
    records = _read_records(reader, name, entries, source)
    kind = _list_of(records) if records else reader.type(entries.get("type"))
    if kind.name not in CODED:
        reader.note(placed.where, f"{name}: a fact is a {', '.join(sorted(CODED))}, not a {kind}")
    if source and source not in (APPLICANT, DERIVED) and source.count(".") != (0 if records else 1):
        reader.note(entries["source"].where, f"{name}: a source is resource.field, {APPLICANT} or {DERIVED}; of records, a resource")
    ground = reader.string(entries.get("ground"))
    if ground and ground not in GROUNDS:
        reader.note(entries["ground"].where, f"{name}: a ground is {' or '.join(GROUNDS)}")
    options: Mapping[str, Text] = {}
    if "options" in entries:
        options = {option: reader.text(at) for option, at in reader.mapping(entries["options"]).items()}
        if kind != STRING:
            reader.note(entries["options"].where, f"{name}: only a string has options")
    default = reader.value(entries["default"], kind) if "default" in entries else None
    if default is not None and source != APPLICANT:
        reader.note(entries["default"].where, f"{name}: only what the applicant says has a default")
    if default is not None and options and default not in options:
        reader.note(entries["default"].where, f"{name}: the default is none of the options")
    if "told" in entries and source in (APPLICANT, DERIVED):
        reader.note(entries["told"].where, f"{name}: only what a source is asked is told of in the consent")
    return FactSpec(
        name=name,
        type=kind,
        label=reader.text(entries.get("label")),
        privacy=reader.word(entries.get("privacy"), Privacy, Privacy.SENSITIVE),
        source=source,
        ground=ground,
        changeable=reader.truth(entries.get("changeable")),
        attainable=reader.truth(entries.get("attainable")),
        volatile=reader.truth(entries.get("volatile")),
        default=default,
        options=MappingProxyType(dict(options)),
        in_form=reader.truth(entries.get("form")),
        told=reader.text(entries["told"]) if "told" in entries else None,
        masked=reader.truth(entries.get("masked")) or source in ALWAYS_MASKED,
        records=records,
    )


def _read_records(reader: Reader, name: str, entries: Mapping[str, Placed], source: str) -> tuple[RecordField, ...]:
    """The fields of each record of a source that has many of a person; none where it has one."""
    is_list = reader.string(entries.get("type")) == RECORDS
    if ("records" in entries) != is_list:
        reader.note(entries["type"].where, f"{name}: {RECORDS}, and nothing else, has records with their fields")
    if not is_list or "records" not in entries:
        return ()
    found = []
    for field, placed in reader.mapping(entries["records"]).items():
        said = reader.entries(placed, ("type", "label"), ("options",))
        options = {option: reader.text(at) for option, at in reader.mapping(said["options"]).items()} if "options" in said else {}
        found.append(RecordField(field, reader.type(said.get("type")), reader.text(said.get("label")), MappingProxyType(options)))
    return tuple(found)


def _list_of(records: tuple[RecordField, ...]) -> Type:
    return Type("list", Type("context", entries=tuple((field.name, field.type) for field in records)))
