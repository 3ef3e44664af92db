"""Reads a city's `exchange.yaml`: which agency keeps which resource, where, under which names, and which acts it takes records of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from miaopi.apps.exchange.adapters.port import Desk, Emptiness, Place
from miaopi.apps.exchange.adapters.values import READERS
from miaopi.kernel.errors import DefinitionError

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
NAMED: Final = re.compile(r"[a-z][a-z0-9_-]*")  # an agency
AT: Final[Mapping[str, re.Pattern[str]]] = {
    "sql": re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?"),
    "http": re.compile(r"(/[a-z0-9_-]+)+"),
    "file": NAME,
    "fake": NAME,
}
CODE: Final = re.compile(r"[A-Z]{2}-\d{3}")
READ_ONLY: Final = frozenset({"file"})  # a drop takes no records
MOST_SECONDS: Final = 30
MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Column:
    """What the source calls a field; its type in FEEL; what its NULL means; which values it may hold (none listed: any of the type).

    With a `test` (FEEL over the other fields, in the closed form of `adapters.filters`) the source holds no such column: it is asked
    whether the test holds, and answers with the truth alone.
    """

    name: str
    type: str = "string"
    null_is_absent: bool = False
    values: tuple[str, ...] = ()
    test: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One agency's rows of one resource. `has_many`: several rows of a person are a list and no contradiction; two with the same
    value of the field `told_apart_by` are one. `is_text`: all its values come as text."""

    place: Place
    columns: Mapping[str, Column]
    has_many: bool = False
    told_apart_by: str | None = None
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Agency:
    """How an agency is reached and how long an answer may take; its address and secrets stand elsewhere."""

    id: str
    kind: str
    limit: timedelta


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource and whoever keeps it; several sources must agree. `most_absences`: answers “there is none” about different
    persons in a row after which nobody believes them any more; 0: for this resource they are a normal day."""

    id: str
    sources: tuple[Source, ...]
    most_absences: int = 0

    @property
    def has_many(self) -> bool:
        """Whether its rows are one fact: a list of contexts."""
        return any(source.has_many for source in self.sources)


@dataclass(frozen=True, slots=True)
class Act:
    """An administrative act that is written into an agency's own register: by which services, with which fields and no other."""

    desk: Desk
    resource: str
    services: tuple[str, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Configuration:
    agencies: Mapping[str, Agency]
    resources: Mapping[str, Resource]
    acts: Mapping[str, Act]


def read_configuration(path: Path) -> Configuration:
    """Raises DefinitionError with file:line for anything that is missing, surplus or malformed."""
    try:
        return _read_text(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(path.name, f"cannot be read ({type(error).__name__})") from None


@lru_cache(maxsize=8)  # the parser keeps the place of every word, and takes a third of a second for a city
def _read_text(text: str, name: str) -> Configuration:
    try:
        document = YAML(typ="rt").load(text)
    except YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0)
        raise DefinitionError(f"{name}:{line + 1}", "is not YAML") from None
    reader = _Reader(name)
    top = reader.mapping(document, document, "agencies resources", "acts")
    agencies = {name: _agency(reader, top["agencies"], name) for name in reader.names(top, "agencies", NAMED)}
    resources = {name: _resource(reader, top["resources"], name, agencies) for name in reader.names(top, "resources")}
    acts = {code: _act(reader, top["acts"], code, agencies) for code in (reader.names(top, "acts", CODE) if "acts" in top else ())}
    return Configuration(agencies, resources, acts)


def _agency(reader: _Reader, parent: Any, name: str) -> Agency:
    node = reader.mapping(parent, parent[name], "kind seconds", at=name)
    if node["kind"] not in AT:
        raise reader.error(node, "kind", f"is one of {', '.join(AT)}")
    seconds = node["seconds"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= MOST_SECONDS:
        raise reader.error(node, "seconds", f"is a number above 0 and at most {MOST_SECONDS}")
    return Agency(name, node["kind"], timedelta(seconds=float(seconds)))


def _resource(reader: _Reader, parent: Any, name: str, agencies: Mapping[str, Agency]) -> Resource:
    node = reader.mapping(parent, parent[name], "sources", "most_absences", at=name)
    most = node.get("most_absences", 0)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise reader.error(node, "most_absences", "is a whole number, 0 for none")
    if not isinstance(node["sources"], list) or not node["sources"]:
        raise reader.error(node, "sources", "lists at least one source")
    sources = tuple(_source(reader, node["sources"], index, name, agencies) for index in range(len(node["sources"])))
    return Resource(name, sources, most)


def _source(reader: _Reader, parent: Any, index: int, resource: str, agencies: Mapping[str, Agency]) -> Source:
    node = reader.mapping(parent, parent[index], "agency at key absent fields", "name rows told_apart_by most_days", at=index)
    agency = agencies.get(node["agency"])
    if agency is None:
        raise reader.error(node, "agency", "is not among the agencies above")
    if not isinstance(node["at"], str) or not AT[agency.kind].fullmatch(node["at"]):
        raise reader.error(node, "at", f"is no place of a source of kind {agency.kind}")
    if node["absent"] not in set(Emptiness):
        raise reader.error(node, "absent", f"is one of {', '.join(Emptiness)}")
    if node.get("rows", "one") not in {"one", "many"}:
        raise reader.error(node, "rows", "is one or many")
    days = node.get("most_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        raise reader.error(node, "most_days", f"is a whole number of days, at most {MOST_DAYS}")
    place = Place(
        resource=resource,
        agency=agency.id,
        name=reader.name(node, "name", node.get("name", resource)),
        at=node["at"],
        key=reader.name(node, "key", node["key"]),
        absent=Emptiness(node["absent"]),
        most_days=days,
    )
    columns = {name: _column(reader, node["fields"], name) for name in reader.names(node, "fields")}
    apart = node.get("told_apart_by")
    if apart is not None and (node.get("rows") != "many" or apart not in columns):
        raise reader.error(node, "told_apart_by", "is a field of a source with many rows")
    return Source(place, columns, has_many=node.get("rows") == "many", told_apart_by=apart, is_text=agency.kind == "file")


def _act(reader: _Reader, parent: Any, code: str, agencies: Mapping[str, Agency]) -> Act:
    node = reader.mapping(parent, parent[code], "agency at resource services fields", at=code)
    agency = agencies.get(node["agency"])
    if agency is None or agency.kind in READ_ONLY:
        raise reader.error(node, "agency", "is none of the agencies above that takes records")
    if not isinstance(node["at"], str) or not AT[agency.kind].fullmatch(node["at"]):
        raise reader.error(node, "at", f"is no place of an agency of kind {agency.kind}")
    services = node["services"]
    if not isinstance(services, list) or not services or not all(isinstance(slug, str) for slug in services):
        raise reader.error(node, "services", "lists the services that may write it")
    columns = {name: reader.name(node["fields"], name, node["fields"][name]) for name in reader.names(node, "fields")}
    return Act(Desk(code, agency.id, node["at"]), reader.name(node, "resource", node["resource"]), tuple(map(str, services)), columns)


def _column(reader: _Reader, parent: Any, name: str) -> Column:
    if isinstance(parent[name], str):
        return Column(reader.name(parent, name, parent[name]))
    if isinstance(parent[name], dict) and "test" in parent[name]:
        node = reader.mapping(parent, parent[name], "test", at=name)
        if not isinstance(node["test"], str) or not node["test"]:
            raise reader.error(node, "test", "is a text in FEEL")
        return Column(reader.name(parent, name, name), "boolean", test=str(node["test"]))
    node = reader.mapping(parent, parent[name], "", "column type empty values", at=name)
    if node.get("empty", "unproven") not in {"absent", "unproven"}:
        raise reader.error(node, "empty", "is absent or unproven")
    if node.get("type", "string") not in READERS:
        raise reader.error(node, "type", f"is one of {', '.join(READERS)}")
    values = node.get("values", [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise reader.error(node, "values", "lists texts")
    column = reader.name(node, "column", node.get("column", name))
    return Column(column, str(node.get("type", "string")), null_is_absent=node.get("empty") == "absent", values=tuple(map(str, values)))


class _Reader:
    """Looks at a tree of ruamel.yaml, whose nodes remember their lines."""

    def __init__(self, file: str) -> None:
        self._file = file

    def error(self, node: Any, at: object, message: str) -> DefinitionError:
        is_list = isinstance(node, list)
        try:
            line = node.lc.item(at)[0] if is_list else node.lc.key(at)[0]
        except (AttributeError, KeyError, TypeError):
            line = getattr(getattr(node, "lc", None), "line", 0) or 0
        return DefinitionError(f"{self._file}:{line + 1}", f"{at} {message}")

    def mapping(self, parent: Any, node: Any, needed: str, optional: str = "", *, at: object = "") -> Any:
        """The node, sure to be a mapping that holds every needed name and no other than the optional ones."""
        if not isinstance(node, dict):
            raise self.error(parent, at, "is a mapping of names")
        for name in needed.split():
            if name not in node:
                raise self.error(parent if at != "" else node, at, f"has no “{name}”")
        for name in node:
            if name not in {*needed.split(), *optional.split()}:
                raise self.error(node, name, "is not a name of this place")
        return node

    def names(self, parent: Any, at: str, form: re.Pattern[str] = NAME) -> list[str]:
        node = parent[at]
        if not isinstance(node, dict) or not node:
            raise self.error(parent, at, "is a mapping of names")
        return [self.name(node, name, name, form) for name in node]

    def name(self, parent: Any, at: object, value: object, form: re.Pattern[str] = NAME) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise self.error(parent, at, f"is no name ({form.pattern})")
        return value
