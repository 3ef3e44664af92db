"""From an agency's column to a base field, to the facts and conditions of services: names and places, never a value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from miaopi.apps.catalogue.api import Resource, find_field_element, get_resources, get_service, list_published
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.adapters.registers.checking import check_register
from miaopi.apps.exchange.queries.registers.base_fields import list_asked
from miaopi.definitions import ServicePackage
from miaopi.definitions.registers import BaseField, Register
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Column:
    """Where one value stands: the agency, its view, path or file, the column. `at` is empty where nobody is connected; of a predicate
    the column is its test, and a room of this house has neither. `element`: the standard data element that it is, if any."""

    source: str
    label: Text
    element: Text | None
    agency: str
    agency_name: Text
    kind: str
    at: str
    column: str

    @property
    def is_connected(self) -> bool:
        return bool(self.kind)

    def to_json(self) -> dict[str, object]:
        return {
            "agency": self.agency, "agency_name": self.agency_name.to_json(), "kind": self.kind, "at": self.at, "column": self.column,
            "source": self.source, "label": self.label.to_json(), "element": self.element and self.element.to_json(),
            "connected": self.is_connected,
        }


@frozen
class Use:
    """A fact of a service in force that comes from a source, and the conditions that read it, directly or through derived values."""

    service: str
    name: Text
    version: str
    fact: str
    source: str
    conditions: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "service": self.service, "name": self.name.to_json(), "version": self.version, "fact": self.fact, "source": self.source,
            "conditions": list(self.conditions),
        }


@frozen
class Lineage:
    """One base field with all that feeds it, in the order of its sources, and all that it feeds."""

    register: Register
    field: BaseField
    columns: tuple[Column, ...]
    uses: tuple[Use, ...]

    @property
    def name(self) -> str:
        return f"{self.register.id}.{self.field.name}"

    def to_json(self) -> dict[str, object]:
        return {
            "field": self.name, "label": self.field.label.to_json(), "rule": str(self.field.rule),
            "columns": [each.to_json() for each in self.columns], "uses": [each.to_json() for each in self.uses],
        }


def list_lineage(register: Register, now: datetime, *, field: str | None = None) -> Sequence[Lineage]:
    """The lineage of each field, or of one. Raises DefinitionError."""
    check_register(register)
    fields = [each for each in register.fields.values() if field in (None, each.name)]
    packages = [get_service(each.slug, each.version) for each in list_published(now)]
    columns = {each.name: list_columns(each.asked) for each in fields}
    return [
        Lineage(register, each, tuple(columns[each.name]), tuple(_uses(packages, {f"{register.id}.{each.name}", *each.asked}, now)))
        for each in fields
    ]


def list_columns(sources: Iterable[str]) -> Sequence[Column]:
    """Where each `resource.field` stands, one for each agency that keeps it; a base field stands where its sources do."""
    asked = [name for source in sources for name in list_asked(source)]
    catalogued = get_resources({name.partition(".")[0] for name in asked})
    return [column for name in asked for column in _columns(name, catalogued)]


def _columns(source: str, catalogued: Mapping[str, Resource]) -> Iterator[Column]:
    resource, _, name = source.partition(".")
    known, configuration = catalogued.get(resource), city_directory().configuration
    names = {} if known is None else {known.agency.id: known.agency.name}
    field = None if known is None else known.fields.get(name)
    label = field.label if field is not None else Text(zh=name, en=name)
    element = None if field is None else find_field_element(name=name, label=label.zh, type=field.type)
    keeper = known.agency.id if known is not None else ""
    if is_registered(resource) or resource not in configuration.resources:
        kind = "room" if is_registered(resource) else ""
        yield Column(source, label, element, keeper, names.get(keeper, Text(zh=keeper, en=keeper)), kind, "", "")
        return
    for each in configuration.resources[resource].sources:
        if name in each.columns:
            agency, column = each.place.agency, each.columns[name]
            told = names.get(agency, Text(zh=agency, en=agency))
            kind = configuration.agencies[agency].kind
            yield Column(source, label, element, agency, told, kind, each.place.at, column.test or column.name)


def _uses(packages: Iterable[ServicePackage], sources: Collection[str], now: datetime) -> Iterator[Use]:
    today = compute_legal_day(now)
    for package in packages:
        definition = package.definition
        for spec in definition.sourced:
            for source in spec.scope:
                if source in sources:
                    read = tuple(each.id for each in definition.conditions_on(today) if spec.name in definition.reads(each.holds))
                    yield Use(package.slug, package.name, definition.version, spec.name, source, read)
