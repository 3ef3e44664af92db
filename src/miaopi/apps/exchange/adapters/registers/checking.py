"""Holds a base register against the catalogue and the configuration of the exchange: what it names must be there, shared, and alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from miaopi.apps.catalogue.api import Resource, Sharing, get_resources, list_agencies
from miaopi.apps.exchange.adapters.configuration import Configuration
from miaopi.apps.exchange.adapters.directory import city_directory
from miaopi.apps.exchange.adapters.registered import is_registered
from miaopi.apps.exchange.queries.registers.base_fields import list_registers
from miaopi.definitions.registers import BaseField, Register, Suspicion
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.wording import Text

STRICTNESS: Final = tuple(Privacy)
NATIONAL: Final[Mapping[str, str]] = {
    "C": "string", "M": "string", "G": "string", "D": "date", "T": "date and time", "L": "boolean",
    **dict.fromkeys("NYBIF", "number"),
}  # fmt: skip


def get_register(register: str) -> Register:
    """One register, held against what the city has now. Raises NotFound, DefinitionError."""
    found = list_registers().get(register)
    if found is None:
        raise NotFound(Text(zh=f"没有基础库“{register}”。", en=f"There is no base register {register!r}."))
    check_register(found)
    return found


def check_register(register: Register) -> None:
    """Raises DefinitionError for the first thing that the city does not have, or has otherwise."""
    named = {*register.resources, register.everybody, *(each.resource for each in register.suspicions.values())}
    check = _Check(register, city_directory().configuration, get_resources({register.id, *named}))
    for where, message in check.find_mistakes():
        raise DefinitionError(where, message)


class _Check:
    """One register beside the resources that it names."""

    def __init__(self, register: Register, configuration: Configuration, catalogued: Mapping[str, Resource]) -> None:
        self.register, self.configuration, self.catalogued = register, configuration, catalogued

    def find_mistakes(self) -> Iterator[tuple[str, str]]:
        register = self.register
        if register.id in self.catalogued or register.id in self.configuration.resources or is_registered(register.id):
            yield register.where, f"{register.id} is a resource with a source of its own"
        if register.agency not in {agency.id for agency in list_agencies()}:
            yield register.where, f"the catalogue has no agency {register.agency}"
        if register.everybody not in self.catalogued:
            yield register.where, f"everybody: the catalogue has no resource {register.everybody}"
        for field in register.fields.values():
            yield from self._mistakes_of_field(field)
        for suspicion in register.suspicions.values():
            yield from self._mistakes_of_suspicion(suspicion)

    def _mistakes_of_field(self, field: BaseField) -> Iterator[tuple[str, str]]:
        for source in field.sources:
            for name in source.asked:
                yield from ((source.where, message) for message in self._mistakes_of_source(name))
            resource, _, name = source.name.partition(".")
            if (found := self._type(resource, name)) not in ("", field.type):
                yield source.where, f"{source.name} is {found}, and {field.name} is {field.type}: sources of one field are of one type"
            if source.day and self._type(*source.day.split(".")) not in ("", "date"):
                yield source.where, f"{source.day} is no date: the latest is told by a day"
            known = self.catalogued.get(resource)
            if known is not None and name in known.fields and _is_stricter(known.fields[name].privacy, field.privacy):
                yield field.where, f"{field.name} is {field.privacy}, and its source {source.name} is {known.fields[name].privacy}"

    def _mistakes_of_source(self, source: str) -> Iterator[str]:
        resource, _, name = source.partition(".")
        known, configured = self.catalogued.get(resource), self.configuration.resources.get(resource)
        if known is None:
            yield f"the catalogue has no resource {resource}"
        elif name not in known.fields:
            yield f"{resource} has no field {name} in the catalogue"
        elif known.fields[name].sharing_type is Sharing.NOT_SHARED:
            yield f"{source} is not shared ({known.fields[name].legal_ground}): no base field may hold it"
        elif configured is not None and configured.has_many is not self.register.has_many:
            yield f"{resource} has {'many rows' if configured.has_many else 'one row'} of a person, and {self.register.id} says otherwise"
        elif configured is not None and not any(name in each.columns for each in configured.sources):
            yield f"{resource} is connected, and none of its sources has the field {name}"

    def _mistakes_of_suspicion(self, suspicion: Suspicion) -> Iterator[tuple[str, str]]:
        known = self.catalogued.get(suspicion.resource)
        if known is None:
            yield suspicion.where, f"the catalogue has no resource {suspicion.resource}"
            return
        if known.agency.id != self.register.agency:
            yield suspicion.where, f"{suspicion.resource} is not kept by {self.register.agency}, whose stewards would see the pairs"
        for name in (*suspicion.same, *suspicion.also):
            yield from ((suspicion.where, message) for message in self._mistakes_of_source(f"{suspicion.resource}.{name}"))

    def _type(self, resource: str, name: str) -> str:
        """In FEEL, as the source says it, else as the catalogue does; empty where nobody does."""
        configured = self.configuration.resources.get(resource)
        columns = [each.columns[name].type for each in configured.sources if name in each.columns] if configured is not None else []
        known = self.catalogued.get(resource)
        told = known.fields[name].type if known is not None and name in known.fields else ""
        return columns[0] if columns else NATIONAL.get(told, "")


def _is_stricter(privacy: Privacy, than: Privacy) -> bool:
    return STRICTNESS.index(privacy) > STRICTNESS.index(than)
