"""One column of a table: for each value, the rules whose cell it passes, as the bits of a number.

The ends of all spans cut the values into stretches: below the first end, that end, between it and the next … From one
stretch to the next only the rules change of which a span begins or ends there. The rules of each stretch would fill the
memory (3,700 rules with as many ends: 3.4 MB a column, and sixteen times that for four times as many), so they are kept for
every some stretches, and in between the changes are made: at most `CHANGES` of them, some microseconds. Ends are put in order
and found by halves, not by Python's hash, for numbers can be chosen so that this takes them all for alike (ADR 0028).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from miaopi.kernel.dmn.lookup.cells import PLAIN, Plain, Span

CHANGES: Final = 32


class Column:
    """`open` are the rules whose cell is not plain; each is let through, to be tried."""

    def __init__(self, cells: Mapping[int, Plain], rules: int) -> None:
        self.open = 0
        for rule in range(rules):
            if rule not in cells:
                self.open |= 1 << rule
        self.of_null = self.open
        for rule, cell in cells.items():
            self.of_null |= cell.takes_null << rule
        self.type = next((PLAIN[cell.kind] for cell in cells.values() if cell.kind is not None), None)
        ends: list[Any] = [
            end for cell in cells.values() for span in cell.spans for end in (span.low, span.high) if end is not None
        ]
        self.ends = [end for end, _ in groupby(sorted(ends))]
        self._keep(cells)

    def _keep(self, cells: Mapping[int, Plain]) -> None:
        stretches = 2 * len(self.ends) + 1
        changes: list[list[int]] = [[] for _ in range(stretches + 1)]
        for rule, cell in cells.items():
            for at in _turns(cell, self.ends, stretches):
                changes[at].append(rule)
        self.changes = [tuple(one) for one in changes]
        self.block: list[int] = []  # of each stretch, the last one before it, or itself, that is kept
        self.kept: dict[int, int] = {}
        rules, since = self.open, CHANGES + 1
        for at in range(stretches):
            since += len(changes[at])
            for rule in changes[at]:
                rules ^= 1 << rule
            if since > CHANGES:
                self.kept[at], since = rules, 0
            self.block.append(at if at in self.kept else self.block[-1])

    @property
    def weight(self) -> int:
        """The bytes of what is kept."""
        return sum(rules.bit_length() // 8 for rules in self.kept.values())

    def passed(self, value: object) -> int:
        """The rules whose cell the value passes; it is null or one of the kind of the column."""
        if value is None:
            return self.of_null
        ends = self.ends
        at = bisect_left(ends, value)
        stretch = 2 * at + 1 if at < len(ends) and ends[at] == value else 2 * at
        kept = self.block[stretch]
        rules = self.kept[kept]
        for between in range(kept + 1, stretch + 1):
            for rule in self.changes[between]:
                rules ^= 1 << rule
        return rules


def _turns(cell: Plain, ends: Sequence[Any], stretches: int) -> Iterable[int]:
    """The stretches at which the rule begins, or ceases, to be passed; each once."""
    turns: set[int] = {0} if cell.is_negated else set()
    for start, stop in _united(sorted(_stretches(span, ends, stretches) for span in cell.spans)):
        turns ^= {start, stop}
    return turns


def _stretches(span: Span, ends: Sequence[Any], stretches: int) -> tuple[int, int]:
    """The first stretch of the span, and the first behind it."""
    start = 0 if span.low is None else _place(ends, span.low) + (not span.includes_low)
    stop = stretches if span.high is None else _place(ends, span.high) + span.includes_high
    return start, stop


def _place(ends: Sequence[Any], end: object) -> int:
    """The stretch that is that end alone."""
    return 2 * bisect_left(ends, end) + 1


def _united(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same, those that overlap as one; empty ones are left out."""
    united: list[tuple[int, int]] = []
    for start, stop in pieces:
        if start >= stop:
            continue
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(stop, united[-1][1])
        else:
            united.append((start, stop))
    return united
