"""A whole table read beforehand: which rules a row of values passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, overload

from miaopi.kernel.dmn.lookup.cells import Plain, read_plain, read_written
from miaopi.kernel.dmn.lookup.column import Column
from miaopi.kernel.dmn.reasons import PASSED
from miaopi.kernel.dmn.tree import DecisionTable, HitPolicy

FEWEST: Final = 16  # rules; fewer are tried one by one in less time than it takes to look them up
LARGEST: Final = 16 * 1024 * 1024  # bytes of the rules kept for a table; what goes beyond is tried cell by cell
MOST_READ: Final = 256  # texts of a column that are read beforehand, other than those that need no reading

Tries = Callable[[int, int], bool]


class Index:
    """The columns of a table. `has_open`: the rules that have a cell which is not plain; of a column that would not fit into
    the room, in bytes, all are taken for such.
    """

    def __init__(self, table: DecisionTable, room: int = LARGEST) -> None:
        self.rules = len(table.rules)
        self.is_first = table.policy is HitPolicy.FIRST
        self.columns: list[Column] = []
        self.all = (1 << self.rules) - 1
        self.has_open = 0
        for at in range(len(table.inputs)):
            cells = _plain_cells(table, at)
            column = Column(cells, self.rules)
            room -= column.weight
            if room < 0:
                column = Column({}, self.rules)
            self.columns.append(column)
            self.has_open |= column.open

    def takes(self, values: Sequence[object]) -> bool:
        """Whether each value is null or of the kind of its column."""
        return all(
            value is None or column.type is None or type(value) is column.type
            for column, value in zip(self.columns, values, strict=True)
        )

    def hits(self, values: Sequence[object], tries: Tries) -> Iterator[int]:
        """The rules that hit, in their order: of a table of first hits the first alone. `tries` says of a rule and a column
        whether a cell that is not plain is passed; it is asked for those cells alone that are reached from the left, rule by
        rule, as if nothing had been read beforehand.
        """
        passed = self._passed(values)
        left, reached = self.all, 0
        for column, rules in zip(self.columns, passed, strict=True):
            reached |= left & column.open
            left &= rules
        sure = left & ~self.has_open
        waiting = reached | sure
        while waiting:
            lowest = waiting & -waiting
            waiting ^= lowest
            if lowest & sure or self._tried(lowest, passed, tries):
                yield lowest.bit_length() - 1
                if self.is_first:
                    return

    def tries(self, values: Sequence[object]) -> Sequence[int]:
        """Of each rule up to the one that decides a table of first hits the first column that it does not pass, or `PASSED`:
        found when one asks for it. For a table without open cells.
        """
        passed = self._passed(values)
        hits = self.all
        for rules in passed:
            hits &= rules
        return _Tries(passed, (hits & -hits).bit_length() if self.is_first and hits else self.rules)

    def _passed(self, values: Sequence[object]) -> list[int]:
        return [column.passed(value) for column, value in zip(self.columns, values, strict=True)]

    def _tried(self, bit: int, passed: Sequence[int], tries: Tries) -> bool:
        rule = bit.bit_length() - 1
        return all(
            tries(rule, at) if column.open & bit else rules & bit
            for at, (column, rules) in enumerate(zip(self.columns, passed, strict=True))
        )


class _Tries(Sequence[int]):
    """`passed` are the rules that each column lets through, `count` how many were tried."""

    def __init__(self, passed: Sequence[int], count: int) -> None:
        self._passed = passed
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...

    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        if isinstance(at, slice):
            return [self[rule] for rule in range(*at.indices(self._count))]
        rule = range(self._count)[at]
        return next((column for column, rules in enumerate(self._passed) if not rules >> rule & 1), PASSED)


def index_of(table: DecisionTable) -> Index | None:
    """The index of the table, made when it is first asked for; none of a small one."""
    if len(table.rules) < FEWEST:
        return None
    if not table.kept:
        table.kept.append(Index(table))
    index: Index = table.kept[0]
    return index


def _plain_cells(table: DecisionTable, at: int) -> dict[int, Plain]:
    """The plain cells of a column by the numbers of their rules: those of the kind that most of them are of."""
    known: dict[str, Plain | None] = {}
    cells: dict[int, Plain] = {}
    left = MOST_READ
    for number, rule in enumerate(table.rules):
        cell = rule.conditions[at]
        if cell.text not in known:
            found = read_written(cell.text)
            if found is None and left:
                left -= 1
                found = None if cell.program is None else read_plain(cell.program)
            known[cell.text] = found
        plain = known[cell.text]
        if plain is not None:
            cells[number] = plain
    kinds = Counter(cell.kind for cell in cells.values() if cell.kind is not None)
    kind = kinds.most_common(1)[0][0] if kinds else None
    return {number: cell for number, cell in cells.items() if cell.kind in (None, kind)}
