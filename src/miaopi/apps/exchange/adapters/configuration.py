"""Reads a city's `exchange.yaml`: which agency keeps which resource, where, under which names, and which acts it takes records of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from miaopi.apps.exchange.adapters.port import Desk, Emptiness, Place
from miaopi.apps.exchange.adapters.values import READERS
from miaopi.definitions.positions import Placed, parse_yaml, plain
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
DECIMAL: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
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


@lru_cache(maxsize=8)  # each pull asks for it
def _read_text(text: str, name: str) -> Configuration:
    top = _mapping(parse_yaml(text, name), "the file", "agencies resources", "acts")
    agencies = {name: _agency(name, placed) for name, placed in _named(top["agencies"], "agencies", NAMED)}
    resources = {name: _resource(name, placed, agencies) for name, placed in _named(top["resources"], "resources")}
    acts = {code: _act(code, placed, agencies) for code, placed in (_named(top["acts"], "acts", CODE) if "acts" in top else ())}
    return Configuration(agencies, resources, acts)


def _agency(name: str, placed: Placed) -> Agency:
    node = _mapping(placed, name, "kind seconds")
    kind = _word(node["kind"], "kind", AT)
    seconds = _seconds(node["seconds"])
    if not 0 < seconds <= MOST_SECONDS:
        raise _error(node["seconds"], "seconds", f"is a number above 0 and at most {MOST_SECONDS}")
    return Agency(name, kind, timedelta(seconds=seconds))


def _resource(name: str, placed: Placed, agencies: Mapping[str, Agency]) -> Resource:
    node = _mapping(placed, name, "sources", "most_absences")
    most = _whole(node.get("most_absences"), 0)
    if most is None:
        raise _error(node["most_absences"], "most_absences", "is a whole number, 0 for none")
    sources = node["sources"].value
    if not isinstance(sources, list) or not sources:
        raise _error(node["sources"], "sources", "lists at least one source")
    return Resource(name, tuple(_source(source, name, agencies) for source in sources), most)


def _source(placed: Placed, resource: str, agencies: Mapping[str, Agency]) -> Source:
    node = _mapping(placed, "a source", "agency at key absent fields", "name rows told_apart_by most_days")
    agency = agencies.get(str(node["agency"].value))
    if agency is None:
        raise _error(node["agency"], "agency", "is not among the agencies above")
    rows = _word(node["rows"], "rows", ("one", "many")) if "rows" in node else "one"
    days = _whole(node.get("most_days"), 1)
    if days is None or days > MOST_DAYS:
        raise _error(node["most_days"], "most_days", f"is a whole number of days, at most {MOST_DAYS}")
    place = Place(
        resource=resource,
        agency=agency.id,
        name=_name(node["name"], "name") if "name" in node else resource,
        at=_at(node["at"], agency),
        key=_name(node["key"], "key"),
        absent=Emptiness(_word(node["absent"], "absent", tuple(Emptiness))),
        most_days=days,
    )
    columns = {name: _column(name, field) for name, field in _named(node["fields"], "fields")}
    apart = node.get("told_apart_by")
    if apart is not None and (rows != "many" or apart.value not in columns):
        raise _error(apart, "told_apart_by", "is a field of a source with many rows")
    told_apart_by = None if apart is None else str(apart.value)
    return Source(place, columns, has_many=rows == "many", told_apart_by=told_apart_by, is_text=agency.kind == "file")


def _act(code: str, placed: Placed, agencies: Mapping[str, Agency]) -> Act:
    node = _mapping(placed, code, "agency at resource services fields")
    agency = agencies.get(str(node["agency"].value))
    if agency is None or agency.kind in READ_ONLY:
        raise _error(node["agency"], "agency", "is none of the agencies above that takes records")
    at = _at(node["at"], agency)
    services = _texts(node["services"])
    if not services:
        raise _error(node["services"], "services", "lists the services that may write it")
    columns = {name: _name(field, name) for name, field in _named(node["fields"], "fields")}
    return Act(Desk(code, agency.id, at), _name(node["resource"], "resource"), services, columns)


def _column(name: str, placed: Placed) -> Column:
    if isinstance(placed.value, str):
        return Column(_name(placed, name))
    if isinstance(placed.value, Mapping) and "test" in placed.value:
        test = _mapping(placed, name, "test")["test"].value
        if not isinstance(test, str) or not test:
            raise _error(placed, "test", "is a text in FEEL")
        return Column(name, "boolean", test=test)
    node = _mapping(placed, name, "", "column type empty values")
    empty = _word(node["empty"], "empty", ("absent", "unproven")) if "empty" in node else "unproven"
    type = _word(node["type"], "type", READERS) if "type" in node else "string"
    values = _texts(node["values"]) if "values" in node else ()
    if values is None:
        raise _error(node["values"], "values", "lists texts")
    column = _name(node["column"], "column") if "column" in node else name
    return Column(column, type, null_is_absent=empty == "absent", values=values)


def _error(placed: Placed, at: str, message: str) -> DefinitionError:
    return DefinitionError(placed.where, f"{at} {message}")


def _mapping(placed: Placed, at: str, needed: str, optional: str = "") -> Mapping[str, Placed]:
    """The entries, sure to have every needed name and no other than the optional ones."""
    node = placed.value
    if not isinstance(node, Mapping):
        raise _error(placed, at, "is a mapping of names")
    for name in needed.split():
        if name not in node:
            raise _error(placed, at, f"has no “{name}”")
    for name, entry in node.items():
        if name not in {*needed.split(), *optional.split()}:
            raise _error(entry, name, "is not a name of this place")
    return node


def _named(placed: Placed, at: str, form: re.Pattern[str] = NAME) -> Iterator[tuple[str, Placed]]:
    if not isinstance(placed.value, Mapping) or not placed.value:
        raise _error(placed, at, "is a mapping of names")
    for name, entry in placed.value.items():
        if not form.fullmatch(name):
            raise _error(entry, name, f"is no name ({form.pattern})")
        yield name, entry


def _name(placed: Placed, at: str) -> str:
    if not isinstance(placed.value, str) or not NAME.fullmatch(placed.value):
        raise _error(placed, at, f"is no name ({NAME.pattern})")
    return placed.value


def _word(placed: Placed, at: str, words: Collection[str]) -> str:
    if not isinstance(placed.value, str) or placed.value not in words:
        raise _error(placed, at, f"is one of {', '.join(words)}")
    return placed.value


def _at(placed: Placed, agency: Agency) -> str:
    if not isinstance(placed.value, str) or not AT[agency.kind].fullmatch(placed.value):
        raise _error(placed, "at", f"is no place of an agency of kind {agency.kind}")
    return placed.value


def _texts(placed: Placed) -> tuple[str, ...] | None:
    """The texts of a list; `None` where it is none, or holds anything else."""
    found = plain(placed)
    return tuple(map(str, found)) if isinstance(found, list) and all(isinstance(one, str) for one in found) else None


def _whole(placed: Placed | None, usual: int) -> int | None:
    """A whole number from 0; the usual one where none is said, `None` where something else is."""
    found = usual if placed is None else plain(placed)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _seconds(placed: Placed) -> float:
    """A number of seconds; 0 for what is none."""
    return float(placed.value) if placed.is_plain and isinstance(placed.value, str) and DECIMAL.fullmatch(placed.value) else 0.0
