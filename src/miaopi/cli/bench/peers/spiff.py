"""SpiffWorkflow: its DMN engine, with Python in the cells, on a decision table made as its own parser makes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs.model import DecisionTable, Input, InputEntry, Output, OutputEntry, Rule

from miaopi.cli.bench.subject import Facts


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    table = DecisionTable("table", "table", "UNIQUE")  # which it ends at the first hit
    table.inputs = [Input(name, name, name, name, "string") for name in columns]
    table.outputs = [Output("outcome", "outcome", "outcome", "string")]
    for *cells, outcome in rules:
        rule = Rule(str(len(table.rules)))
        for column, cell in zip(table.inputs, cells, strict=True):
            entry = InputEntry(column.id, column)
            entry.lhs = [_test(cell)] if cell != "-" else []
            rule.inputEntries.append(entry)
        given = OutputEntry("outcome", table.outputs[0])
        given.text = repr(outcome)
        rule.outputEntries = [given]
        table.rules.append(rule)
    engine = DMNEngine(table)
    workflow = SimpleNamespace(script_engine=PythonScriptEngine())
    return lambda facts: str(engine.result(SimpleNamespace(data=facts, workflow=workflow))["outcome"])


def _test(cell: str) -> str:
    low, dots, high = cell.strip("[]").partition("..")
    return f"{low} <= ? <= {high}" if dots else {"true": "True", "false": "False"}.get(cell, cell)
