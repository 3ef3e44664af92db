"""The elements of a decision requirements graph (DMN 1.5 chapter 6.3): what each needs, and how it comes to its value."""

from __future__ import annotations

from collections.abc import Mapping

from miaopi.kernel.dmn.items import ItemType
from miaopi.kernel.dmn.tree import Boxed, BoxedFunction
from miaopi.kernel.frozen import frozen


@frozen
class Reference:
    """An element: the names of the imports that lead to its model, and its identifier there."""

    path: tuple[str, ...]
    id: str


@frozen
class InputData:
    name: str
    of: ItemType | None
    where: str


@frozen
class Decision:
    name: str
    of: ItemType | None
    requires: tuple[Reference, ...]
    logic: Boxed | None
    where: str


@frozen
class Knowledge:
    """A business knowledge model: logic with parameters. `of` is the type of what it gives."""

    name: str
    of: ItemType | None
    requires: tuple[Reference, ...]
    function: BoxedFunction
    where: str


@frozen
class Service:
    """A decision service (§6.3.10); its parameters are its input data, then its input decisions."""

    name: str
    of: ItemType | None
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    where: str

    @property
    def parameters(self) -> tuple[Reference, ...]:
        return (*self.input_data, *self.input_decisions)


DrgElement = InputData | Decision | Knowledge | Service


@frozen
class Graph:
    """The elements of a model by their identifiers, each after those that it needs, and the models that it imports."""

    name: str
    namespace: str
    elements: Mapping[str, DrgElement]
    imports: Mapping[str, Graph]

    def find(self, reference: Reference) -> DrgElement:
        graph = self
        for name in reference.path:
            graph = graph.imports[name]
        return graph.elements[reference.id]

    def named(self, name: str) -> Reference | None:
        """The element of that name: of this model, or `import name.name` of an imported one."""
        for id, element in self.elements.items():
            if element.name == name and not isinstance(element, InputData):
                return Reference((), id)
        for prefix, graph in self.imports.items():
            start = f"{prefix}." if prefix else ""
            found = graph.named(name.removeprefix(start)) if name.startswith(start) else None
            if found is not None:
                return Reference((prefix, *found.path), found.id)
        return None
