"""SOAP envelopes: written by escaping values, read by a parser that knows no document type and stops at its bounds.

An answer in XML can be made to grow: an entity may be written a billion times, a file of ours may be named as one. So whatever declares
a document type is no answer, and size, depth and number of elements are bounded while it is read, not afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from miaopi.apps.exchange.adapters.port import BAD_ANSWER_BYTES, Question, Term

NAMESPACES: Final[Mapping[str, str]] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
NIL: Final = "http://www.w3.org/2001/XMLSchema-instance nil"
DEEPEST: Final = 16
MOST_ELEMENTS: Final = 4000


@dataclass(slots=True)
class Element:
    """`name` without its namespace, which stands beside it."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator[Element]:
        """The elements of that name below this one, none of them within another."""
        for child in self.children:
            if child.name == name:
                yield child
            else:
                yield from child.all(name)


class Reader:
    """Takes an answer piece by piece. Raises ValueError for what is no answer; its texts quote nothing."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.ExternalEntityRefHandler = _refuse
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._say
        self._top = Element("", "", {})
        self._path = [self._top]
        self._bytes = self._elements = 0

    def feed(self, piece: bytes) -> None:
        self._bytes += len(piece)
        if self._bytes > BAD_ANSWER_BYTES:
            raise ValueError("too large")
        self._parse(piece, is_last=False)

    def close(self) -> Element:
        """The element that all others are in."""
        self._parse(b"", is_last=True)
        return self._top.children[0]

    def _parse(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(piece, is_last)
        except (expat.ExpatError, LookupError):  # the latter: a code that nobody knows
            raise ValueError("no XML") from None

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) > DEEPEST:
            raise ValueError("too many, or too deep")
        namespace, _, local = name.rpartition(" ")
        element = Element(namespace, local, attributes)
        self._path[-1].children.append(element)
        self._path.append(element)

    def _close(self, name: str) -> None:
        del name
        self._path.pop()

    def _say(self, text: str) -> None:
        self._path[-1].text += text


def _refuse(*_: object) -> int:
    raise ValueError("a document type")


def write(question: Question, *, version: str, operation: str, namespace: str, name: str) -> bytes:
    """The question, and its name, if it has one. The person's number is a text like any other: what it holds cannot become an element."""
    place = question.place
    fields = [name for name in dict.fromkeys((place.key, *question.columns)) if name not in question.tests]
    body = "".join((
        _element(place.key, escape(question.key)),
        _element("resource", escape(place.name)),
        _element("fields", "".join(_element("field", escape(name)) for name in fields)),
        _element("purpose", escape(question.purpose)),
        _element("receipt", escape(question.receipt)),
        _element("where", _terms(question.where)) if question.where else "",
        _element("question", name) if name else "",
        "".join(f"<q:test name={quoteattr(name)}>{_terms(terms)}</q:test>" for name, terms in question.tests.items()),
    ))  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{NAMESPACES[version]}"><s:Body>'
        f"<q:{operation} xmlns:q={quoteattr(namespace)}>{body}</q:{operation}></s:Body></s:Envelope>"
    ).encode()


def _element(name: str, content: str) -> str:
    return f"<q:{name}>{content}</q:{name}>"


def _terms(terms: Iterable[Term]) -> str:
    return "".join(
        f"<q:term field={quoteattr(said.column)} operator={quoteattr(said.operator)}>"
        f"{''.join(_element('value', escape(value)) for value in said.written())}</q:term>"
        for said in terms
    )


def body_of(envelope: Element, *, version: str) -> Element:
    """The one element in the body. Raises ValueError for what is no envelope of that version."""
    bodies = [child for child in envelope.children if (child.namespace, child.name) == (NAMESPACES[version], "Body")]
    if (envelope.namespace, envelope.name) != (NAMESPACES[version], "Envelope") or len(bodies) != 1 or len(bodies[0].children) != 1:
        raise ValueError("no envelope")
    return bodies[0].children[0]


def read_terms(answer: Element) -> list[tuple[str | None, str | None, list[str]]]:
    """The tests that the agency says its rows passed."""
    return [
        (term.attributes.get("field"), term.attributes.get("operator"), [value.text for value in term.children if value.name == "value"])
        for where in answer.all("where")
        for term in where.children
    ]


def repeats(answer: Element, name: str) -> bool:
    """Whether it is the answer to the question of that name."""
    return [element.text.strip() for element in answer.all("question")] == [name]


def has_text(answer: Element) -> bool:
    """Whether anything is said in it, the repeated tests and the name of the question apart."""
    return bool(answer.text.strip()) or any(has_text(child) for child in answer.children if child.name not in {"where", "question"})


def read_record(record: Element) -> dict[str, str | None]:
    """Its fields by name; an empty or nil one is NULL. Raises ValueError for two of a name, and for what is no text."""
    fields: dict[str, str | None] = {}
    for child in record.children:
        if child.name in fields or child.children:
            raise ValueError("twice, or no text")
        fields[child.name] = None if child.attributes.get(NIL) in {"true", "1"} else child.text or None
    return fields
