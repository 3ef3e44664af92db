"""Reads `cities/<city>/catalogue.yaml`: agencies, resources and fields, every mistake with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from miaopi.apps.catalogue.models import Agency, Field, Resource, Sharing
from miaopi.definitions.positions import Placed, read_yaml
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """What the file says, as rows that are not saved yet; `digest` is the SHA-256 of its bytes, in hex."""

    digest: str
    agencies: tuple[Agency, ...]
    resources: tuple[Resource, ...]
    fields: tuple[Field, ...]


def read_catalogue(path: Path) -> CatalogueFile:
    """The catalogue of a city. Raises DefinitionError for its first mistake, with file:line."""
    reader = Reader()
    root = reader.entries(read_yaml(path, str(path)), ("agencies", "resources"))
    agencies = tuple(_agency(reader, name, placed) for name, placed in _named(reader, root.get("agencies")))
    known = {agency.id for agency in agencies}
    resources: list[Resource] = []
    fields: list[Field] = []
    for name, placed in _named(reader, root.get("resources")):
        entries = reader.entries(placed, ("agency", "name", "sharing", "connected", "fields"), ("code",))
        resource = _resource(reader, name, entries.get, known)
        resources.append(resource)
        fields.extend(_field(reader, resource, field, entry) for field, entry in _named(reader, entries.get("fields")))
    if reader.findings:
        raise DefinitionError(reader.findings[0].where, reader.findings[0].message)
    return CatalogueFile(hashlib.sha256(path.read_bytes()).hexdigest(), agencies, tuple(resources), tuple(fields))


def _named(reader: Reader, placed: Placed | None) -> Collection[tuple[str, Placed]]:
    return () if placed is None else reader.mapping(placed).items()


def _agency(reader: Reader, name: str, placed: Placed) -> Agency:
    label = reader.text(reader.entries(placed, ("name",)).get("name"))
    return Agency(id=name, name_zh=label.zh, name_en=label.en)


def _resource(reader: Reader, name: str, entry: Callable[[str], Placed | None], agencies: Collection[str]) -> Resource:
    label, agency, sharing = reader.text(entry("name")), entry("agency"), entry("sharing")
    if agency is not None and reader.string(agency) not in agencies:
        reader.note(agency.where, f"{agency.value} is not among the agencies of this file")
    how = {} if sharing is None else reader.entries(sharing, ("method", "type", "update_frequency"), ("ground",))
    sharing_type, ground = _sharing(reader, how)
    return Resource(
        id=name, code=reader.string(entry("code")) or None, agency_id=reader.string(agency), name_zh=label.zh, name_en=label.en,
        sharing_method=reader.string(how.get("method")), update_frequency=reader.string(how.get("update_frequency")),
        sharing_type=sharing_type, legal_ground=ground, is_connected=reader.truth(entry("connected")),
    )


def _field(reader: Reader, resource: Resource, name: str, placed: Placed) -> Field:
    entries = reader.entries(placed, ("zh", "en", "privacy"), ("sharing",))
    sharing_type, ground = resource.sharing_type, resource.legal_ground
    if (own := entries.get("sharing")) is not None:
        sharing_type, ground = _sharing(reader, reader.entries(own, ("type",), ("ground",)))
    return Field(
        id=f"{resource.id}.{name}", resource_id=resource.id, name=name, name_zh=reader.string(entries.get("zh")),
        name_en=reader.string(entries.get("en")), privacy=reader.word(entries.get("privacy"), Privacy, Privacy.SENSITIVE).value,
        sharing_type=sharing_type, legal_ground=ground,
    )


def _sharing(reader: Reader, entries: Mapping[str, Placed]) -> tuple[str, str]:
    """How it is shared and on which ground; what is not shared must name its ground (国发〔2016〕51号)."""
    said = entries.get("type")
    sharing_type, ground = reader.word(said, Sharing, Sharing.NOT_SHARED), reader.string(entries.get("ground"))
    if said is not None and sharing_type is Sharing.NOT_SHARED and not ground:
        reader.note(said.where, "what is not shared names its legal ground")
    return sharing_type.value, ground
