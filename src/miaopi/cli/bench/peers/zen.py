"""zen-engine (GoRules): a graph of one decision table, kept as a decision; its engine is written in Rust."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from zen import ZenEngine

from miaopi.cli.bench.subject import Facts


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    inputs = [{"id": name, "name": name, "field": name} for name in columns]
    lines = [
        {**{name: "" if cell == "-" else cell for name, cell in zip(columns, cells, strict=True)}, "out": json.dumps(outcome), "_id": str(at)}
        for at, (*cells, outcome) in enumerate(rules)
    ]
    table = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "out", "name": "outcome", "field": "outcome"}],
        "rules": lines,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "end", "type": "outputNode", "name": "end"},
    ]
    edges = [{"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other} for one, other in (("in", "table"), ("table", "end"))]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: str(decision.evaluate(facts)["result"]["outcome"])
