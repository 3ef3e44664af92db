"""Tables of the law: a value that a decision of a DMN model gives, by the model of the day.

A model answers null to a mistake; here a mistake decides nothing. Whatever went wrong on the way to the value makes it
undetermined, with the cause, and a person looks (law 6 of the house; ADR 0029).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from miaopi.kernel.decision.history import find_in_force, no_law, require_order
from miaopi.kernel.decision.outcomes import Basis, TableResult
from miaopi.kernel.dmn import Model
from miaopi.kernel.dmn.evaluation.inputs import admit
from miaopi.kernel.dmn.items import ANY
from miaopi.kernel.errors import DefinitionError, InputError
from miaopi.kernel.expr import Expression, Type, Undetermined
from miaopi.kernel.expr.values import holds, merge, settle
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class DatedModel:
    """The model of one file, in force from `since` until before `until`; `published` is when anyone could know of it."""

    since: date
    file: str
    model: Model
    basis: tuple[Basis, ...]
    until: date | None = None
    published: date | None = None


@frozen
class Table:
    """`decision` is asked in the model of the day; `inputs` say what stands for each of its input data. It gives a `type`."""

    name: str
    label: Text
    decision: str
    type: Type
    inputs: Mapping[str, Expression]
    history: tuple[DatedModel, ...]

    def __post_init__(self) -> None:
        if not self.history:
            raise DefinitionError(self.name, "a table needs at least one dated file")
        require_order(self.name, self.history)

    @property
    def names(self) -> frozenset[str]:
        """What it reads."""
        return frozenset().union(*(expression.names for expression in self.inputs.values()))

    def model_on(self, day: date, known_at: date | None = None) -> DatedModel:
        """The file in force on `day` as far as published by `known_at`; InputError where none is."""
        found = find_in_force(self.history, day, known_at)
        if found is None:
            what = Text(zh=f"表“{self.label.zh}”", en=f"table {self.name}")
            raise no_law(self.name, what, self.history, day, known_at)
        return found

    def look_up(self, scope: Mapping[str, object], dated: DatedModel) -> tuple[object, TableResult]:
        """The value for these values of the names, or `Undetermined`; and which rules gave it, none where it is undetermined."""
        given = {name: settle(expression.evaluate(scope)) for name, expression in self.inputs.items()}
        doubts = [value for value in given.values() if isinstance(value, Undetermined)]
        value, rules = (merge(*doubts), ()) if doubts else self._ask(dated.model, given)
        return value, TableResult(self.name, dated.file, rules, dated.basis)

    def _ask(self, model: Model, given: Mapping[str, object]) -> tuple[object, tuple[int, ...]]:
        try:
            found = model.explain(self.decision, given)
            value = admit(self.name, found.value, ANY)
        except (DefinitionError, InputError) as error:  # beyond what an evaluation may take
            return self._fault(str(error)), ()
        if found.errors:
            return self._fault(*found.errors), ()
        if not holds(self.type, value):
            return self._fault(f"the value is no {self.type}"), ()
        return value, tuple(rule + 1 for rule in found.hits)

    def _fault(self, *causes: str) -> Undetermined:
        return Undetermined(frozenset(), frozenset(f"{self.name}: {cause}" for cause in causes))
