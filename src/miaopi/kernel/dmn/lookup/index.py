"""A whole table read beforehand: which rules a row of values passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
        return (rule for rule, column in self._looked_at(self._passed(values), tries) if column == PASSED)

    def tries(self, values: Sequence[object], tries: Tries) -> Sequence[int]:
        """Of each rule up to the one that decides a table of first hits the first column that it does not pass, or `PASSED`.
        Asks `tries` for what `hits` asks; the rest is found when one asks for it.
        """
        passed = self._passed(values)
        looked_at = dict(self._looked_at(passed, tries))
        decided = next((rule for rule, column in looked_at.items() if column == PASSED), None) if self.is_first else None
        return _Tries(passed, looked_at, self.rules if decided is None else decided + 1)

    def _looked_at(self, passed: Sequence[int], tries: Tries) -> Iterator[tuple[int, int]]:
        """The rules that pass all columns up to an open cell, or to the end, with the column that each fails after all."""
        left, reached = self.all, 0
        for column, rules in zip(self.columns, passed, strict=True):
            reached |= left & column.open
            left &= rules
        sure = left & ~self.has_open
        waiting = reached | sure
        while waiting:
            lowest = waiting & -waiting
            waiting ^= lowest
            failed = PASSED if lowest & sure else self._failed(lowest, passed, tries)
            yield lowest.bit_length() - 1, failed
            if self.is_first and failed == PASSED:
                return

    def _passed(self, values: Sequence[object]) -> list[int]:
        return [column.passed(value) for column, value in zip(self.columns, values, strict=True)]

    def _failed(self, bit: int, passed: Sequence[int], tries: Tries) -> int:
        rule = bit.bit_length() - 1
        cells = enumerate(zip(self.columns, passed, strict=True))
        return next(
            (at for at, (column, rules) in cells if not (tries(rule, at) if column.open & bit else rules & bit)), PASSED
        )


class _Tries(Sequence[int]):
    """`passed` are the rules that each column lets through, `looked_at` the columns of the rules that were looked at one by one,
    `count` how many rules were tried.
    """

    def __init__(self, passed: Sequence[int], looked_at: Mapping[int, int], count: int) -> None:
        self._passed = passed
        self._looked_at = looked_at
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
        if rule in self._looked_at:
            return self._looked_at[rule]
        return next(column for column, rules in enumerate(self._passed) if not rules >> rule & 1)


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
