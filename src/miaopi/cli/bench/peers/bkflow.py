"""bkflow-dmn (蓝鲸): its decision of a single table, the table read beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bkflow_dmn.data_model import SingleDecisionTable

from miaopi.cli.bench.subject import Facts


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    table = SingleDecisionTable(
        title="table",
        hit_policy="First",
        inputs={"cols": [{"id": name} for name in columns], "rows": [_cells(cells) for *cells, _ in rules]},
        outputs={"cols": [{"id": "outcome"}], "rows": [[f'"{outcome}"'] for *_, outcome in rules]},
    )
    return lambda facts: str(table.decide(facts)[0]["outcome"])


def _cells(cells: Sequence[str]) -> list[str]:
    """A dash is an empty cell; a rule that asks nothing asks something true, for it takes no rule without a cell."""
    found = ["" if cell == "-" else cell for cell in cells]
    return found if any(found) else ["true=true", *found[1:]]
