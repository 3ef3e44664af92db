"""XML as far as a model needs it: elements with their lines. No document type, no entities, nothing from outside.

What an author can send is counted before it is kept: bytes, elements, depth, attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from miaopi.kernel.errors import DefinitionError

BYTES: Final = 2 * 1024 * 1024
ELEMENTS: Final = 20_000
DEPTH: Final = 64
ATTRIBUTES: Final = 64
SEPARATOR: Final = "}"


@dataclass(slots=True)
class Element:
    """One element: its namespace and name apart, its attributes without one by their names, `where` as `file:line`.

    Its children are those of the root's own namespace: what tools add in theirs is left out.
    """

    namespace: str
    name: str
    attributes: Mapping[str, str]
    where: str
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        return next(self.all(name), None)

    def get(self, name: str) -> str:
        """The attribute, each white space in it one blank, as names are read; the empty text where there is none."""
        return " ".join(self.attributes.get(name, "").split())

    def text_of(self, name: str) -> str:
        """The text within the child of that name; the empty text where there is none."""
        child = self.first(name)
        return child.text if child is not None else ""


@dataclass(frozen=True, slots=True)
class Document:
    """The root, and what each prefix of the document stands for."""

    root: Element
    prefixes: Mapping[str, str]


def read_xml(source: bytes, *, where: str) -> Document:
    """The document in these bytes. Raises DefinitionError, with the line, for anything but plain XML within the limits."""
    if len(source) > BYTES:
        raise DefinitionError(f"{where}:1", f"the file has more than {BYTES:,} bytes")
    builder = _Builder(where)
    try:
        builder.parser.Parse(source, True)
    except expat.ExpatError as error:
        raise DefinitionError(f"{where}:{error.lineno}", f"this is no well-formed XML: {expat.ErrorString(error.code)}")
    except (ValueError, LookupError):
        raise DefinitionError(f"{where}:1", "this is no XML in an encoding that is read; write it in UTF-8")
    return Document(builder.roots[0], builder.prefixes)


class _Builder:
    """What the parser calls; it keeps the open elements."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.roots: list[Element] = []
        self.open: list[Element] = []
        self.prefixes: dict[str, str] = {}
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartNamespaceDeclHandler = self.declare
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    @property
    def place(self) -> str:
        return f"{self.where}:{self.parser.CurrentLineNumber}"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > ELEMENTS:
            raise DefinitionError(self.place, f"there are more than {ELEMENTS:,} elements")
        if len(self.open) >= DEPTH:
            raise DefinitionError(self.place, f"elements lie more than {DEPTH} deep in each other")
        if len(attributes) > ATTRIBUTES:
            raise DefinitionError(self.place, f"an element has more than {ATTRIBUTES} attributes")
        namespace, _, local = name.rpartition(SEPARATOR)
        plain = {key: value for key, value in attributes.items() if SEPARATOR not in key}
        element = Element(namespace, local, plain, self.place)
        if not self.open:
            self.roots.append(element)
        elif namespace == self.roots[0].namespace:
            self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def declare(self, prefix: str | None, namespace: str | None) -> None:
        self.prefixes[prefix or ""] = namespace or ""

    def refuse(self, *_what: object) -> int:
        raise DefinitionError(self.place, "a document type or an entity is declared here; neither is read")
