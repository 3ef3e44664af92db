"""XML as far as a model needs it: elements with their lines. No document type, no entities, nothing from outside.

What an author can send is counted before it is kept: bytes, elements, depth, attributes, prefixes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from xml.parsers import expat

from miaopi.kernel.dmn.reading.effort import Effort
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.frozen import frozen

DEPTH: Final = 64
ATTRIBUTES: Final = 64
PREFIXES: Final = 256
LONGEST_SPACE: Final = 256  # characters: the parser writes the namespace into the name of each element
SEPARATOR: Final = "}"
CHUNK: Final = 65_536  # bytes that the parser is given at a time
LONGEST_TAG: Final = 1024 * 1024  # bytes; the parser takes a tag apart as a whole, with whatever attributes
NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Element:
    """One element: its namespace and name apart, its attributes without one by their names.

    Its children are those of the root's own namespace: what tools add in theirs is left out.
    """

    namespace: str
    name: str
    attributes: Mapping[str, str]
    file: str
    line: int
    children: list[Element] | tuple[()] = ()
    text: str = ""

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"

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


@frozen
class Document:
    """The root, and what each prefix of the document stands for."""

    root: Element
    prefixes: Mapping[str, str]


def read_xml(source: bytes, *, where: str, effort: Effort) -> Document:
    """The document in these bytes. Raises DefinitionError, with the line, for anything but plain XML within the limits."""
    effort.take_file(len(source), f"{where}:1")
    builder = _Builder(where, effort)
    for start in range(0, len(source), CHUNK):
        builder.feed(source[start : start + CHUNK], is_last=False)
    builder.feed(b"", is_last=True)
    return Document(builder.roots[0], builder.prefixes)


def read_root(source: bytes, *, where: str) -> Element:
    """The root without what is in it: no more is read than that takes. Raises DefinitionError."""
    builder = _Builder(where, Effort())
    for start in range(0, len(source), CHUNK):
        builder.feed(source[start : start + CHUNK], is_last=False)
        if builder.roots:
            return builder.roots[0]
    raise DefinitionError(f"{where}:1", "no element begins here")


class _Builder:
    """What the parser calls; it keeps the open elements, None for one that is left out, and the texts of each."""

    def __init__(self, where: str, effort: Effort) -> None:
        self.where = where
        self.effort = effort
        self.roots: list[Element] = []
        self.open: list[Element | None] = []
        self.texts: list[list[str]] = []
        self.prefixes: dict[str, str] = {}
        self.fed = 0
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

    def feed(self, source: bytes, *, is_last: bool) -> None:
        """Read on. Raises DefinitionError."""
        self.fed += len(source)
        try:
            self.parser.Parse(source, is_last)
        except expat.ExpatError as error:
            place = f"{self.where}:{error.lineno}"
            raise DefinitionError(place, f"this is no well-formed XML: {expat.ErrorString(error.code)}")
        except (ValueError, LookupError):
            raise DefinitionError(f"{self.where}:1", "this is no XML in an encoding that is read; write it in UTF-8")
        if self.fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise DefinitionError(self.place, f"a tag or a comment has more than {LONGEST_TAG:,} bytes")

    @property
    def place(self) -> str:
        return f"{self.where}:{self.parser.CurrentLineNumber}"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.effort.take_element(len(attributes), self.place)
        if len(self.open) >= DEPTH:
            raise DefinitionError(self.place, f"elements lie more than {DEPTH} deep in each other")
        if len(attributes) > ATTRIBUTES:
            raise DefinitionError(self.place, f"an element has more than {ATTRIBUTES} attributes")
        namespace, _, local = name.rpartition(SEPARATOR)
        if self.open and (self.open[-1] is None or namespace != self.roots[0].namespace):
            self.open.append(None)
            return
        plain = {key: value for key, value in attributes.items() if SEPARATOR not in key} if attributes else NONE
        element = Element(namespace, local, plain, self.where, self.parser.CurrentLineNumber)
        parent = self.open[-1] if self.open else None
        if parent is None:
            self.roots.append(element)
        else:
            parent.children = parent.children or []
            parent.children.append(element)
        self.open.append(element)
        self.texts.append([])

    def end(self, _name: str) -> None:
        element = self.open.pop()
        if element is not None:
            element.text = "".join(self.texts.pop())

    def characters(self, text: str) -> None:
        if self.open[-1] is not None:
            self.texts[-1].append(text)

    def declare(self, prefix: str | None, namespace: str | None) -> None:
        self.prefixes[prefix or ""] = namespace or ""
        if len(self.prefixes) > PREFIXES:
            raise DefinitionError(self.place, f"there are more than {PREFIXES} prefixes")
        if len(namespace or "") > LONGEST_SPACE:
            raise DefinitionError(self.place, f"a namespace has at most {LONGEST_SPACE} characters")

    def refuse(self, *_what: object) -> int:
        raise DefinitionError(self.place, "a document type or an entity is declared here; neither is read")
