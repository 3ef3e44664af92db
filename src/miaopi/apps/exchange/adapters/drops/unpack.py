"""A process of its own that turns a workbook into lines, or lists the keys of a Parquet file, within limits that the system keeps.

    python -m miaopi.apps.exchange.adapters.drops.unpack xlsx|parquet KEY <file >lines

Both formats are packed, and forty kilobytes may unpack to gigabytes: in parts of an archive, in texts that a million cells share, in pages
of a column, in the memory of the libraries that read them. Each is measured by unpacking it once into nothing; and because no measuring
foresees everything, this process may have so much memory, time and space and no more. It knows no secret and speaks to nobody.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

MEMORY: Final = 768 * 2**20
SECONDS: Final = 120  # of a processor
SPOOL: Final = 128 * 2**20
PARTS: Final = 500
UNPACKED: Final = 256 * 2**20
COLUMNS: Final = 200
CELL: Final = 4_000  # signs
ROWS: Final = 400_000  # of a workbook
MOST: Final = 2_000_000  # of a Parquet file
DECODED: Final = 64 * 2**20  # of a Parquet file at once: a page, a dictionary and a batch of rows
BATCH: Final = 1024
DIGITS: Final = 15  # that a spreadsheet keeps of a number
PIECE: Final = 2**20
DOCTYPE: Final = b"<!DOCTYPE"
# Programs, and ways to files elsewhere: nothing of that belongs among rows of a register.
FOREIGN: Final = ("vbaproject", "/externallinks/", "/embeddings/", "/activex/", "/macrosheets/", "/dialogsheets/", "/connections.xml")


def main(kind: str, key: str) -> None:
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, SPOOL)):
        resource.setrlimit(limit, (most, most))
    lines = {"xlsx": _rows, "parquet": _keys}[kind](sys.stdin.buffer, key)
    for line in lines:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _rows(file: BinaryIO, key: str) -> Iterator[list[object]]:
    """The header and the rows of the first sheet, those without a cell left out."""
    del key
    _measure(file)
    from openpyxl import load_workbook

    sheet = load_workbook(file, read_only=True, keep_links=False).worksheets[0]
    sheet.reset_dimensions()  # what a sheet says of its own size is not asked
    header = [_cell(cell) for cell in next(sheet.iter_rows(max_row=1, max_col=COLUMNS + 1))]
    while header and header[-1] is None:
        header.pop()
    if not 0 < len(header) <= COLUMNS:
        raise ValueError("no header, or too long a one")
    yield header
    for number, row in enumerate(sheet.iter_rows(min_row=2, max_row=ROWS + 2, max_col=len(header) + 1), 1):
        *cells, beyond = [_cell(cell) for cell in row]
        if number > ROWS or beyond is not None:
            raise ValueError("too large, or torn")
        if any(cell is not None for cell in cells):
            yield cells


def _cell(cell: Any) -> object:
    match cell.data_type, cell.value:
        case _, None:
            return None
        case "f", _:
            raise ValueError("a formula")
        case "n", int() | float() as number if len(repr(abs(number)).replace(".", "").partition("e")[0].strip("0")) <= DIGITS:
            return {"number": repr(number)}
        case "d", datetime() as moment:
            return {"moment": moment.isoformat()}
        case "b", bool() as value:
            return value
        case "s", str() as value if len(value) <= CELL:
            return value
        case "s", str():
            raise ValueError("too long a text")
        case _:
            return {"nothing": ""}


def _measure(file: BinaryIO) -> None:
    """Unpack every part and keep nothing; what its header says is not believed. Raises ValueError for one that has no place here."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS or len({part.filename for part in parts}) != len(parts):
            raise ValueError("too many parts, or two of a name")
        left = UNPACKED
        for part in parts:
            if any(word in f"/{part.filename.casefold()}" for word in FOREIGN):
                raise ValueError("more than a table")
            left = _measure_part(archive, part, left)


def _measure_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    with archive.open(part) as unpacked:
        tail = b""
        while piece := unpacked.read(PIECE):
            left -= len(piece)
            seen = tail + piece
            if left < 0 or DOCTYPE in seen.upper() or (b"\0" in piece and part.filename.casefold().endswith((".xml", ".rels"))):
                raise ValueError("too large, or a document type")
            tail = seen[-len(DOCTYPE) :]
    return left


def _keys(file: BinaryIO, key: str) -> Iterator[object]:
    """The key of each row in order, when every column of every group of rows has been unpacked within bounds."""
    import pyarrow
    import pyarrow.parquet

    whole = pyarrow.parquet.ParquetFile(file, pre_buffer=False)
    names = whole.schema_arrow.names
    if len(names) > COLUMNS or len(set(names)) != len(names):
        raise ValueError("too many columns, or two alike")
    if whole.metadata.num_rows > MOST:
        raise ValueError("too many rows")
    pool = pyarrow.default_memory_pool()
    for group in range(whole.num_row_groups):
        for batch in whole.iter_batches(BATCH, row_groups=[group], use_threads=False):
            if pool.max_memory() > DECODED:
                raise ValueError("too large")
            yield from batch.column(names.index(key)).to_pylist()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
