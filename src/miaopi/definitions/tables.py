"""`tables` of `rules.yaml` and the files in `tables/`: values that decisions of DMN models give, by the file of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from miaopi.definitions.positions import Placed, read_source
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import DatedModel, Table
from miaopi.kernel.dmn import Model, namespace_of, parse
from miaopi.kernel.dmn.elements import Decision, Graph, InputData, Knowledge, Reference
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Lexicon, Type, compile
from miaopi.kernel.expr.types import ANY, fits
from miaopi.kernel.wording import Text

FOLDER: Final = "tables"
SUFFIX: Final = ".dmn"
TABLE: Final = ("label", "type", "inputs", "versions")
TABLE_OPTIONAL: Final = ("decision",)
VERSION: Final = ("file", "from", "basis")
VERSION_OPTIONAL: Final = ("to", "published")


def find_tables(folder: Path) -> list[str]:
    """The files of models in a package, as `tables/name.dmn`."""
    return sorted(f"{FOLDER}/{path.name}" for path in (folder / FOLDER).glob(f"*{SUFFIX}"))


def read_table_source(folder: Path, name: str, shown: str) -> str:
    """The text of such a file. Raises DefinitionError."""
    if (folder / FOLDER).is_symlink():
        raise DefinitionError(f"{shown}:1", "a package holds plain files; its tables lie behind a link")
    return read_source(folder / name, shown)


@dataclass(frozen=True)
class TableEntry:
    """One table as it stands in `rules.yaml`, its models read; what its inputs read is known later."""

    name: str
    label: Text
    decision: str
    type: Type
    inputs: Mapping[str, Placed]
    wanted: Mapping[str, Type]
    history: tuple[DatedModel, ...]
    where: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of its inputs."""
        return tuple(str(placed.value) for placed in self.inputs.values())

    def derive(self, names: Lexicon) -> Table:
        """The table over those names. Raises DefinitionError where an input reads another one, or fits no input of the model."""
        inputs = {
            name: compile(str(placed.value), names, where=placed.where) for name, placed in self.inputs.items()
        }
        for name, expression in inputs.items():
            if not fits(self.wanted[name], expression.type):
                raise DefinitionError(
                    self.inputs[name].where, f"this gives a {expression.type}; the input {name} of the model is a {self.wanted[name]}"
                )
        return Table(self.name, self.label, self.decision, self.type, inputs, self.history)


class Models:
    """The models of a package by their files. `base` begins the place of each finding; a model itself knows its file alone, so
    that what it says when it fails is the same wherever the package lies.
    """

    def __init__(self, reader: Reader, sources: Mapping[str, str], base: str) -> None:
        self.reader = reader
        self.base = base
        self.sources = {name: text.encode() for name, text in sources.items() if name.startswith(f"{FOLDER}/")}
        self.used: set[str] = set()
        self.read: dict[str, Model | None] = {}

    def find(self, name: str, placed: Placed) -> Model | None:
        """The model in that file; `None`, and a finding, where it is none or some of it cannot be read."""
        path = f"{FOLDER}/{name}"
        if path not in self.sources:
            self.reader.note(placed.where, f"there is no file {path}")
            return None
        if path not in self.read:
            self.used.add(path)
            self.read[path] = self.reader.made(placed.where, lambda: self._parse(path))
        return self.read[path]

    def _parse(self, path: str) -> Model:
        try:
            model = parse(self.sources[path], resolve=self._resolve, where=path)
        except DefinitionError as error:
            raise DefinitionError(f"{self.base}/{error.where}", error.message) from None
        for finding in model.findings:
            self.reader.note(f"{self.base}/{finding.partition(': ')[0]}", finding.partition(": ")[2])
        return model

    def _resolve(self, namespace: str, _location: str) -> bytes | None:
        for path, source in self.sources.items():
            if namespace_of(source, where=path) == namespace:
                self.used.add(path)
                return source
        return None

    def note_unused(self) -> None:
        for path in sorted(self.sources.keys() - self.used):
            self.reader.note(f"{self.base}/{path}:1", "no table of rules.yaml reads this file")


def read_tables(reader: Reader, section: Placed, models: Models) -> dict[str, TableEntry]:
    """The tables by name; those with a mistake are noted and left out."""
    found: dict[str, TableEntry] = {}
    for name, placed in reader.mapping(section).items():
        entry = _read_table(reader, name, placed, models)
        if entry is not None:
            found[name] = entry
    models.note_unused()
    return found


def _read_table(reader: Reader, name: str, placed: Placed, models: Models) -> TableEntry | None:
    entries = reader.entries(placed, TABLE, TABLE_OPTIONAL)
    label, kind, decision = reader.text(entries.get("label")), reader.type(entries.get("type")), reader.string(entries.get("decision"))
    inputs = reader.mapping(entries.get("inputs", Placed({}, placed.where)))
    history: list[DatedModel] = []
    wanted: dict[str, Type] = {}
    before = len(reader.findings)
    for at in reader.items(entries.get("versions")):
        dated = _read_version(reader, at, models)
        if dated is None:
            continue
        decision = decision or _only_decision(reader, at, dated.model)
        reader.made(at.where, lambda: Table(name, label, decision, kind, {}, (*history, dated)))  # noqa: B023 – called here
        history.append(dated)
        wanted |= _check_model(reader, at, dated.model, decision, kind, inputs)
    for input in inputs.keys() - wanted.keys():
        reader.note(inputs[input].where, f"no model of the table has an input {input} that {decision or 'its decision'} needs")
    for at in inputs.values():
        reader.string(at)
    if not history and len(reader.findings) == before:
        reader.note(placed.where, f"{name} has no version")
    if len(reader.findings) > before:
        return None
    return TableEntry(name, label, decision, kind, inputs, wanted, tuple(history), placed.where)


def _read_version(reader: Reader, placed: Placed, models: Models) -> DatedModel | None:
    entries = reader.entries(placed, VERSION, VERSION_OPTIONAL)
    since, basis, file = reader.day(entries.get("from")), reader.basis(entries.get("basis")), reader.string(entries.get("file"))
    model = models.find(file, entries["file"]) if file else None
    if since is None or not basis or model is None:
        return None
    return DatedModel(since, file, model, basis, reader.day(entries.get("to")), reader.day(entries.get("published")))


def _only_decision(reader: Reader, placed: Placed, model: Model) -> str:
    if len(model.decisions) == 1:
        return model.decisions[0]
    reader.note(placed.where, f"name the decision that is asked: {', '.join(model.decisions) or 'the model has none'}")
    return ""


def _check_model(
    reader: Reader, placed: Placed, model: Model, decision: str, kind: Type, inputs: Mapping[str, Placed]
) -> dict[str, Type]:
    """The inputs that the decision needs with their types; each that nothing stands for is noted, and a result of another type."""
    reference = model.graph.named(decision) if decision else None
    asked = model.graph.find(reference) if reference is not None else None
    if reference is None or not isinstance(asked, Decision):
        if decision:
            reader.note(placed.where, f"the model has no decision {decision}; there are {', '.join(model.decisions)}")
        return {}
    if asked.of is not None and not fits(kind, asked.of.type):
        reader.note(placed.where, f"the decision {decision} gives a {asked.of.type}, not a {kind}")
    wanted = dict(_inputs_of(model.graph, reference))
    for name in sorted(wanted.keys() - inputs.keys()):
        reader.note(placed.where, f"nothing stands for the input {name} of the model")
    return wanted


def _inputs_of(graph: Graph, reference: Reference) -> Iterator[tuple[str, Type]]:
    """Every input behind a decision, by the name under which it is given, with its type."""
    waiting, seen = [reference], {reference}
    while waiting:
        at = waiting.pop()
        element = graph.find(at)
        if isinstance(element, InputData):
            yield ".".join((*at.path, element.name)), element.of.type if element.of is not None else ANY
        for need in element.requires if isinstance(element, Decision | Knowledge) else ():
            inner = Reference((*at.path, *need.path), need.id)
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
