"""XML as text: elements, attributes and texts, each sign that XML cannot hold replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from miaopi.kernel.frozen import frozen

UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
KEPT: Final = {"\r": "&#13;"}  # what a reader would make a line break of
IN_ATTRIBUTES: Final = {**KEPT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
STEP: Final = "  "


@frozen
class Mark:
    """One element. It has children or a text, never both."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    children: tuple[Mark, ...] = ()
    text: str = ""


def mark(tag: str, /, *children: Mark, text: str = "", **attributes: str) -> Mark:
    """The element; an attribute whose value is empty is left out."""
    return Mark(tag, {key: value for key, value in attributes.items() if value}, children, text)


def write_xml(root: Mark) -> str:
    """The document, one element a line."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, ""), ""])


def _lines(element: Mark, indent: str) -> Iterator[str]:
    attributes = "".join(f' {name}="{_clean(value, IN_ATTRIBUTES)}"' for name, value in element.attributes.items())
    if element.children:
        yield f"{indent}<{element.name}{attributes}>"
        for child in element.children:
            yield from _lines(child, indent + STEP)
        yield f"{indent}</{element.name}>"
    elif element.text:
        yield f"{indent}<{element.name}{attributes}>{_clean(element.text, KEPT)}</{element.name}>"
    else:
        yield f"{indent}<{element.name}{attributes}/>"


def _clean(text: str, entities: dict[str, str]) -> str:
    return escape(UNWRITABLE.sub("\ufffd", text), entities)
