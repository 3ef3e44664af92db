"""A model from its bytes: imports first, then types, then the elements in the order of their requirements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from miaopi.kernel.dmn.elements import Decision, DrgElement, Graph, InputData, Knowledge, Reference, Service
from miaopi.kernel.dmn.items import ANY, ItemType, given_by
from miaopi.kernel.dmn.language import to_type
from miaopi.kernel.dmn.model import Model
from miaopi.kernel.dmn.reading.boxed import BoxedReader
from miaopi.kernel.dmn.reading.effort import Effort
from miaopi.kernel.dmn.reading.literals import Shelf
from miaopi.kernel.dmn.reading.requirements import Directory, in_order
from miaopi.kernel.dmn.reading.types import TypeBook
from miaopi.kernel.dmn.reading.variables import Variables
from miaopi.kernel.dmn.reading.xml import Document, Element, read_root, read_xml
from miaopi.kernel.dmn.tree import BoxedFunction, Literal
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Type

# The namespaces of DMN 1.1 to 1.5; what 1.5 reads differently from the older ones does not occur in them.
NAMESPACES: Final = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
MODELS: Final = 64
WAYS: Final = 256  # from a model to itself and all that it imports, one model counted for each way to it
Resolve = Callable[[str, str], bytes | None]


def parse(source: bytes, *, resolve: Resolve | None = None, where: str = "model.dmn") -> Model:
    """The model in these bytes. `resolve` gives the bytes of an imported one by its namespace and location, or none.

    Raises DefinitionError, with the place, for what is no model, and for one that takes more to be read than a model may. Its
    expressions are read when they are asked for.
    """
    loader = Loader(resolve or (lambda _namespace, _location: None))
    read = loader.load(source, where)
    return Model(read.graph, tuple(noted for one in (*loader.read.values(), read) for noted in one.noted))


def namespace_of(source: bytes, *, where: str = "model.dmn") -> str:
    """The namespace that a model gives to its elements, of which these bytes are the beginning. Raises DefinitionError."""
    return read_root(source, where=where).get("namespace")


@dataclass(slots=True)
class Read:
    """A model with what its importers need of its reading; `ways` lead from it to models."""

    graph: Graph
    directory: Directory
    book: TypeBook
    variables: Variables
    imports: Mapping[str, Read]
    noted: tuple[str | Literal, ...]
    ways: int


@dataclass(slots=True)
class Loader:
    """Reads a model and what it imports; each namespace once, none within itself."""

    resolve: Resolve
    effort: Effort = field(default_factory=Effort)
    read: dict[str, Read] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def load(self, source: bytes, where: str) -> Read:
        document = read_xml(source, where=where, effort=self.effort)
        root = document.root
        if root.name != "definitions" or root.namespace not in NAMESPACES:
            raise DefinitionError(root.where, "this is no DMN model: its root is not the definitions of DMN 1.1 to 1.5")
        self.open.append(root.get("namespace"))
        imports = [(one.get("name"), self._imported(one)) for one in root.all("import") if _is_model(one)]
        self.open.pop()
        return _Reading(document, imports, self.effort).result()

    def _imported(self, element: Element) -> Read:
        namespace = element.get("namespace")
        if namespace in self.open:
            raise DefinitionError(element.where, f"the imports run in a circle: {' → '.join([*self.open, namespace])}")
        if namespace not in self.read:
            if len(self.read) + len(self.open) >= MODELS:
                raise DefinitionError(element.where, f"more than {MODELS} models are imported")
            source = self.resolve(namespace, element.get("locationURI"))
            if source is None:
                raise DefinitionError(element.where, f"the imported model {namespace} is not there")
            found = self.load(source, element.get("locationURI") or namespace)
            if found.directory.namespace != namespace:
                raise DefinitionError(element.where, f"the imported model is {found.directory.namespace}, not {namespace}")
            self.read[namespace] = found
        return self.read[namespace]


def _is_model(element: Element) -> bool:
    kind = element.get("importType")
    if kind and kind not in NAMESPACES:
        raise DefinitionError(element.where, f"only DMN models are imported, no {kind}")
    return True


class _Reading:
    """One model under way."""

    def __init__(self, document: Document, imports: list[tuple[str, Read]], effort: Effort) -> None:
        root, self.imports = document.root, dict(imports)
        if len(self.imports) != len(imports):
            raise DefinitionError(root.where, "two imports have one name")
        self.ways = 1 + sum(read.ways for read in self.imports.values())
        if self.ways > WAYS:
            raise DefinitionError(root.where, f"the imports lead to models in more than {WAYS} ways")
        self.root = root
        self.directory = Directory(root, [(name, read.directory) for name, read in imports])
        spaces: dict[str, TypeBook | None] = {read.directory.namespace: read.book for _, read in imports}
        spaces[root.get("namespace")] = None
        self.book = TypeBook(
            list(root.all("itemDefinition")),
            {name: read.book for name, read in imports},
            document.prefixes,
            spaces,
            effort,
        )
        self.boxed = BoxedReader(self.book, root.get("expressionLanguage"), effort)
        self.variables = Variables()
        self.elements: dict[str, DrgElement] = {}

    def result(self) -> Read:
        for key in in_order(self.directory):
            self.elements[key] = self._element(key, self.directory.written[key])
        graph = Graph(
            self.root.get("name"),
            self.root.get("namespace"),
            {key: self.elements[key] for key in self.directory.written},
            {name: read.graph for name, read in self.imports.items()},
        )
        noted = tuple(self.boxed.noted)
        return Read(graph, self.directory, self.book, self.variables, self.imports, noted, self.ways)

    def _element(self, key: str, element: Element) -> DrgElement:
        name, variable = element.get("name"), element.first("variable")
        of = self.boxed.type_of(variable)
        self.variables.declare(key, (of or ANY).type)
        match element.name:
            case "inputData":
                return InputData(name, of, element.where)
            case "decision":
                requires = self.directory.required(key)
                logic = self.boxed.within(element, self._shelf(requires, element.where))
                if of is None:
                    self.variables.show(key, logic, [one.id for one in requires if not one.path])
                return Decision(name, of, requires, logic, element.where)
            case "businessKnowledgeModel":
                return self._knowledge(key, of, element)
            case _:
                outputs, encapsulated, decisions, data = (
                    self.directory.listed(element, part)
                    for part in ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")
                )
                return Service(name, given_by(of), outputs, encapsulated, decisions, data, element.where)

    def _knowledge(self, key: str, of: ItemType | None, element: Element) -> Knowledge:
        name = element.get("name")
        requires = self.directory.required(key)
        logic = element.first("encapsulatedLogic")
        function = BoxedFunction((), None, element.where)
        if logic is not None:
            itself = {name: ANY.type}
            shelf = self._shelf(requires, element.where).beside(lambda: itself, 1, element.where)
            function = self.boxed.function(logic, shelf)
        return Knowledge(name, given_by(of), requires, function, element.where)

    def _shelf(self, requires: tuple[Reference, ...], where: str) -> Shelf:
        return self.boxed.shelf(lambda: self._names(requires), len(requires), where)

    def _names(self, requires: tuple[Reference, ...]) -> dict[str, Type]:
        """The variables that an element sees: those of its own model by name, imported ones within their import."""
        names: dict[str, Type] = {}
        nested: dict[str, dict[str, Type]] = {}
        for reference in requires:
            if not reference.path:
                names[self.directory.written[reference.id].get("name")] = self.variables.type(reference.id)
            else:
                self._nest(nested, reference)
        return names | {
            name: to_type("context", None, tuple(entries.items())) for name, entries in nested.items() if name
        } | nested.get("", {})

    def _nest(self, nested: dict[str, dict[str, Type]], reference: Reference) -> None:
        read = self.imports[reference.path[0]]
        deeper, between = read, list(reference.path[1:])
        for name in between:
            deeper = deeper.imports[name]
        found = deeper.variables.type(reference.id)
        name = deeper.directory.written[reference.id].get("name")
        for outer in reversed(between):
            name, found = outer, to_type("context", None, ((name, found),))
        nested.setdefault(reference.path[0], {})[name] = found
