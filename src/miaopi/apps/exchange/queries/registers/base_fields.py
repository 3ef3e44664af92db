"""What stands behind a fact that a service takes from a base register: the fields of agencies that are asked for it.

Consents, grants and entries name those; the register's own name opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from miaopi.definitions.registers import FILE, PREFIX, BaseField, Register, Rule, read_registers
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.fact import Absent, Disputed, Fact, Known


def list_registers() -> Mapping[str, Register]:
    """The base registers of this city, by id, as they are written. Raises DefinitionError."""
    return read_registers(_find_file(settings.MIAOPI_CITY.folder))


@lru_cache(maxsize=8)
def _find_file(folder: Path | str) -> Path:
    """Each pull asks, and paths are slow to join."""
    return Path(folder) / FILE


def find_base_field(source: str) -> tuple[Register, BaseField] | None:
    """The field of a base register by its name, `base_population.birth_date`; `None` for what is no such field."""
    id, _, name = source.partition(".")
    register = list_registers().get(id) if id.startswith(PREFIX) else None  # most are none: a decision asks of each of its facts
    return None if register is None or name not in register.fields else (register, register.fields[name])


def find_base_name(spec: FactSpec) -> str:
    """The source of a fact that comes from a base register; empty for any other."""
    return spec.source if any(find_base_field(source) for source in spec.scope) else ""


def list_asked(source: str) -> tuple[str, ...]:
    """The `resource.field` that are asked for one; itself, unless it is a field of a base register."""
    found = find_base_field(source)
    return (source,) if found is None else found[1].asked


def list_scope(specs: Iterable[FactSpec]) -> tuple[str, ...]:
    """What agencies are asked for these facts, as `resource.field`: what a consent names and grants cover."""
    return tuple(dict.fromkeys(name for spec in specs for source in spec.scope for name in list_asked(source)))


def list_pulled(definition: Definition) -> Mapping[str, tuple[str, ...]]:
    """All that a service may ever ask of agencies: resource → fields, in the order of the package."""
    asks: dict[str, tuple[str, ...]] = {}
    for source in list_scope(definition.sourced):
        resource, _, name = source.partition(".")
        asks[resource] = (*asks.get(resource, ()), name)
    return asks


def find_said(spec: FactSpec, fact: Fact) -> str:
    """The `resource.field` that gave the fact; where it does not say, the first that is asked for it. A list stands under its resource."""
    asked = list_scope([spec])
    told = fact.contested if isinstance(fact, Disputed) else fact
    found = next((name for name in asked if name.partition(".")[0] == told.source), next(iter(asked), spec.source))
    return found.partition(".")[0] if spec.records else found


def list_records(spec: FactSpec, fact: Fact) -> frozenset[str]:
    """The resources whose records such a fact rests on: by precedence those up to the one that gave it – all, where all say that there
    is none –, else every source of the field, for a change at any of them may change what they say together."""
    told = fact.contested if isinstance(fact, Disputed) else fact
    used: set[str] = set()
    for source in spec.scope:
        found = find_base_field(source)
        names = [name.partition(".")[0] for name in ((source,) if found is None else found[1].asked)]
        if found is None:
            used |= {name for name in names if name == told.source}
        elif found[1].rule is Rule.FIRST and isinstance(told, Known) and told.source in names:
            used |= set(names[: names.index(told.source) + 1])
        elif told.source in names or isinstance(told, Absent):
            used |= set(names)
    return frozenset(used)
