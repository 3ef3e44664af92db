"""Reads a city's `registers.yaml`: base registers as views over what agencies keep; every mistake with file and line.

Nothing here holds a row: a base field names the sources that answer for it, in order, and the rule by which their answers are one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from miaopi.definitions.positions import Placed, parse_yaml, read_source
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

FILE: Final = "registers.yaml"
PREFIX: Final = "base_"  # so that a register is told from a resource of an agency wherever it is named
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
TYPES: Final = ("string", "number", "boolean", "date", "date and time")  # in FEEL; what a source can say
DOTTED: Final = "a source is written resource.field"


class Rule(StrEnum):
    """How several sources of one field are one fact."""

    FIRST = "first"
    AGREE = "agree"
    LATEST = "latest"


COMBINING: Final[Mapping[Rule, Text]] = {
    Rule.FIRST: Text(zh="按先后，前一个没有或没有回应才问下一个", en="in this order; the next only where there is none or no answer"),
    Rule.AGREE: Text(zh="须一致，不一致时由人核对", en="they must agree; where they do not, a person checks"),
    Rule.LATEST: Text(zh="以最近日期的为准", en="the one of the latest day"),
}


class Rows(StrEnum):
    """How many parties of a register a person may be behind."""

    ONE = "one"
    MANY = "many"


class Likeness(StrEnum):
    """By what two numbers of one register are held to be one party: equal fields, or the 15 digits that became 18 signs."""

    SAME = "same"
    OLD_NUMBER = "old_number"


@frozen
class BaseSource:
    """`resource.field`; for *latest* also the `resource.field` of its day."""

    name: str
    day: str
    where: str

    @property
    def asked(self) -> tuple[str, ...]:
        return (self.name, self.day) if self.day else (self.name,)


@frozen
class BaseField:
    """A field of a base register; its type in FEEL."""

    name: str
    label: Text
    type: str
    privacy: Privacy
    rule: Rule
    sources: tuple[BaseSource, ...]
    where: str

    @property
    def asked(self) -> tuple[str, ...]:
        """Each `resource.field` that an answer may need."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.asked))


@frozen
class Suspicion:
    """A reason to hold two numbers for one party: fields of `resource` that are the same; those in `also` raise the score."""

    id: str
    label: Text
    by: Likeness
    resource: str
    same: tuple[str, ...]
    also: tuple[str, ...]
    where: str


@frozen
class Register:
    """A base register. `agency` answers for it; `everybody` is the resource whose rows are all its parties.

    `has_many`: a person may be behind several of its parties, as of companies: then all its fields are those of `everybody`, and they
    are one fact under the register's own name, a list of contexts.
    """

    id: str
    name: Text
    agency: str
    everybody: str
    has_many: bool
    fields: Mapping[str, BaseField]
    suspicions: Mapping[str, Suspicion]
    digest: str
    where: str

    def list_asked(self, name: str) -> tuple[str, ...]:
        """The `resource.field` that are asked for one of its fields, named `register.field`; none for one that it does not have."""
        field = self.fields.get(name.partition(".")[2])
        return () if field is None else field.asked

    @property
    def resources(self) -> frozenset[str]:
        return frozenset(name.partition(".")[0] for field in self.fields.values() for name in field.asked)


@lru_cache(maxsize=8)
def read_registers(path: Path) -> Mapping[str, Register]:
    """The registers of a city, by id; a city without the file has none. Raises DefinitionError for the first mistake.

    Read once a process, as the rest of the city's configuration: each pull asks for it, and a slip in an edit must stop none.
    """
    return _read_text(read_source(path, path.name), path.name) if path.is_file() else {}


def _read_text(text: str, name: str) -> Mapping[str, Register]:
    reader = Reader()
    root = reader.entries(parse_yaml(text, name), ("registers",))
    digest = hashlib.sha256(text.encode()).hexdigest()
    named = reader.mapping(root["registers"]).items() if "registers" in root else ()
    registers = {id: _register(reader, id, placed, digest) for id, placed in named}
    if reader.findings:
        raise DefinitionError(reader.findings[0].where, reader.findings[0].message)
    return registers


def _register(reader: Reader, id: str, placed: Placed, digest: str) -> Register:
    if not id.startswith(PREFIX) or not NAME.fullmatch(id):
        reader.note(placed.where, f"{id}: a base register is named {PREFIX}… in small letters")
    entries = reader.entries(placed, ("name", "agency", "everybody", "fields"), ("rows", "duplicates"))
    fields = {name: _field(reader, name, each) for name, each in _named(reader, entries.get("fields"))}
    if "fields" in entries and not fields:
        reader.note(entries["fields"].where, f"{id} has no field")
    has_many = reader.word(entries.get("rows"), Rows, Rows.ONE) is Rows.MANY
    everybody = reader.string(entries.get("everybody"))
    for field in fields.values() if has_many else ():
        if [source.name.partition(".")[0] for source in field.sources] != [everybody]:
            reader.note(field.where, f"{field.name}: where a person has many rows, a field has one source, in {everybody}")
    if has_many and "duplicates" in entries:
        reader.note(entries["duplicates"].where, "duplicates are numbers of persons: there are none where a person has many rows")
    return Register(
        id=id, name=reader.text(entries.get("name")), agency=reader.string(entries.get("agency")),
        everybody=everybody, has_many=has_many, fields=fields,
        suspicions={name: _suspicion(reader, name, each) for name, each in _named(reader, entries.get("duplicates"))},
        digest=digest, where=placed.where,
    )  # fmt: skip


def _named(reader: Reader, placed: Placed | None) -> Iterator[tuple[str, Placed]]:
    for name, entry in reader.mapping(placed).items() if placed is not None else ():
        if not NAME.fullmatch(name):
            reader.note(entry.where, f"{name} is no name ({NAME.pattern})")
        yield name, entry


def _field(reader: Reader, name: str, placed: Placed) -> BaseField:
    entries = reader.entries(placed, ("zh", "en", "privacy", "rule", "sources"), ("type",))
    rule = reader.word(entries.get("rule"), Rule, Rule.FIRST)
    type = reader.string(entries.get("type")) or "string"
    if type not in TYPES:
        reader.note(entries["type"].where, f"{type} is none of {', '.join(TYPES)}")
    sources = tuple(_source(reader, rule, each) for each in reader.items(entries.get("sources")))
    if "sources" in entries and not sources:
        reader.note(entries["sources"].where, f"{name} has no source: name resource.field at least once")
    if rule is not Rule.FIRST and len(sources) == 1:
        reader.note(placed.where, f"{name}: {rule} needs two sources or more")
    if len({source.name for source in sources}) < len(sources):
        reader.note(placed.where, f"{name}: a source stands twice")
    label = Text(reader.string(entries.get("zh")), reader.string(entries.get("en")))
    privacy = reader.word(entries.get("privacy"), Privacy, Privacy.SENSITIVE)
    return BaseField(name, label, type, privacy, rule, sources, placed.where)


def _source(reader: Reader, rule: Rule, placed: Placed) -> BaseSource:
    if isinstance(placed.value, str):
        if rule is Rule.LATEST:
            reader.note(placed.where, "for latest a source is {field: resource.field, day: resource.field}: which day makes it the latest?")
        return BaseSource(_dotted(reader, placed), "", placed.where)
    entries = reader.entries(placed, ("field", "day"))
    if rule is not Rule.LATEST:
        reader.note(placed.where, f"only for latest a source has a day; for {rule} write resource.field")
    name, day = _dotted(reader, entries.get("field")), _dotted(reader, entries.get("day"))
    if name.partition(".")[0] != day.partition(".")[0]:
        reader.note(placed.where, "the day stands in the same resource as the field")
    return BaseSource(name, day, placed.where)


def _dotted(reader: Reader, placed: Placed | None) -> str:
    said = reader.string(placed)
    resource, _, field = said.partition(".")
    if placed is not None and said and not (NAME.fullmatch(resource) and NAME.fullmatch(field)):
        reader.note(placed.where, f"{said}: {DOTTED}")
    return said


def _suspicion(reader: Reader, name: str, placed: Placed) -> Suspicion:
    entries = reader.entries(placed, ("zh", "en", "by", "in"), ("same", "also"))
    by = reader.word(entries.get("by"), Likeness, Likeness.SAME)
    same, also = (tuple(map(reader.string, reader.items(entries.get(key)))) for key in ("same", "also"))
    if by is Likeness.SAME and not same:
        reader.note(placed.where, f"{name}: name the fields that are the same")
    if by is Likeness.OLD_NUMBER and same:
        reader.note(placed.where, f"{name}: an old number is known by its digits alone; leave out same")
    label = Text(reader.string(entries.get("zh")), reader.string(entries.get("en")))
    return Suspicion(name, label, by, reader.string(entries.get("in")), same, also, placed.where)
