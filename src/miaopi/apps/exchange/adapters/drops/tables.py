"""Files of a drop as tables: read through once, so that a person's rows are found at once. No value but the keys is kept in memory.

Each is made of a copy of our own that is byte for byte what the manifest says; what changes on the agency's side later does not reach it.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO, Final, Protocol

from miaopi.apps.exchange.adapters.answers import MOST_ROWS

LONGEST_LINE: Final = 64 * 1024
LONGEST_CELLS: Final = 256 * 1024  # of a row of a workbook
PIECE: Final = 1024 * 1024
BATCH: Final = 1024  # rows of a column file that are in memory at once
MOST: Final = 2_000_000  # rows of a drop: their keys are kept in memory, some 170 bytes each
Positions = dict[str, int | tuple[int, ...]]  # key → where its row begins, or its rows
Record = dict[str, object]
Read = Callable[[bytes], tuple[Any, ...]]  # a line as cells


class Table(Protocol):
    header: tuple[str, ...]

    def find(self, key: str, wanted: Collection[str]) -> list[Record]:
        """The wanted cells of the rows of that key; the others are let go before anybody sees them. Called from several threads at once."""

    def list_rows(self, wanted: Collection[str]) -> Iterator[Record]:
        """The wanted cells of all rows."""


class Lines:
    """Rows that each are a line of a file: the drop itself (CSV), or what a workbook was turned into."""

    def __init__(self, file: BinaryIO, header: tuple[str, ...], positions: Positions, read: Read, longest: int) -> None:
        self.header = header
        self._file, self._positions, self._read, self._longest = file, positions, read, longest

    def find(self, key: str, wanted: Collection[str]) -> list[Record]:
        rows = []
        for at in _find(self._positions, key):
            line = os.pread(self._file.fileno(), self._longest, at).partition(b"\n")[0]
            rows.append(self._cut(line, wanted))
        return rows

    def list_rows(self, wanted: Collection[str]) -> Iterator[Record]:
        """By positions of its own: questions read beside it."""
        at, rest, is_header = 0, b"", True
        while piece := os.pread(self._file.fileno(), PIECE, at):
            at += len(piece)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines[is_header:]:
                yield self._cut(line, wanted)
            is_header = is_header and not lines
        if rest and not is_header:
            yield self._cut(rest, wanted)

    def _cut(self, line: bytes, wanted: Collection[str]) -> Record:
        return {name: cell for name, cell in zip(self.header, self._read(line), strict=True) if name in wanted}


class Columns:
    """A Parquet file: of the wanted columns, and of the groups of rows that hold the key, and of nothing else anything is unpacked."""

    def __init__(self, file: BinaryIO, positions: Positions) -> None:
        import pyarrow.parquet  # only a city that has such drops waits for it

        self._file = pyarrow.parquet.ParquetFile(file, pre_buffer=False)
        self.header = tuple(self._file.schema_arrow.names)
        self._positions = positions
        self._lock = threading.Lock()  # one place in the file, for all threads

    def find(self, key: str, wanted: Collection[str]) -> list[Record]:
        with self._lock:
            return [self._row(at, [name for name in self.header if name in wanted]) for at in _find(self._positions, key)]

    def list_rows(self, wanted: Collection[str]) -> Iterator[Record]:
        with self._lock:
            for batch in self._file.iter_batches(BATCH, columns=[name for name in self.header if name in wanted], use_threads=False):
                yield from batch.to_pylist()

    def _row(self, at: int, columns: list[str]) -> Record:
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if at < rows:
                break
            at -= rows
        for batch in self._file.iter_batches(BATCH, row_groups=[group], columns=columns, use_threads=False):
            if at < batch.num_rows:
                found: Record = batch.slice(at, 1).to_pylist()[0]
                return found
            at -= batch.num_rows
        raise ValueError("fewer rows than it says")


def read_csv(file: BinaryIO, key: str, until: float) -> tuple[Table, int]:
    """The table and its number of rows. Raises ValueError, KeyError for what is no such table, csv.Error."""
    return _index(file, key, _cells, LONGEST_LINE, until)


def read_xlsx(file: BinaryIO, key: str, until: float) -> tuple[Table, int]:
    return _index(_unpack(file, "xlsx", key, until), key, _typed, LONGEST_CELLS, until)


def read_parquet(file: BinaryIO, key: str, until: float) -> tuple[Table, int]:
    positions: Positions = {}
    count = 0
    for line in _lines(_unpack(file, "parquet", key, until), LONGEST_LINE, until):
        _add(positions, json.loads(line), count)
        count += 1
    return Columns(file, positions), count


FORMATS: Final[Mapping[str, Callable[[BinaryIO, str, float], tuple[Table, int]]]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
}


def _index(file: BinaryIO, key: str, read: Read, longest: int, until: float) -> tuple[Table, int]:
    header: tuple[str, ...] = ()
    positions: Positions = {}
    count, at = -1, 0  # the header is no row
    for raw in _lines(file, longest, until):
        cells = read(raw)
        if count < 0:
            header = cells
            where = header.index(key)
        elif len(cells) != len(header):
            raise ValueError("a torn row")
        else:
            _add(positions, cells[where], at)
        at += len(raw)
        count += 1
    if count < 0 or None in header or len(set(header)) != len(header):
        raise ValueError("a header that names no columns, or two alike")
    return Lines(file, header, positions, read, longest), count


def _lines(file: BinaryIO, longest: int, until: float) -> Iterator[bytes]:
    file.seek(0)
    count = 0
    while raw := file.readline(longest + 1):  # an agency that ends no line must not fill our memory
        count += 1
        if len(raw) > longest or count > MOST + 1 or time.monotonic() > until:
            raise ValueError("too long, too many or too slow")
        yield raw


def _add(positions: Positions, key: object, at: int) -> None:
    """A row without a key is nobody's. A key that is no text was a number once, and a spreadsheet keeps fifteen digits of eighteen."""
    if key is None:
        return
    if not isinstance(key, str):
        raise ValueError("a key that is no text")
    number = key.strip().upper()
    positions[number] = at if number not in positions else (*_find(positions, number), at)


def _find(positions: Positions, key: str) -> tuple[int, ...]:
    """At most one more than an answer may have, so that what is more is noticed."""
    found = positions.get(key, ())
    return (found,) if isinstance(found, int) else found[: MOST_ROWS + 1]


def _cells(raw: bytes) -> tuple[str | None, ...]:
    return tuple(cell or None for cell in next(csv.reader([raw.decode("utf-8-sig")], strict=True)))


def _typed(raw: bytes) -> tuple[object, ...]:
    """A row of `unpack`: null, a text, a truth, or a value with its kind."""
    return tuple(_value(cell) if isinstance(cell, dict) else cell for cell in json.loads(raw))


def _value(cell: Mapping[str, str]) -> object:
    ((kind, text),) = cell.items()
    match kind:
        case "number":
            return Decimal(text)
        case "moment":
            return text.removesuffix("T00:00:00")  # a spreadsheet knows no days but their first moments
        case _:
            return float("nan")  # a mistake of the sheet, or digits that it lost: a value of no type


def _unpack(file: BinaryIO, kind: str, key: str, until: float) -> BinaryIO:
    """What `unpack` makes of the file, in a process of its own: what is built to grow grows there, against its limits, and not here."""
    spool: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the table; has no name, so that nothing is left of it
    file.seek(0)
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "miaopi.apps.exchange.adapters.drops.unpack", kind, key],
        stdin=file, stdout=spool, stderr=subprocess.DEVNULL, timeout=max(0.1, until - time.monotonic()), check=False,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONUTF8": "1"},
    )  # fmt: skip
    if ended.returncode != 0:
        raise ValueError("no sound file")
    spool.seek(0)
    return spool
