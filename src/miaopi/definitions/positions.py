"""YAML with the place of every word, so that a mistake is named by file and line. Values stay text until they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from yaml import CBaseLoader
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from miaopi.kernel.errors import DefinitionError

NULLS = frozenset({"", "~", "null", "Null", "NULL"})  # YAML 1.2.2 §10.3.2
OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")  # breaks of lines in YAML 1.1, by which the parser counts, and not in 1.2
DEEPEST = 100  # mappings and lists inside one another
TOO_DEEP = "this is nested too deeply to be read"
TOO_DEEP_FOR_PARSER = "exceeded maximum nesting depth"  # how it says so of brackets, which it counts itself
MOST_DIGITS = 1_000  # of a whole number; Python writes and reads no more than 4,300
LARGEST = 4 * 1024 * 1024  # bytes; the longest file of rules has some ten thousand


class Placed(NamedTuple):
    """A mapping, a list, a text, or `None`, with `file:line` of where it begins. `is_plain`: a text without quotes."""

    value: Mapping[str, Placed] | list[Placed] | str | None
    where: str
    is_plain: bool = False

    def place(self, *path: str | int) -> str:
        """Where that entry of an entry stands – names in mappings, numbers in lists –, or the nearest above it that there is."""
        at = self
        for step in path:
            match at.value, step:
                case Mapping() as entries, str() if step in entries:
                    at = entries[step]
                case list() as items, int() if step < len(items):
                    at = items[step]
                case _:
                    break
        return at.where


def read_entries(placed: Placed, at: str, needed: str, optional: str = "") -> Mapping[str, Placed]:
    """The entries, sure to have every needed name and no other than the optional ones. Raises DefinitionError with `file:line`."""
    node = placed.value
    if not isinstance(node, Mapping):
        raise misplaced(placed, at, "is a mapping of names")
    for name in needed.split():
        if name not in node:
            raise misplaced(placed, at, f"has no “{name}”")
    for name, entry in node.items():
        if name not in {*needed.split(), *optional.split()}:
            raise misplaced(entry, name, "is not a name of this place")
    return node


def misplaced(placed: Placed, at: str, message: str) -> DefinitionError:
    """What is wrong with the entry called `at`, and where it stands."""
    return DefinitionError(placed.where, f"{at} {message}")


def read_yaml(path: Path, shown: str) -> Placed:
    """The document of a file; `shown` is how messages name it. Raises DefinitionError with `file:line`."""
    return parse_yaml(read_source(path, shown), shown)


def read_source(path: Path, shown: str) -> str:
    """The text of a file, to the byte. Raises DefinitionError.

    It is a file of that folder: a link elsewhere would show in messages what whoever checks the package may read.
    """
    try:
        found = path.resolve(strict=True)
        if not found.is_file() or not found.is_relative_to(path.parent.resolve()):
            raise DefinitionError(f"{shown}:1", "a package holds plain files; this is none, or a link out of it")
        if found.stat().st_size > LARGEST:
            raise DefinitionError(f"{shown}:1", f"a file has at most {LARGEST} bytes")
        return found.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise DefinitionError(f"{shown}:1", "this file is missing from the package") from None
    except UnicodeDecodeError:
        raise DefinitionError(f"{shown}:1", "the file is not UTF-8 text") from None


def parse_yaml(source: str, shown: str) -> Placed:
    """The document of a text that messages call `shown`; an empty one has no entries. Raises DefinitionError with `file:line`."""
    if broken := OTHER_BREAKS.search(source):
        line = source.count("\n", 0, broken.start()) + 1
        raise DefinitionError(f"{shown}:{line}", "a line ends here in a sign by which not all count lines; use a line feed")
    try:
        return _Document(CBaseLoader(source), shown).read()
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = TOO_DEEP if error.problem == TOO_DEEP_FOR_PARSER else f"this is no YAML: {error.problem}"
        raise DefinitionError(f"{shown}:{line}", said) from None
    except YAMLError as error:
        raise DefinitionError(f"{shown}:1", f"this is no YAML: {error}") from None


class _Document:
    """The one document of a stream of events. The parser is one in C: hundreds of packages are read at a start."""

    def __init__(self, loader: CBaseLoader, shown: str) -> None:
        self.next: Callable[[], Any] = loader.get_event
        self.shown = shown
        self.depth = 0

    def read(self) -> Placed:
        self.next()  # the stream starts
        if not isinstance(self.next(), DocumentStartEvent):
            return Placed({}, f"{self.shown}:1")
        placed = self._placed(self.next())
        self.next()  # the document ends
        end = self.next()
        if not isinstance(end, StreamEndEvent):
            raise DefinitionError(self._where(end), "this is no YAML: a second document begins here")
        return placed

    def _where(self, event: Any) -> str:
        return f"{self.shown}:{event.start_mark.line + 1}"

    def _placed(self, event: Any) -> Placed:
        """What begins with the event. An alias is refused: nine aliases of nine would fill the memory."""
        where = f"{self.shown}:{event.start_mark.line + 1}"
        if isinstance(event, ScalarEvent):
            text, is_plain = event.value, not event.style
            if "\0" in text:
                raise DefinitionError(where, "the character 0 is no text: no database keeps it")
            return Placed(None if is_plain and event.tag is None and text in NULLS else text, where, is_plain)
        if not isinstance(event, MappingStartEvent | SequenceStartEvent):
            raise DefinitionError(where, "aliases are not read; write it out")
        self.depth += 1
        if self.depth > DEEPEST:
            raise DefinitionError(where, TOO_DEEP)
        placed = Placed(self._entries() if isinstance(event, MappingStartEvent) else self._items(), where)
        self.depth -= 1
        return placed

    def _entries(self) -> dict[str, Placed]:
        entries: dict[str, Placed] = {}
        while not isinstance(key := self.next(), MappingEndEvent):
            if not isinstance(key, ScalarEvent):
                raise DefinitionError(self._where(key), "a key is one word")
            if key.value in entries:
                raise DefinitionError(self._where(key), f"{key.value} stands here twice")
            entries[key.value] = self._placed(self.next())
        return entries

    def _items(self) -> list[Placed]:
        items: list[Placed] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            items.append(self._placed(event))
        return items


def plain(placed: Placed) -> object:
    """The document as JSON could hold it; a plain `true`, `false` or whole number is what it looks like, all else is text.
    Raises DefinitionError with `file:line` for a number that is too long.
    """
    value = placed.value
    if isinstance(value, str):
        return _looked_at(value, placed.where) if placed.is_plain else value
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if value is None else {name: plain(one) for name, one in value.items()}


def _looked_at(text: str, where: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    digits = text.removeprefix("-")
    if not digits.isdecimal() or (digits.startswith("0") and text != "0"):
        return text
    if len(digits) > MOST_DIGITS:
        raise DefinitionError(where, f"a number has at most {MOST_DIGITS:,} digits; between quotes it is text")
    return int(text)
