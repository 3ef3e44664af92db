"""Reads a city's `exchange.yaml`: which agency keeps which resource, where, under which names, and which acts it takes records of.

What stands in a folder `exchange` beside it, one file an agency, is read as if it stood there too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from miaopi.apps.exchange.adapters.port import Desk, Emptiness, Place
from miaopi.apps.exchange.adapters.values import READERS
from miaopi.definitions.positions import Placed, misplaced, parse_yaml, plain, read_entries
from miaopi.definitions.registers import NAME
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen

NAMED: Final = re.compile(r"[a-z][a-z0-9_-]*")  # an agency
WORD: Final = re.compile(r"[^\W\d]\w{0,63}")  # of any script: headings of tables are Chinese; no sign that ends a name anywhere
XML_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
AT: Final[Mapping[str, re.Pattern[str]]] = {
    "sql": re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?"),
    "mysql": re.compile(rf"{WORD.pattern}(\.{WORD.pattern})?"),
    "http": re.compile(r"(/[a-z0-9_-]+)+"),
    "soap": re.compile(r"(/[A-Za-z0-9_-]+(\.[a-z]+)?)+"),
    "file": NAME,
    "nats": re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*"),
    "gateway": NAME,
    "upstream": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"),
    "fake": NAME,
}
COLUMNS: Final[Mapping[str, re.Pattern[str]]] = {"mysql": WORD, "soap": XML_NAME, "file": WORD}  # by kind; a NAME for the others
OPTIONS: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "file": {"format": re.compile("csv|xlsx|parquet")},
    "http": {"counts": AT["http"]},
    "soap": {
        "operation": XML_NAME,
        "namespace": re.compile(r"(urn:|https?://)[A-Za-z0-9._~:/?#@+,;=-]{1,200}"),
        "record": XML_NAME,
        "fault": XML_NAME,
        "version": re.compile(r"1\.[12]"),
    },
}
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {"soap": ("operation", "namespace")}
OFFSET: Final = re.compile(r"[+-]([01]\d):([0-5]\d)")
CODE: Final = re.compile(r"[A-Z]{2}-\d{3}")
AGE: Final = re.compile(r"P(?:(\d{1,3})D|T(\d{1,3})H)", re.ASCII)
DECIMAL: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
READ_ONLY: Final = frozenset({"file", "gateway", "mysql", "nats", "soap", "upstream"})  # connectors that take no records
ECHOING: Final = ("http", "soap")  # kinds whose agencies may repeat the name of a question; others must
TRUTHS: Final = ("true", "false")
MOST_SECONDS: Final = 30
MOST_DAYS: Final = 31


@frozen
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


@frozen
class Source:
    """One agency's rows of one resource. `has_many`: several rows of a person are a list and no contradiction; two with the same
    value of the field `told_apart_by` are one. `is_text`: all its values come as text. `offset`: that of its moments that come without.
    `fresh`: how old its rows may be; of which moment they are the answer says, or the column `as_of` of each row."""

    place: Place
    columns: Mapping[str, Column]
    has_many: bool = False
    told_apart_by: str | None = None
    is_text: bool = False
    offset: tzinfo | None = None
    fresh: timedelta | None = None
    as_of: str | None = None


@frozen
class Agency:
    """How an agency is reached and how long an answer may take; its address and secrets stand elsewhere. `daily_quota`: how many
    questions a day another platform (`upstream`) allows us. `echoes`: whether it repeats the names of questions."""

    id: str
    kind: str
    limit: timedelta
    daily_quota: int = 0
    echoes: bool = False


@frozen
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


@frozen
class Act:
    """An administrative act that is written into an agency's own register: by which services, with which fields and no other."""

    desk: Desk
    resource: str
    services: tuple[str, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Configuration:
    agencies: Mapping[str, Agency]
    resources: Mapping[str, Resource]
    acts: Mapping[str, Act]

    @cached_property
    def daily_quotas(self) -> Mapping[str, int]:
        """Of the agencies that answer later, how many questions a day each allows us."""
        return {agency.id: agency.daily_quota for agency in self.agencies.values() if agency.daily_quota}


def read_configuration(path: Path) -> Configuration:
    """Raises DefinitionError with file:line for anything that is missing, surplus or malformed."""
    files = (path, *sorted(path.with_suffix("").glob("*.yaml")))
    try:
        return _read_texts(tuple((file.read_text(encoding="utf-8"), str(file.relative_to(path.parent))) for file in files))
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(path.name, f"cannot be read ({type(error).__name__})") from None


@lru_cache(maxsize=8)  # each pull asks for it
def _read_texts(files: tuple[tuple[str, str], ...]) -> Configuration:
    first, *others = (parse_yaml(text, name) for text, name in files)
    top = dict(read_entries(first, "the file", "agencies resources", "acts"))
    for other in others:
        for part, placed in read_entries(other, "the file", "resources", "agencies acts").items():
            top[part] = _join(top[part], placed, part) if part in top else placed
    agencies = {name: _agency(name, placed) for name, placed in _named(top["agencies"], "agencies", NAMED)}
    resources = {name: _resource(name, placed, agencies) for name, placed in _named(top["resources"], "resources")}
    acts = {code: _act(code, placed, agencies) for code, placed in (_named(top["acts"], "acts", CODE) if "acts" in top else ())}
    return Configuration(agencies, resources, acts)


def _join(one: Placed, other: Placed, part: str) -> Placed:
    """The entries of both; a name that stands in both is an error."""
    entries, more = one.value, other.value
    if not isinstance(entries, Mapping) or not isinstance(more, Mapping):
        raise misplaced(other, part, "is a mapping of names")
    for name in entries.keys() & more.keys():
        raise misplaced(more[name], name, "stands in another file too")
    return Placed({**entries, **more}, one.where)


def _agency(name: str, placed: Placed) -> Agency:
    node = read_entries(placed, name, "kind seconds", "daily_quota echoes")
    kind = _word(node["kind"], "kind", AT)
    quota = _whole(node.get("daily_quota"), 0)
    if quota is None or (kind == "upstream") != bool(quota):
        raise misplaced(node.get("daily_quota", placed), "daily_quota", "is a whole number from 1, said of an upstream platform alone")
    seconds = _seconds(node["seconds"])
    if not 0 < seconds <= MOST_SECONDS:
        raise misplaced(node["seconds"], "seconds", f"is a number above 0 and at most {MOST_SECONDS}")
    echoes = "echoes" in node and _word(node["echoes"], "echoes", TRUTHS) == "true"
    if "echoes" in node and kind not in ECHOING:
        raise misplaced(node["echoes"], "echoes", f"is said of an agency of kind {' or '.join(ECHOING)} alone")
    return Agency(name, kind, timedelta(seconds=seconds), quota, echoes)


def _resource(name: str, placed: Placed, agencies: Mapping[str, Agency]) -> Resource:
    node = read_entries(placed, name, "sources", "most_absences")
    most = _whole(node.get("most_absences"), 0)
    if most is None:
        raise misplaced(node["most_absences"], "most_absences", "is a whole number, 0 for none")
    sources = node["sources"].value
    if not isinstance(sources, list) or not sources:
        raise misplaced(node["sources"], "sources", "lists at least one source")
    return Resource(name, tuple(_source(source, name, agencies) for source in sources), most)


def _source(placed: Placed, resource: str, agencies: Mapping[str, Agency]) -> Source:
    every = " ".join(name for options in OPTIONS.values() for name in options)
    node = read_entries(placed, "a source", "agency at key absent fields", f"name rows told_apart_by most_days offset fresh as_of {every}")
    agency = agencies.get(str(node["agency"].value))
    if agency is None:
        raise misplaced(node["agency"], "agency", "is not among the agencies above")
    form = COLUMNS.get(agency.kind, NAME)
    rows = _word(node["rows"], "rows", ("one", "many")) if "rows" in node else "one"
    days = _whole(node.get("most_days"), 1)
    if days is None or days > MOST_DAYS:
        raise misplaced(node["most_days"], "most_days", f"is a whole number of days, at most {MOST_DAYS}")
    place = Place(
        resource=resource,
        agency=agency.id,
        name=_name(node["name"], "name") if "name" in node else resource,
        at=_at(node["at"], agency),
        key=_name(node["key"], "key", form),
        absent=Emptiness(_word(node["absent"], "absent", tuple(Emptiness))),
        most_days=days,
        options=_options(placed, node, agency),
        echoes=agency.echoes,
    )
    columns = {name: _column(name, field, form) for name, field in _named(node["fields"], "fields")}
    apart = node.get("told_apart_by")
    if apart is not None and (rows != "many" or apart.value not in columns):
        raise misplaced(apart, "told_apart_by", "is a field of a source with many rows")
    told_apart_by = None if apart is None else str(apart.value)
    is_text = agency.kind == "soap" or (agency.kind == "file" and place.options.get("format", "csv") == "csv")
    offset = _offset(node["offset"]) if "offset" in node else None
    fresh, as_of = _fresh(node.get("fresh")), _name(node["as_of"], "as_of", COLUMNS.get(agency.kind, NAME)) if "as_of" in node else None
    if as_of is not None and fresh is None:
        raise misplaced(node["as_of"], "as_of", "says nothing where there is no “fresh”")
    return Source(
        place, columns, has_many=rows == "many", told_apart_by=told_apart_by, is_text=is_text, offset=offset, fresh=fresh, as_of=as_of
    )


def _options(placed: Placed, node: Mapping[str, Placed], agency: Agency) -> dict[str, str]:
    """What only sources of this kind are told. A SOAP service says `not_found` by a fault, and has to name its code."""
    own = OPTIONS.get(agency.kind, {})
    for name in NEEDED.get(agency.kind, ()):
        if name not in node:
            raise misplaced(placed, "a source", f"of kind {agency.kind} has no “{name}”")
    options = {name: entry for name, entry in node.items() if any(name in options for options in OPTIONS.values())}
    for name, entry in options.items():
        if name not in own:
            raise misplaced(entry, name, f"is no option of kind {agency.kind}")
        if not isinstance(entry.value, str) or not own[name].fullmatch(entry.value):
            raise misplaced(entry, name, f"is not of the form {own[name].pattern}")
    if agency.kind == "soap" and (node["absent"].value == Emptiness.NOT_FOUND) != ("fault" in options):
        raise misplaced(node["absent"], "absent", "is not_found where the code of a “fault” is named, and only there")
    return {name: str(entry.value) for name, entry in options.items()}


def _offset(placed: Placed) -> tzinfo:
    found = OFFSET.fullmatch(placed.value) if isinstance(placed.value, str) else None
    if found is None:
        raise misplaced(placed, "offset", "is one of hours and minutes, such as +08:00")
    ahead = timedelta(hours=int(found[1]), minutes=int(found[2]))
    return timezone(-ahead if found[0].startswith("-") else ahead)


def _fresh(placed: Placed | None) -> timedelta | None:
    """`P3D` or `PT12H`: how old rows may be."""
    if placed is None:
        return None
    found = AGE.fullmatch(placed.value) if isinstance(placed.value, str) else None
    if found is None or not int(found[1] or found[2]):
        raise misplaced(placed, "fresh", "is a number of days or hours, such as P3D or PT12H")
    return timedelta(days=int(found[1] or 0), hours=int(found[2] or 0))


def _act(code: str, placed: Placed, agencies: Mapping[str, Agency]) -> Act:
    node = read_entries(placed, code, "agency at resource services fields")
    agency = agencies.get(str(node["agency"].value))
    if agency is None or agency.kind in READ_ONLY:
        raise misplaced(node["agency"], "agency", "is none of the agencies above that takes records")
    at = _at(node["at"], agency)
    services = _texts(node["services"])
    if not services:
        raise misplaced(node["services"], "services", "lists the services that may write it")
    columns = {name: _name(field, name) for name, field in _named(node["fields"], "fields")}
    return Act(Desk(code, agency.id, at), _name(node["resource"], "resource"), services, columns)


def _column(name: str, placed: Placed, form: re.Pattern[str]) -> Column:
    if isinstance(placed.value, str):
        return Column(_name(placed, name, form))
    if isinstance(placed.value, Mapping) and "test" in placed.value:
        test = read_entries(placed, name, "test")["test"].value
        if not isinstance(test, str) or not test:
            raise misplaced(placed, "test", "is a text in FEEL")
        return Column(name, "boolean", test=test)
    node = read_entries(placed, name, "", "column type empty values")
    empty = _word(node["empty"], "empty", ("absent", "unproven")) if "empty" in node else "unproven"
    type = _word(node["type"], "type", READERS) if "type" in node else "string"
    values = _texts(node["values"]) if "values" in node else ()
    if values is None:
        raise misplaced(node["values"], "values", "lists texts")
    column = _name(node["column"], "column", form) if "column" in node else name
    return Column(column, type, null_is_absent=empty == "absent", values=values)


def _named(placed: Placed, at: str, form: re.Pattern[str] = NAME) -> Iterator[tuple[str, Placed]]:
    if not isinstance(placed.value, Mapping) or not placed.value:
        raise misplaced(placed, at, "is a mapping of names")
    for name, entry in placed.value.items():
        if not form.fullmatch(name):
            raise misplaced(entry, name, f"is no name ({form.pattern})")
        yield name, entry


def _name(placed: Placed, at: str, form: re.Pattern[str] = NAME) -> str:
    if not isinstance(placed.value, str) or not form.fullmatch(placed.value):
        raise misplaced(placed, at, f"is no name ({form.pattern})")
    return placed.value


def _word(placed: Placed, at: str, words: Collection[str]) -> str:
    if not isinstance(placed.value, str) or placed.value not in words:
        raise misplaced(placed, at, f"is one of {', '.join(words)}")
    return placed.value


def _at(placed: Placed, agency: Agency) -> str:
    if not isinstance(placed.value, str) or not AT[agency.kind].fullmatch(placed.value):
        raise misplaced(placed, "at", f"is no place of an agency of kind {agency.kind}")
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
