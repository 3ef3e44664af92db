"""Decision tables: which rules hit, and what their hit policy makes of it (DMN 1.5 §8.2.11 and §10.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from miaopi.kernel.dmn.items import coerce
from miaopi.kernel.dmn.lookup.cells import CONSTRUCTORS
from miaopi.kernel.dmn.lookup.index import Index, index_of
from miaopi.kernel.dmn.reasons import PASSED
from miaopi.kernel.dmn.tree import Aggregation, DecisionTable, HitPolicy, Literal, OutputClause
from miaopi.kernel.expr import Program, Run, read
from miaopi.kernel.expr.lexer import Source
from miaopi.kernel.expr.meaning.evaluation import Evaluation
from miaopi.kernel.expr.types import ANY
from miaopi.kernel.expr.values import is_same

Scope = Mapping[str, object]
Output = tuple[object, ...]
MANY: Final = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
HITS: Final = "the hits"
AGGREGATED: Final[Mapping[Aggregation, Program]] = {
    aggregation: read(f"{aggregation.value.lower()}({HITS})", {HITS: ANY}) for aggregation in Aggregation
}


def decide_table(table: DecisionTable, scope: Scope, run: Run) -> object:
    values = columns_of(table, scope, run)
    if values is None:
        return None
    hits = [table.rules[number] for number in hits_of(table, values, scope, run)]
    if not hits:
        return default_of(table, scope, run)
    return _resolve(table, [outputs_of(table, rule.outcomes, scope, run) for rule in hits], scope, run)


def columns_of(table: DecisionTable, scope: Scope, run: Run) -> list[object] | None:
    """The values of the inputs of the table; none where one is not among its allowed values."""
    values = []
    for clause in table.inputs:
        value = coerce(_value(clause.expression, scope, run), clause.expression.of, run, clause.expression.where)
        if value is not None and clause.allowed is not None and not _satisfies(clause.allowed, value, scope, run):
            run.faults.append(f"{clause.allowed.where}: the input of the table is none of the allowed values")
            return None
        values.append(value)
    return values


def tries_of(table: DecisionTable, values: Sequence[object], scope: Scope, run: Run) -> Sequence[int]:
    """Of each rule the number of the first column whose cell does not hold, or `PASSED`; up to the first hit that counts."""
    index = _index_for(table, values, scope)
    if index is not None:
        return index.tries(values, lambda rule, at: _satisfies(table.rules[rule].conditions[at], values[at], scope, run))
    found: list[int] = []
    for rule in table.rules:
        cells = enumerate(zip(rule.conditions, values, strict=True))
        found.append(next((at for at, (test, value) in cells if not _satisfies(test, value, scope, run)), PASSED))
        if table.policy is HitPolicy.FIRST and found[-1] == PASSED:
            break
    return found


def hits_of(table: DecisionTable, values: Sequence[object], scope: Scope, run: Run) -> Iterator[int]:
    """The numbers of the rules that hit, in their order; of a table of first hits no more than one. Looked up where the table
    is long and the values are of the kinds that its cells speak of; the same, faults included, as trying them.
    """
    index = _index_for(table, values, scope)
    if index is None:
        return tried(table, values, scope, run)
    return index.hits(values, lambda rule, at: _satisfies(table.rules[rule].conditions[at], values[at], scope, run))


def _index_for(table: DecisionTable, values: Sequence[object], scope: Scope) -> Index | None:
    """The index of the table, if it has one that takes these values."""
    index = index_of(table)
    return index if index is not None and not CONSTRUCTORS & scope.keys() and index.takes(values) else None


def tried(table: DecisionTable, values: Sequence[object], scope: Scope, run: Run) -> Iterator[int]:
    """The same found plainly: rule by rule, each cell from the left up to the first that does not hold."""
    found = (
        number
        for number, rule in enumerate(table.rules)
        if all(_satisfies(test, value, scope, run) for test, value in zip(rule.conditions, values, strict=True))
    )
    return islice(found, 1) if table.policy is HitPolicy.FIRST else found


def _value(literal: Literal, scope: Scope, run: Run) -> object:
    if literal.program is None:
        run.faults.append(f"{literal.where}: {literal.broken}")
        return None
    return literal.program.evaluate(scope, run=run)


def _satisfies(test: Literal, value: object, scope: Scope, run: Run) -> bool:
    return _value(test, {**scope, "?": value}, run) is True


def outputs_of(table: DecisionTable, entries: Sequence[Literal], scope: Scope, run: Run) -> Output:
    """The outputs of a rule, as its entries say."""
    return tuple(
        _output(clause, entry, scope, run) for clause, entry in zip(table.outputs, entries, strict=True)
    )


def _output(clause: OutputClause, entry: Literal, scope: Scope, run: Run) -> object:
    value = coerce(_value(entry, scope, run), clause.of, run, entry.where)
    if value is not None and clause.allowed is not None and not _satisfies(clause.allowed, value, scope, run):
        run.faults.append(f"{entry.where}: the output is none of the allowed values")
        return None
    return value


def shown(table: DecisionTable, output: Output) -> object:
    """What one rule gives: the value itself, or a context where there are several outputs."""
    if len(table.outputs) == 1:
        return output[0]
    return {clause.name: value for clause, value in zip(table.outputs, output, strict=True)}


def default_of(table: DecisionTable, scope: Scope, run: Run) -> object:
    """What a table without a hit gives: its default outputs; else the hits that there are, or null for a single one."""
    if any(clause.default is not None for clause in table.outputs):
        output = tuple(
            None if clause.default is None else _output(clause, clause.default, scope, run) for clause in table.outputs
        )
        return shown(table, output)
    if table.aggregation is Aggregation.COUNT:
        return Decimal(0)
    return [] if table.policy in MANY and table.aggregation is None else None


def _resolve(table: DecisionTable, outputs: list[Output], scope: Scope, run: Run) -> object:
    match table.policy:
        case HitPolicy.UNIQUE if len(outputs) > 1:
            run.faults.append(f"{table.where}: {len(outputs)} rules of a table of unique hits hit")
            return None
        case HitPolicy.ANY if not all(_are_same(table, outputs[0], other, run) for other in outputs[1:]):
            run.faults.append(f"{table.where}: the rules that hit give different outputs")
            return None
        case HitPolicy.UNIQUE | HitPolicy.ANY | HitPolicy.FIRST:
            return shown(table, outputs[0])
        case HitPolicy.PRIORITY:
            return shown(table, min(outputs, key=rank_of(table, scope, run)))
        case HitPolicy.OUTPUT_ORDER:
            return [shown(table, output) for output in sorted(outputs, key=rank_of(table, scope, run))]
        case _:
            return _collected(table, outputs, run)


def _are_same(table: DecisionTable, output: Output, other: Output, run: Run) -> bool:
    """Whether two rules give the same; comparing is counted as it is in the language."""
    mine, theirs = list(output), list(other)
    Evaluation(Source("", table.where, is_open=True), run).compare(mine, theirs)
    return is_same(mine, theirs)


def _collected(table: DecisionTable, outputs: list[Output], run: Run) -> object:
    if table.aggregation is None:
        return [shown(table, output) for output in outputs]
    program = AGGREGATED[table.aggregation]
    columns = tuple(program.evaluate({HITS: list(column)}, run=run) for column in zip(*outputs, strict=True))
    return shown(table, columns)


def rank_of(table: DecisionTable, scope: Scope, run: Run) -> Callable[[Output], tuple[int, ...]]:
    """The place of an output among the allowed values, the first output deciding first; what is not among them is last."""

    ranks = [clause.ranks for clause in table.outputs]

    def rank(output: Output) -> tuple[int, ...]:
        return tuple(
            next(
                (at for at, test in enumerate(tests) if test.evaluate({**scope, "?": value}, run=run) is True),
                len(tests),
            )
            for tests, value in zip(ranks, output, strict=True)
        )

    return rank
