"""zen-engine (GoRules): a graph of one decision table, kept as a decision; its engine is written in Rust."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from zen import ZenEngine

from miaopi.cli.bench.subject import Facts


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": "out", "name": "outcome", "field": "outcome"}],
        "rules": [_rule(at, columns, cells, outcome) for at, (*cells, outcome) in enumerate(rules)],
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "end", "type": "outputNode", "name": "end"},
    ]
    edges = [
        {"id": "first", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "last", "type": "edge", "sourceId": "table", "targetId": "end"},
    ]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: str(decision.evaluate(facts)["result"]["outcome"])


def _rule(at: int, columns: Sequence[str], cells: Sequence[str], outcome: str) -> dict[str, str]:
    tests = {name: "" if cell == "-" else cell for name, cell in zip(columns, cells, strict=True)}
    return {**tests, "out": json.dumps(outcome), "_id": str(at)}
