"""Why a table gave what it gave: recorded as numbers while it is decided, and said in words when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from miaopi.kernel.dmn.tree import DecisionTable
from miaopi.kernel.wording import Text

PASSED: Final = -1


class Reasons(NamedTuple):
    """`tried` has, of each rule in its order, the number of the first column whose cell did not hold, or `PASSED`; it ends at
    the rule that decided a table of first hits. `values` are those of the columns.
    """

    value: object
    tried: Sequence[int]
    values: tuple[object, ...]
    errors: tuple[str, ...] = ()

    @property
    def hits(self) -> tuple[int, ...]:
        """The numbers of the rules that hit, counted from 0."""
        return tuple(rule for rule, column in enumerate(self.tried) if column == PASSED)


def say(table: DecisionTable, reasons: Reasons) -> Iterator[Text]:
    """One sentence for each rule that was tried: that it hit, or what its first cell that failed asks, and of which value."""
    for rule, column in enumerate(reasons.tried):
        if column == PASSED:
            yield Text(zh=f"规则 {rule + 1} 命中。", en=f"rule {rule + 1} hits.")
            continue
        asked = table.rules[rule].conditions[column].text
        name, value = table.inputs[column].expression.text, reasons.values[column]
        yield Text(
            zh=f"规则 {rule + 1} 不命中：{name} 为 {_written(value)}，而规则要求 {asked}。",
            en=f"rule {rule + 1} does not hit: {name} is {_written(value)}, the rule asks for {asked}.",
        )


def _written(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
