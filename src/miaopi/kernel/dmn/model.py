"""A DMN model: what it can be asked for, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from miaopi.kernel.dmn.elements import Decision, Graph, InputData, Knowledge, Service
from miaopi.kernel.dmn.evaluation.environment import Environment
from miaopi.kernel.dmn.evaluation.inputs import Given
from miaopi.kernel.dmn.evaluation.results import hand_out
from miaopi.kernel.dmn.tree import Literal
from miaopi.kernel.errors import BudgetError, DefinitionError, NotFound
from miaopi.kernel.expr import Run
from miaopi.kernel.wording import Text


class Traced(NamedTuple):
    """A value with what went wrong on the way to it. An error that does not reach the value is named all the same."""

    value: object
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`noted` are its texts, read when they are asked for, and what else in it could not be read."""

    graph: Graph
    noted: tuple[str | Literal, ...] = field(repr=False)

    @property
    def findings(self) -> tuple[str, ...]:
        """What could not be read, with its place: each is null, and an error, when evaluated. Reads every expression."""
        return tuple(filter(None, map(_finding, self.noted)))

    @property
    def name(self) -> str:
        return self.graph.name

    @property
    def namespace(self) -> str:
        return self.graph.namespace

    @property
    def decisions(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.graph.elements.values() if isinstance(one, Decision))

    @property
    def invocables(self) -> tuple[str, ...]:
        """Business knowledge models and decision services."""
        return tuple(one.name for one in self.graph.elements.values() if isinstance(one, Knowledge | Service))

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.graph.elements.values() if isinstance(one, InputData))

    def evaluate(self, name: str, inputs: Mapping[str, object], *, now: datetime | None = None) -> object:
        """The value of a decision, or what an invocable gives for the inputs as its arguments; null for an error.

        Raises NotFound for a name of neither, InputError for an input that is no value, DefinitionError beyond a budget.
        """
        return self.evaluate_traced(name, inputs, now=now).value

    def evaluate_traced(self, name: str, inputs: Mapping[str, object], *, now: datetime | None = None) -> Traced:
        """The same with the errors of the evaluation."""
        reference = self.graph.named(" ".join(name.split()))
        if reference is None:
            raise NotFound(
                Text(
                    zh=f"模型中没有名为“{name}”的决策、知识模型或决策服务。",
                    en=f"the model has no decision, knowledge model or decision service of the name {name}",
                )
            )
        run, where = Run(now=now), self.graph.find(reference).where
        given = Given({" ".join(key.split()): value for key, value in inputs.items()})
        try:
            value = hand_out(Environment(self.graph, given, run).asked(reference), run, where)
        except RecursionError:
            raise DefinitionError(where, f"the evaluation of {name} goes too deep") from None
        return Traced(value, tuple(run.faults))


def _finding(noted: str | Literal) -> str:
    if isinstance(noted, str):
        return noted
    try:
        return f"{noted.where}: {noted.broken}" if noted.broken else ""
    except BudgetError as error:
        return f"{error.where}: {error.message}"
