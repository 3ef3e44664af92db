"""Rows of text out of a CSV or XLSX file from outside, within bounds.

An XLSX file is a ZIP of XML, and both can be made to grow: 40 kB may unpack to gigabytes, and an entity may be written a billion times.
So every part is unpacked once and thrown away, counting the bytes that really come out, and a document type is refused, before a reader
sees the file.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

FILE_BYTES: Final = 64 * 2**20
UNPACKED_BYTES: Final = 256 * 2**20
PARTS: Final = 500
ROWS: Final = 400_000
COLUMNS: Final = 60
CELL: Final = 4_000  # signs of one cell
PIECE: Final = 2**20
DOCTYPE: Final = b"<!DOCTYPE"
# What the libraries raise over parts that are missing, twisted or of another kind; all of it means the same to whoever sent the file.
BROKEN: Final = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, NotImplementedError)

Row = tuple[int, list[str]]


def read_rows(path: Path, content: bytes) -> Iterator[Row]:
    """The rows of the first sheet, numbered from 1 as a spreadsheet does. Raises InputError for a file that is none, or too large."""
    match path.suffix.casefold():
        case ".xlsx":
            yield from _bounded(_rows_of_workbook(content))
        case ".csv":
            yield from _bounded(_rows_of_text(content))
        case _:
            raise _refused("只读 CSV 和 XLSX 文件。", "only CSV and XLSX files are read.", "请另存为其中一种。", "Save it as one of them.")


def read_content(path: Path) -> bytes:
    """The bytes of the file. Raises InputError where there is none, or too many."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError:
        raise _refused("文件读不出来。", "the file cannot be read.", "请检查路径。", "Check the path.") from None
    if len(content) > FILE_BYTES:
        raise _refused("文件超过 64 MB。", "the file is larger than 64 MB.", "请按部门拆分。", "Split it by agency.")
    return content


def check_archive(content: bytes) -> None:
    """Unpack every part and keep nothing. Raises InputError for one that is too large, too many, or declares a document type."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS:
                raise _too_large()
            left = UNPACKED_BYTES
            for part in parts:
                left = _check_part(archive, part, left)
    except BROKEN:
        raise _unsound() from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """How many bytes are still allowed after this part; what its header says is not believed."""
    with archive.open(part) as unpacked:
        tail = b""
        while piece := unpacked.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise _too_large()
            seen = tail + piece
            if part.filename.casefold().endswith((".xml", ".rels")) and (DOCTYPE in seen.upper() or b"\0" in piece):
                raise _refused(
                    "文件内有文档类型声明。", "a part of it declares a document type.",
                    "请用表格软件重新保存。", "Save it anew with a spreadsheet.",
                )  # fmt: skip
            tail = seen[-len(DOCTYPE) :]
    return left


def _rows_of_workbook(content: bytes) -> Iterator[list[str]]:
    check_archive(content)
    from openpyxl import load_workbook  # only whoever brings a workbook waits for it

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the sheet says of its own size is not asked: many a program writes `A1`, and a hostile one a million rows. One more than is
        # read, so that what is larger is noticed.
        for row in sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS + 1, values_only=True):
            yield ["" if value is None else _text(value) for value in row]
    except (*BROKEN, IndexError, SyntaxError):  # the parser of XML raises a SyntaxError
        raise _unsound() from None


def _rows_of_text(content: bytes) -> Iterator[list[str]]:
    """UTF-8, or GB 18030 as spreadsheets in Chinese save it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise _refused(
                "编码不是 UTF-8 或 GB 18030。", "it is neither UTF-8 nor GB 18030.", "请另存为 UTF-8。", "Save it as UTF-8."
            ) from None
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise _refused(
            "引号或分隔符有误，读不成表格。", "its quotes or commas make no table.",
            "请用表格软件重新保存。", "Save it anew with a spreadsheet.",
        ) from None  # fmt: skip


def _bounded(rows: Iterator[list[str]]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        while row and not row[-1]:
            row.pop()
        if number > ROWS or len(row) > COLUMNS:
            raise _too_large()
        if row and max(map(len, row)) > CELL:
            raise _refused(
                f"第{number}行有单元格过长。", f"row {number} holds a cell of more than {CELL} signs.", "请缩短。", "Shorten it."
            )
        yield number, row


def _text(value: object) -> str:
    """A cell as text: a day as its date, a whole number without its point."""
    match value:
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()


def _too_large() -> InputError:
    return _refused(
        "表格展开后过大。", "what it unpacks to is too large.", "请按部门拆分，每份不超过 40 万行、60 列。",
        "Split it by agency: at most 400,000 rows and 60 columns each.",
    )  # fmt: skip


def _unsound() -> InputError:
    return _refused("不是完好的 XLSX 文件。", "this is no sound XLSX file.", "请重新保存后再试。", "Save it anew and try again.")


def _refused(rule_zh: str, rule_en: str, remedy_zh: str, remedy_en: str) -> InputError:
    return InputError("file", Text(rule_zh, rule_en), Text(remedy_zh, remedy_en))
