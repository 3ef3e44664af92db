"""Reads `cities/<city>/catalogue.yaml`: agencies, resources and fields, every mistake with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from miaopi.apps.catalogue.models import GROUND, Mode, Openness, Sharing
from miaopi.apps.catalogue.queries.rows import AgencyRow, FieldRow, ResourceRow
from miaopi.definitions.positions import Placed, parse_yaml, read_source
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen

NATIONAL: Final = ("code", "class_code", "mode", "abstract", "published_on", "related_codes", "steward")
ON_A_GROUND: Final = "按事项授权，并经本人同意或依法定职责"  # what the exchange asks for before every pull (ADR 0008, 0016)


@frozen
class CatalogueFile:
    """What the file says, as rows that are not saved yet; `digest` is the SHA-256 of its bytes, in hex."""

    digest: str
    agencies: tuple[AgencyRow, ...]
    resources: tuple[ResourceRow, ...]
    fields: tuple[FieldRow, ...]


def read_catalogue(path: Path) -> CatalogueFile:
    """The catalogue of a city. Raises DefinitionError for its first mistake, with file:line."""
    return _read_text(read_source(path, str(path)), str(path))


@lru_cache(maxsize=4)  # a city describes hundreds of resources, and whoever seeds again reads the same text
def _read_text(text: str, shown: str) -> CatalogueFile:
    reader = Reader()
    root = reader.entries(parse_yaml(text, shown), ("agencies", "resources"))
    agencies = tuple(_agency(reader, name, placed) for name, placed in _named(reader, root.get("agencies")))
    known = {agency.id for agency in agencies}
    resources: list[ResourceRow] = []
    fields: list[FieldRow] = []
    for name, placed in _named(reader, root.get("resources")):
        entries = reader.entries(placed, ("agency", "name", "sharing", "connected", "fields"), NATIONAL)
        resource = _resource(reader, name, entries.get, known)
        resources.append(resource)
        named = enumerate(_named(reader, entries.get("fields")), 1)
        fields.extend(_field(reader, resource, position, field, entry) for position, (field, entry) in named)
    if reader.findings:
        raise DefinitionError(reader.findings[0].where, reader.findings[0].message)
    return CatalogueFile(hashlib.sha256(text.encode()).hexdigest(), agencies, tuple(resources), tuple(fields))


def _named(reader: Reader, placed: Placed | None) -> Collection[tuple[str, Placed]]:
    return () if placed is None else reader.mapping(placed).items()


def _agency(reader: Reader, name: str, placed: Placed) -> AgencyRow:
    entries = reader.entries(placed, ("name",), ("code",))
    label = reader.text(entries.get("name"))
    return AgencyRow(id=name, name_zh=label.zh, name_en=label.en, code=reader.string(entries.get("code")) or None)


def _resource(reader: Reader, name: str, entry: Callable[[str], Placed | None], agencies: Collection[str]) -> ResourceRow:
    label, agency, sharing = reader.text(entry("name")), entry("agency"), entry("sharing")
    if agency is not None and reader.string(agency) not in agencies:
        reader.note(agency.where, f"{agency.value} is not among the agencies of this file")
    how = {} if sharing is None else reader.entries(sharing, ("method", "type", "update_frequency"), ("ground", "condition"))
    sharing_type, ground = _sharing(reader, how)
    condition = reader.string(how.get("condition"))
    mode = entry("mode")
    return ResourceRow(
        id=name, code=reader.string(entry("code")) or None, class_code=reader.string(entry("class_code")) or None,
        agency_id=reader.string(agency), name_zh=label.zh, name_en=label.en, sharing_method=reader.string(how.get("method")),
        update_frequency=reader.string(how.get("update_frequency")), sharing_type=sharing_type,
        sharing_condition=condition or (ON_A_GROUND if sharing_type == Sharing.CONDITIONAL else ""), legal_ground=ground,
        openness=Openness.CLOSED.value, open_condition="", mode=reader.word(mode, Mode, Mode.INTERFACE).value if mode else "",
        abstract=reader.string(entry("abstract")), published_on=reader.day(entry("published_on")),
        related_codes=reader.string(entry("related_codes")), steward=reader.string(entry("steward")),
        is_connected=reader.truth(entry("connected")),
    )  # fmt: skip


def _field(reader: Reader, resource: ResourceRow, position: int, name: str, placed: Placed) -> FieldRow:
    entries = reader.entries(placed, ("zh", "en", "privacy"), ("sharing", "type", "length"))
    sharing_type, ground = resource.sharing_type, resource.legal_ground
    if (own := entries.get("sharing")) is not None:
        sharing_type, ground = _sharing(reader, reader.entries(own, ("type",), ("ground",)))
    return FieldRow(
        id=f"{resource.id}.{name}", resource_id=resource.id, name=name, name_zh=reader.string(entries.get("zh")),
        name_en=reader.string(entries.get("en")), privacy=reader.word(entries.get("privacy"), Privacy, Privacy.SENSITIVE).value,
        sharing_type=sharing_type, legal_ground=ground, position=position, type=reader.string(entries.get("type")),
        length=reader.string(entries.get("length")),
    )  # fmt: skip


def _sharing(reader: Reader, entries: Mapping[str, Placed]) -> tuple[str, str]:
    """How it is shared and on which ground; what is not shared must name its ground (国发〔2016〕51号)."""
    said = entries.get("type")
    sharing_type, ground = reader.word(said, Sharing, Sharing.NOT_SHARED), reader.string(entries.get("ground"))
    if said is not None and sharing_type is Sharing.NOT_SHARED and not re.search(GROUND, ground):
        reader.note(said.where, "what is not shared names its legal ground")
    return sharing_type.value, ground
