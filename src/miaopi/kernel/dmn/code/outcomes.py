"""What the rules of a table give, as far as it is known before any case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from miaopi.kernel.dmn.code.edge import UNDECIDED
from miaopi.kernel.dmn.evaluation.tables import default_of, outputs_of, rank_of, shown
from miaopi.kernel.dmn.items import ItemType, coerce
from miaopi.kernel.dmn.tree import DecisionTable, Literal
from miaopi.kernel.expr import Run
from miaopi.kernel.expr.code import NotPlainError
from miaopi.kernel.expr.code.objects import names_read
from miaopi.kernel.expr.types import Type
from miaopi.kernel.expr.values import is_same, kind_of

KEPT: Final = frozenset({Decimal, str, bool, type(None), date})


def outcomes_of(table: DecisionTable, of: ItemType | None) -> list[object]:
    """Of each rule, and last of none, what the decision of that type gives; `UNDECIDED` for what has to be reckoned."""
    found = []
    for rule in table.rules:
        run = Run()
        value = shown(table, outputs_of(table, rule.outcomes, {}, run)) if _are_written(rule.outcomes) else UNDECIDED
        found.append(_given(table, value, of, run))
    defaults = [clause.default for clause in table.outputs if clause.default is not None]
    run = Run()
    found.append(_given(table, default_of(table, {}, run) if _are_written(defaults) else UNDECIDED, of, run))
    return found


def _given(table: DecisionTable, value: object, of: ItemType | None, run: Run) -> object:
    if value is UNDECIDED:
        return UNDECIDED
    value = coerce(coerce(value, table.of, run, table.where), of, run, table.where)
    parts = value.values() if isinstance(value, dict) else [value]
    return value if not run.faults and all(type(part) in KEPT for part in parts) else UNDECIDED


def _are_written(entries: Iterable[Literal]) -> bool:
    return all(entry.program is not None and not names_read(entry.program.tree) for entry in entries)


def by_priority(table: DecisionTable) -> list[int]:
    """The numbers of the rules, those of the highest priority first. Raises NotPlainError where that is not known."""
    run = Run()
    rank = rank_of(table, {}, run)
    ranks = [rank(outputs_of(table, rule.outcomes, {}, run)) for rule in table.rules]
    if run.faults:
        raise NotPlainError
    return sorted(range(len(table.rules)), key=lambda number: ranks[number])


def first_alike(table: DecisionTable, outcomes: Sequence[object]) -> list[int]:
    """Of each rule the number of the first one with the same outputs. Raises NotPlainError where the same is written otherwise,
    as 1 and 1.0 are: what is given is that of the first to hit.
    """
    run = Run()
    outputs = [list(outputs_of(table, rule.outcomes, {}, run)) for rule in table.rules]
    found = [next(at for at, one in enumerate(outputs) if is_same(one, mine)) for mine in outputs]
    if any(repr(outcomes[first]) != repr(outcomes[rule]) for rule, first in enumerate(found)):
        raise NotPlainError
    return found


def type_of(outcomes: Sequence[object]) -> Type:
    """The one type of all outcomes that are known and not null. Raises NotPlainError where they have none, or several."""
    kinds = {kind_of(one) for one in outcomes if one is not None and one is not UNDECIDED}
    if len(kinds) != 1:
        raise NotPlainError
    return kinds.pop()
