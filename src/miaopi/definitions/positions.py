"""YAML with the place of every word, so that a mistake is named by file and line. Values stay text until they are read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miaopi.kernel.errors import DefinitionError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

NULL = "tag:yaml.org,2002:null"
LARGEST = 4 * 1024 * 1024  # bytes; the longest file of rules has some ten thousand
UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # neither UTF-8 nor the database has them
CACHE = Path(__file__).resolve().parents[3] / ".cache/definitions/1"  # the number changes with the form of what is kept


@dataclass(frozen=True, slots=True)
class Placed:
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
    kept = CACHE / hashlib.sha256(f"{shown}\0{source}".encode()).hexdigest()
    try:
        return _unpacked(json.loads(kept.read_bytes()))
    except (OSError, ValueError):  # not kept yet, or half written
        placed = _parsed(source, shown)
    with contextlib.suppress(OSError):  # a house that cannot be written to reads a little slower
        CACHE.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_text(json.dumps(_packed(placed), ensure_ascii=False), encoding="utf-8")
        half.replace(kept)
    return placed


def _packed(placed: Placed) -> list[Any]:
    value: Any = placed.value
    if isinstance(value, list):
        value = [_packed(one) for one in value]
    elif isinstance(value, Mapping):
        value = {name: _packed(one) for name, one in value.items()}
    return [value, placed.where, placed.is_plain]


def _unpacked(packed: list[Any]) -> Placed:
    value, where, is_plain = packed
    if isinstance(value, list):
        value = [_unpacked(one) for one in value]
    elif isinstance(value, dict):
        value = {name: _unpacked(one) for name, one in value.items()}
    return Placed(value, where, is_plain)


def _parsed(source: str, shown: str) -> Placed:
    # Imported here: the parser alone takes 0.2 s, a third of what `decide` may, and what was read once is kept by its hash.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(source)
        return _placed(root, shown, set()) if root is not None else Placed({}, f"{shown}:1")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError(f"{shown}:{line}", f"this is no YAML: {error.problem}") from None
    except YAMLError as error:
        raise DefinitionError(f"{shown}:1", f"this is no YAML: {error}") from None
    except RecursionError:
        raise DefinitionError(f"{shown}:1", "this is nested too deeply to be read") from None


def _placed(node: Node, shown: str, seen: set[int]) -> Placed:
    """`seen` holds the nodes passed: one met again stands there by an alias, and nine aliases of nine would fill the memory."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    where = f"{shown}:{node.start_mark.line + 1}"
    if id(node) in seen:
        raise DefinitionError(where, "aliases are not read; write it out")
    seen.add(id(node))
    match node:
        case MappingNode():
            entries: dict[str, Placed] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, ScalarNode):
                    raise DefinitionError(f"{shown}:{line}", "a key is one word")
                if key.value in entries:
                    raise DefinitionError(f"{shown}:{line}", f"{key.value} stands here twice")
                entries[key.value] = _placed(value, shown, seen)
            return Placed(entries, where)
        case SequenceNode():
            return Placed([_placed(one, shown, seen) for one in node.value], where)
        case ScalarNode(value=text) if UNWRITABLE.search(str(text)):
            raise DefinitionError(where, "half a character, or the character 0, is no text")
        case ScalarNode(tag=tag, value=text):
            return Placed(None if tag == NULL else str(text), where, is_plain=node.style is None)
        case _:
            raise DefinitionError(where, "this is neither a mapping, a list nor a text")


def plain(placed: Placed) -> object:
    """The document as JSON could hold it; a plain `true`, `false` or whole number is what it looks like, all else is text."""
    match placed.value:
        case None:
            return None
        case str() as text if placed.is_plain and text in ("true", "false"):
            return text == "true"
        case str() as text if placed.is_plain and text.lstrip("-").isdecimal() and not text.lstrip("-").startswith("0"):
            return int(text)
        case "0" if placed.is_plain:
            return 0
        case str() as text:
            return text
        case list() as items:
            return [plain(one) for one in items]
        case entries:
            return {name: plain(one) for name, one in entries.items()}
