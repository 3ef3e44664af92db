"""The rules of a table, one after another, as they would be tried by hand."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from miaopi.kernel.dmn.code.edge import UNDECIDED, give_up, give_up_unless
from miaopi.kernel.dmn.code.outcomes import by_priority, first_alike
from miaopi.kernel.dmn.reasons import PASSED, Reasons
from miaopi.kernel.dmn.tree import DecisionTable, HitPolicy
from miaopi.kernel.expr.code import Emitter, NotPlainError
from miaopi.kernel.expr.code.writing import (
    AT,
    assignment,
    call,
    compare,
    constant,
    dict_of,
    every,
    is_other,
    read,
    result,
    tuple_of,
)

Conditions = Sequence[Sequence[tuple[int, ast.expr]]]  # of each rule the columns that can fail, each with its test
ONE_HIT: Final = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY})


def chosen(
    to: Emitter, table: DecisionTable, conditions: Conditions, outcomes: Sequence[object], slot: str
) -> list[ast.stmt]:
    """Statements after which the slot holds what the table gives; they give up where that is none of the outcomes known."""
    if table.policy in ONE_HIT:
        hit = to.fresh("h")
        found = [assignment(hit, constant(PASSED))]
        for tests, then in zip(conditions, _hits(to, table, outcomes, hit), strict=True):
            found += _if_all(tests, then, [])
        found.append(assignment(slot, _outcome_of(to, outcomes, hit)))
    else:
        found = [assignment(slot, _written(to, outcomes[-1]))]
        for rule in reversed(_order(table, outcomes)):
            found = _if_all(conditions[rule], [assignment(slot, _written(to, outcomes[rule]))], found)
    known = is_other(read(slot), to.constant(UNDECIDED))
    return [*found, give_up_unless(to, known)] if UNDECIDED in outcomes else found


def explained(
    to: Emitter, table: DecisionTable, conditions: Conditions, outcomes: Sequence[object], columns: Sequence[str]
) -> list[ast.stmt]:
    """Statements that return what the table gives with the reasons: of each rule tried the first column that failed."""
    failed: list[str] = []
    found: list[ast.stmt] = []

    def reasons(value: ast.expr, *last: ast.expr) -> ast.stmt:
        tried = tuple_of([*map(read, failed), *last])
        parts = tuple_of((value, tried, tuple_of(map(read, columns)), to.constant(())))
        return result(call(to.constant(tuple.__new__), to.constant(Reasons), parts))  # at half the cost of a call of the class

    hit = to.fresh("h")
    if table.policy in ONE_HIT:
        found.append(assignment(hit, constant(PASSED)))
        for tests, then in zip(conditions, _hits(to, table, outcomes, hit), strict=True):
            failed.append(to.fresh("f"))
            found += _traced(tests, [assignment(failed[-1], constant(PASSED)), *then], failed[-1])
        value = to.fresh("v")
        known = is_other(read(value), to.constant(UNDECIDED))
        return [*found, assignment(value, _outcome_of(to, outcomes, hit)), give_up_unless(to, known), reasons(read(value))]
    if table.policy is not HitPolicy.FIRST:
        raise NotPlainError
    for tests, outcome in zip(conditions, outcomes, strict=False):
        end = give_up(to) if outcome is UNDECIDED else reasons(_written(to, outcome), constant(PASSED))
        failed.append(to.fresh("f"))
        found += _traced(tests, [end], failed[-1])
    return [*found, give_up(to) if outcomes[-1] is UNDECIDED else reasons(_written(to, outcomes[-1]))]


def _order(table: DecisionTable, outcomes: Sequence[object]) -> Sequence[int]:
    """The rules in an order in which the first to hit decides. Raises NotPlainError where there is none."""
    if table.policy is HitPolicy.FIRST:
        return range(len(table.rules))
    if table.policy is not HitPolicy.PRIORITY or UNDECIDED in outcomes[:-1]:
        raise NotPlainError
    return by_priority(table)


def _hits(to: Emitter, table: DecisionTable, outcomes: Sequence[object], hit: str) -> list[list[ast.stmt]]:
    """Of each rule what is done when it hits: note it in `hit`; give up if another one hit that gives something else."""
    alike: Sequence[int] = range(len(table.rules))
    if table.policy is HitPolicy.ANY:
        if UNDECIDED in outcomes[:-1]:
            raise NotPlainError
        alike = first_alike(table, outcomes)
    before = [tuple_of((constant(PASSED), constant(same))) for same in alike]
    return [
        [give_up_unless(to, compare(read(hit), ast.In(), others)), assignment(hit, constant(same))]
        for others, same in zip(before, alike, strict=True)
    ]


def _if_all(tests: Sequence[tuple[int, ast.expr]], then: list[ast.stmt], otherwise: list[ast.stmt]) -> list[ast.stmt]:
    return [ast.If(every(*(test for _, test in tests)), then, otherwise, **AT)] if tests else then


def _traced(tests: Sequence[tuple[int, ast.expr]], then: list[ast.stmt], failed: str) -> list[ast.stmt]:
    for column, test in reversed(tests):
        then = [ast.If(test, then, [assignment(failed, constant(column))], **AT)]
    return then


def _written(to: Emitter, outcome: object) -> ast.expr:
    if isinstance(outcome, dict):
        return dict_of((name, to.constant(value)) for name, value in outcome.items())
    return to.constant(outcome)


def _outcome_of(to: Emitter, outcomes: Sequence[object], hit: str) -> ast.expr:
    """The outcome of that number; what `PASSED` counts from the end is that of no hit."""
    chosen = ast.Subscript(to.constant(tuple(outcomes)), read(hit), ast.Load(), **AT)
    return call(to.constant(_fresh), chosen) if any(isinstance(one, dict) for one in outcomes) else chosen


def _fresh(outcome: object) -> object:
    """The outcome, for whoever asked to keep and to change."""
    return dict(outcome) if isinstance(outcome, dict) else outcome
