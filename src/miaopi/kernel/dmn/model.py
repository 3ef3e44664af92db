"""A DMN model: what it can be asked for, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple

from miaopi.kernel.dmn.code.edge import UNDECIDED
from miaopi.kernel.dmn.code.functions import Function, deciding, explaining, undecided
from miaopi.kernel.dmn.elements import Decision, Graph, InputData, Knowledge, Reference, Service
from miaopi.kernel.dmn.evaluation.environment import Environment
from miaopi.kernel.dmn.evaluation.inputs import Given
from miaopi.kernel.dmn.evaluation.results import hand_out
from miaopi.kernel.dmn.reasons import Reasons
from miaopi.kernel.dmn.tree import Literal
from miaopi.kernel.errors import BudgetError, DefinitionError, NotFound
from miaopi.kernel.expr import Run
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


class Traced(NamedTuple):
    """A value with what went wrong on the way to it. An error that does not reach the value is named all the same."""

    value: object
    errors: tuple[str, ...]


@frozen
class Model:
    """`noted` are its texts, read when they are asked for, and what else in it could not be read."""

    graph: Graph
    noted: tuple[str | Literal, ...] = field(repr=False)
    deciding: dict[str, Function] = field(default_factory=dict, init=False, repr=False, compare=False)
    explaining: dict[str, Function] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        decide = self.deciding.get(name) or self._made(self.deciding, name, deciding)
        value = decide(inputs)
        return self.evaluate_traced(name, inputs, now=now).value if value is UNDECIDED else value

    def explain(self, name: str, inputs: Mapping[str, object], *, now: datetime | None = None) -> Reasons:
        """The value, and why: of a decision by a table how each rule fared that was tried. `say` puts it into words.

        Raises what `evaluate` raises.
        """
        explain = self.explaining.get(name) or self._made(self.explaining, name, explaining)
        reasons = explain(inputs)
        if reasons is not UNDECIDED:
            found: Reasons = reasons
            return found
        reference, environment = self._begin(name, inputs, now)
        value, errors = self._asked(name, reference, environment)
        return Reasons(value, *environment.reasons(reference), errors)

    def evaluate_traced(self, name: str, inputs: Mapping[str, object], *, now: datetime | None = None) -> Traced:
        """The same as `evaluate` with the errors of the evaluation."""
        return self._asked(name, *self._begin(name, inputs, now))

    def _made(self, kept: dict[str, Function], name: str, make: Callable[[Graph, str], Function]) -> Function:
        """The function of a decision of this model, made when it is first asked for and kept under its own name."""
        reference = self._find(name)
        made = undecided if reference.path else make(self.graph, reference.id)
        if name == _plain(name):
            kept[name] = made
        return made

    def _find(self, name: str) -> Reference:
        reference = self.graph.named(_plain(name))
        if reference is None:
            raise NotFound(
                Text(
                    zh=f"模型中没有名为“{name}”的决策、知识模型或决策服务。",
                    en=f"the model has no decision, knowledge model or decision service of the name {name}",
                )
            )
        return reference

    def _begin(self, name: str, inputs: Mapping[str, object], now: datetime | None) -> tuple[Reference, Environment]:
        reference = self._find(name)
        given = Given({_plain(key): value for key, value in inputs.items()})
        return reference, Environment(self.graph, given, Run(now=now))

    def _asked(self, name: str, reference: Reference, environment: Environment) -> Traced:
        where = self.graph.find(reference).where
        try:
            value = hand_out(environment.asked(reference), environment.run, where)
        except RecursionError:
            raise DefinitionError(where, f"the evaluation of {name} goes too deep") from None
        return Traced(value, tuple(environment.run.faults))


def _plain(name: str) -> str:
    """Each white space in it one blank, as names are read."""
    return " ".join(name.split())


def _finding(noted: str | Literal) -> str:
    if isinstance(noted, str):
        return noted
    try:
        return f"{noted.where}: {noted.broken}" if noted.broken else ""
    except BudgetError as error:
        return f"{error.where}: {error.message}"
