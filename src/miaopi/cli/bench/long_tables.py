"""Long tables of first hits, drawn from a seed: as a model, as rows for a loop written by hand, and as cells for a peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from miaopi.cli.bench.subject import Facts

DECISION: Final = "subsidy"
INPUTS: Final[Mapping[str, str]] = {
    "district": "string", "age": "number", "income": "number", "kind": "string", "children": "number",
}  # fmt: skip
KINDS: Final = ("rent", "heating", "school", "care")
Row = tuple[str | None, int, int, int, str | None, int, str]


def rows_of(count: int, seed: int) -> list[Row]:
    """District and kind, or any; the least age; the least and the greatest income; fewer children than; the outcome."""
    chance = Random(seed)  # noqa: S311 - rules of a benchmark, to be drawn again
    found: list[Row] = []
    for at in range(count - 1):
        low = chance.randrange(2_000) * 50
        found.append(
            (
                f"district {chance.randrange(40)}" if chance.random() < 0.9 else None,
                chance.randrange(90),
                low,
                low + chance.randrange(1, 40) * 50,
                chance.choice(KINDS) if chance.random() < 0.8 else None,
                chance.randrange(1, 8),
                f"rate {at}",
            )
        )
    return [*found, (None, 0, 0, 10**9, None, 100, "none")]


def cells_of(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    def word(text: str | None) -> str:
        return "-" if text is None else f'"{text}"'

    return [
        (word(district), f">= {age}", f"[{low}..{high}]", word(kind), f"< {children}", outcome)
        for district, age, low, high, kind, children, outcome in rows
    ]


def by_hand(rows: Sequence[Row]) -> Callable[[Facts], str]:
    def decide(facts: Facts) -> str:
        where, age, income, what, children = (facts[name] for name in INPUTS)
        for district, least, low, high, kind, fewer, outcome in rows:
            if (
                (district is None or district == where)
                and age >= least
                and low <= income <= high
                and (kind is None or kind == what)
                and children < fewer
            ):
                return outcome
        raise AssertionError  # the last row takes all

    return decide


def facts_of(count: int, seed: int) -> list[dict[str, Any]]:
    chance = Random(seed)  # noqa: S311 - cases of a benchmark, to be drawn again
    return [
        {
            "district": f"district {chance.randrange(40)}",
            "age": chance.randrange(100),
            "income": chance.randrange(100_000),
            "kind": chance.choice(KINDS),
            "children": chance.randrange(8),
        }
        for _ in range(count)
    ]
