"""The functions of a decision, where it has a plain form."""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from miaopi.kernel.dmn.code.edge import INPUTS, UNDECIDED, give_up, taken
from miaopi.kernel.dmn.code.outcomes import outcomes_of
from miaopi.kernel.dmn.code.rules import chosen, explained
from miaopi.kernel.dmn.code.writer import Writer
from miaopi.kernel.dmn.elements import Decision, DrgElement, Graph, InputData
from miaopi.kernel.dmn.tree import DecisionTable
from miaopi.kernel.expr.code import GIVING_UP, NotPlainError, assemble
from miaopi.kernel.expr.code.writing import AT, call, read, result
from miaopi.kernel.expr.types import NUMBER

Function = Callable[[Any], Any]


def deciding(graph: Graph, id: str) -> Function:
    """Takes the inputs by their names, and gives the value of the element, or `UNDECIDED`."""
    return _function(graph, id, _value)


def explaining(graph: Graph, id: str) -> Function:
    """The same with its `Reasons` for the value: of a decision by a table."""
    return _function(graph, id, _reasons)


def _function(graph: Graph, id: str, ending: Callable[[Writer, str, DrgElement], list[ast.stmt]]) -> Function:
    writer = Writer(graph)
    known = frozenset(one.name for one in graph.elements.values() if isinstance(one, InputData))
    try:
        end = ending(writer, id, graph.elements[id])
        body = [*taken(writer.to, writer.inputs, known), *writer.body, *end]
    except NotPlainError:
        return undecided
    wrong = ast.ExceptHandler(writer.to.constant(GIVING_UP), None, [give_up(writer.to)], **AT)
    return assemble(writer.to, (INPUTS,), [ast.Try(body, [wrong], [], [], **AT)])


def undecided(_inputs: object) -> object:
    return UNDECIDED


def _value(writer: Writer, id: str, element: DrgElement) -> list[ast.stmt]:
    if isinstance(element, Decision) and isinstance(element.logic, DecisionTable):
        table = element.logic
        _, conditions = writer.conditions(table, writer.scope(element.requires))
        given = writer.to.fresh("v")
        found = chosen(writer.to, table, conditions, outcomes_of(table, element.of), given)
        return [*found, result(read(given))]
    slot = writer.slot(id)
    value = read(slot.name)
    return [result(call(writer.to.constant(Decimal), value) if slot.is_raw and slot.type == NUMBER else value)]


def _reasons(writer: Writer, id: str, element: DrgElement) -> list[ast.stmt]:
    if not isinstance(element, Decision) or not isinstance(element.logic, DecisionTable):
        raise NotPlainError
    table = element.logic
    columns, conditions = writer.conditions(table, writer.scope(element.requires))
    return explained(writer.to, table, conditions, outcomes_of(table, element.of), [slot.name for slot in columns])
