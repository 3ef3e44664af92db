"""Which element needs which: references followed, circles refused, an order in which everything needed comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from miaopi.kernel.dmn.elements import Reference
from miaopi.kernel.dmn.reading.xml import Element
from miaopi.kernel.errors import DefinitionError

ELEMENTS: Final = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
REQUIREMENTS: Final = (
    ("informationRequirement", "requiredInput"),
    ("informationRequirement", "requiredDecision"),
    ("knowledgeRequirement", "requiredKnowledge"),
)
OF_SERVICES: Final = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")


class Directory:
    """Where the elements of a model and of those it imports stand."""

    def __init__(self, root: Element, imports: Sequence[tuple[str, Directory]]) -> None:
        self.namespace = root.get("namespace")
        self.imports = imports
        self.written: dict[str, Element] = {}
        self._required: dict[str, tuple[Reference, ...]] = {}
        self._ways: dict[str, Way | None] = {}
        for element in root.children:
            if element.name in ELEMENTS:
                key = element.get("id") or f"{element.name} {element.get('name')}"
                if key in self.written:
                    raise DefinitionError(element.where, f"two elements have the identifier {key}")
                self.written[key] = element

    def resolve(self, href: str, where: str) -> Reference:
        """The element that `#id` or `namespace#id` names. Raises DefinitionError where there is none."""
        namespace, _, id = href.rpartition("#")
        found = self.way(namespace or self.namespace)
        if found is None or id not in found[1].written:
            raise DefinitionError(where, f"{href} names no element of this model or of one that it imports")
        return Reference(found[0], id)

    def way(self, namespace: str) -> Way | None:
        """The names of the imports that lead to the model of that namespace, and the model; a direct one before all others."""
        if namespace not in self._ways:
            self._ways[namespace] = self._way(namespace)
        return self._ways[namespace]

    def _way(self, namespace: str) -> Way | None:
        if namespace == self.namespace:
            return (), self
        for name, directory in self.imports:
            if directory.namespace == namespace:
                return (name,), directory
        for name, directory in self.imports:
            if found := directory.way(namespace):
                return (name, *found[0]), found[1]
        return None

    def required(self, key: str) -> tuple[Reference, ...]:
        """What a decision or knowledge model needs."""
        if key not in self._required:
            self._required[key] = tuple(
                self.resolve(href.get("href"), href.where)
                for requirement, kind in REQUIREMENTS
                for one in self.written[key].all(requirement)
                for href in one.all(kind)
            )
        return self._required[key]

    def listed(self, service: Element, part: str) -> tuple[Reference, ...]:
        return tuple(self.resolve(one.get("href"), one.where) for one in service.all(part))

    def needs(self, key: str) -> list[str]:
        """The elements of this model that must have a value before this one: all but its own self for a function."""
        element = self.written[key]
        if element.name == "decisionService":
            found: Iterable[Reference] = [
                reference for part in OF_SERVICES for reference in self.listed(element, part)
            ]
        else:
            found = self.required(key)
        itself = element.name == "businessKnowledgeModel"
        return [reference.id for reference in found if not reference.path and not (itself and reference.id == key)]


Way = tuple[tuple[str, ...], Directory]


def in_order(directory: Directory) -> list[str]:
    """Every element after those that it needs. Raises DefinitionError, naming the circle, where that cannot be."""
    done: dict[str, None] = {}
    for start in directory.written:
        _visit(start, directory, done)
    return list(done)


def _visit(start: str, directory: Directory, done: dict[str, None]) -> None:
    path: dict[str, None] = {}
    waiting: list[tuple[str, bool]] = [(start, False)]
    while waiting:
        key, is_left = waiting.pop()
        if is_left:
            del path[key]
            done[key] = None
        elif key in path:
            raise _circle(key, list(path), directory.written)
        elif key not in done:
            path[key] = None
            waiting.append((key, True))
            waiting.extend((need, False) for need in reversed(directory.needs(key)))


def _circle(key: str, path: list[str], written: Mapping[str, Element]) -> DefinitionError:
    names = [written[one].get("name") for one in [*path[path.index(key) :], key]]
    return DefinitionError(written[key].where, f"the requirements run in a circle: {' → '.join(names)}")
