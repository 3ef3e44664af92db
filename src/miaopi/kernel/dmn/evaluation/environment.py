"""One evaluation: the values given, and those of the elements as far as they have been asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from miaopi.kernel.dmn.elements import Decision, Graph, InputData, Knowledge, Reference, Service
from miaopi.kernel.dmn.evaluation.boxes import closure, value_of
from miaopi.kernel.dmn.evaluation.inputs import Given, admit
from miaopi.kernel.dmn.evaluation.tables import columns_of, tries_of
from miaopi.kernel.dmn.items import ANY, coerce
from miaopi.kernel.dmn.tree import DecisionTable
from miaopi.kernel.expr import Closure, Run


class Environment:
    """The elements of one model, each with its value for the given inputs.

    `supplied` are the values that a caller of a decision service gave in the place of elements.
    """

    def __init__(
        self, graph: Graph, given: Given, run: Run, supplied: Mapping[Reference, object] | None = None
    ) -> None:
        self.graph = graph
        self.given = given
        self.run = run
        self.supplied = supplied or {}
        self.values: dict[str, object] = {}
        self.imported: dict[str, Environment] = {}

    def value(self, reference: Reference) -> object:
        """The value of the element, those that it needs first: no chain of them is too long."""
        if reference.path:
            return self._within(reference.path[0]).value(Reference(reference.path[1:], reference.id))
        waiting = [reference.id]
        while waiting:
            id = waiting[-1]
            missing = [need for need in self._needs(id) if need not in self.values]
            if missing and id not in self.values:
                waiting.extend(missing)
                continue
            waiting.pop()
            if id not in self.values:
                self.values[id] = self._evaluate(id)
        return self.values[reference.id]

    def asked(self, reference: Reference) -> object:
        """The value of a decision; what an invocable gives for the inputs, null for a parameter that has none."""
        if reference.path:
            return self._within(reference.path[0]).asked(Reference(reference.path[1:], reference.id))
        element = self.graph.elements[reference.id]
        if isinstance(element, Service):
            return self._served(element, {one: self._argument(one) for one in element.parameters})
        value = self.value(reference)
        if not isinstance(element, Knowledge) or not isinstance(value, Closure):
            return value
        return value.apply(
            *(
                admit(name, self.given.find(name, self.graph.namespace), of or ANY)
                for name, of in element.function.parameters
            )
        )

    def reasons(self, reference: Reference) -> tuple[Sequence[int], tuple[object, ...]]:
        """Of the table that a decision is made by, how its rules fared and the values of its columns; of anything else nothing.

        Tried once more, in a run of its own: what goes wrong was noted when the value was reckoned.
        """
        if reference.path:
            return self._within(reference.path[0]).reasons(Reference(reference.path[1:], reference.id))
        element = self.graph.elements[reference.id]
        if not isinstance(element, Decision) or not isinstance(element.logic, DecisionTable):
            return (), ()
        scope, run = self._scope(element.requires), Run(now=self.run.now)
        values = columns_of(element.logic, scope, run)
        if values is None:
            return (), ()
        return tries_of(element.logic, values, scope, run), tuple(values)

    def _argument(self, reference: Reference) -> object:
        """The input for a parameter of a service."""
        given, graph = self.given, self.graph
        for name in reference.path:
            given, graph = given.within(name), graph.imports[name]
        element = graph.elements[reference.id]
        value = admit(element.name, given.find(element.name, graph.namespace), element.of or ANY)
        return coerce(value, element.of, self.run, element.where, whole=False)

    def _needs(self, id: str) -> list[str]:
        """The decisions of this model that a decision or a knowledge model asks for."""
        element = self.graph.elements[id]
        if not isinstance(element, Decision | Knowledge) or Reference((), id) in self.supplied:
            return []
        return [one.id for one in element.requires if not one.path and one.id != id]

    def _within(self, name: str) -> Environment:
        """The same evaluation in an imported model."""
        if name not in self.imported:
            graph = self.graph.imports[name]
            supplied = {
                Reference(reference.path[1:], reference.id): value
                for reference, value in self.supplied.items()
                if reference.path[:1] == (name,)
            }
            self.imported[name] = Environment(graph, self.given.within(name), self.run, supplied)
        return self.imported[name]

    def _evaluate(self, id: str) -> object:
        element = self.graph.elements[id]
        if Reference((), id) in self.supplied:
            return self.supplied[Reference((), id)]
        match element:
            case InputData():
                return self.given.input(element, self.graph.namespace, self.run)
            case Decision(logic=logic, requires=requires):
                if logic is None:
                    self.run.faults.append(f"{element.where}: {element.name} has no logic")
                    return None
                scope = self._scope(requires)
                return coerce(value_of(logic, scope, self.run), element.of, self.run, element.where)
            case Knowledge():
                return self._knowledge(id, element)
            case _:
                return self._service(element)

    def _scope(self, requires: Sequence[Reference]) -> dict[str, object]:
        """What an element sees: the values that it requires, imported ones within the name of their import."""
        scope: dict[str, Any] = {}
        for reference in requires:
            at: dict[str, Any] = scope
            for name in filter(None, reference.path):
                at = at.setdefault(name, {})
            at[self.graph.find(reference).name] = self.value(reference)
        return scope

    def _knowledge(self, id: str, element: Knowledge) -> Closure:
        requires = [reference for reference in element.requires if reference != Reference((), id)]
        scope = self._scope(requires)
        return closure(element.function, scope, self.run, name=element.name, of=element.of)

    def _service(self, service: Service) -> Closure:
        """A decision service as a function of its input data and input decisions (§10.4)."""
        taken = [self.graph.find(reference) for reference in service.parameters]

        def call(*values: object) -> object:
            given = [coerce(value, one.of, self.run, one.where) for one, value in zip(taken, values, strict=True)]
            return self._served(service, dict(zip(service.parameters, given, strict=True)))

        kinds = tuple((one.of or ANY).type for one in taken)
        return Closure(tuple(one.name for one in taken), call, kinds, (service.of or ANY).type)

    def _served(self, service: Service, supplied: Mapping[Reference, object]) -> object:
        """The value of the only output, or a context of several; nothing is known but what was supplied."""
        inner = Environment(self.graph, Given({}), self.run, supplied)
        values = {self.graph.find(reference).name: inner.value(reference) for reference in service.outputs}
        found = next(iter(values.values())) if len(service.outputs) == 1 else values
        return coerce(found, service.of, self.run, service.where)
