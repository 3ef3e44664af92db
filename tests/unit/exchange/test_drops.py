"""Drops as workbooks and as Parquet files: what is built to harm or to lie tells nothing and costs nothing."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from miaopi.apps.exchange.adapters.drops.unpack import DECODED, MEMORY, SPOOL, UNPACKED
from miaopi.apps.exchange.adapters.port import Answer, Hindered, Hindrance, Nothing, Rows
from miaopi.kernel.errors import UpstreamError
from tests.unit.exchange.counterparts import InFiles, as_parquet
from tests.unit.exchange.test_connectors import LI, OTHER, ROW, question
from tests.waiting import LONG, awaited

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PEAK = 16 * 2**20  # bytes that a bomb may take of the platform's memory


def workbook(rows: list[list[Any]]) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(written)
    return written.getvalue()


def repacked(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The same archive with parts that are others, or more."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as held, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in dict.fromkeys((*held.namelist(), *parts)):
            archive.writestr(name, parts.get(name) or held.read(name))
    return written.getvalue()


def sheet_of(cells: str) -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>id_number</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
        f"{cells}</sheetData></worksheet>"
    ).encode()


def row_of(number: int, key: str, name: str) -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{key}</t></is></c>{name}</row>'


PLAIN = [["id_number", "name"], [ROW["id_number"], "李测试"]]
GOOD = workbook(PLAIN)


def shared_bomb() -> bytes:
    """Four kilobytes of a text, and forty thousand cells that are it."""
    text = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 3900}</t></si></sst>'.encode()
    rows = "".join(row_of(number, str(number), f'<c r="B{number}" t="s"><v>0</v></c>') for number in range(2, 40_000))
    return repacked(GOOD, {SHEET: sheet_of(rows), STRINGS: text})


def spaces_bomb() -> bytes:
    """Some hundred kilobytes that unpack to more than a workbook may."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as held, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in held.namelist():
            if name != SHEET:
                archive.writestr(name, held.read(name))
        with archive.open(SHEET, "w", force_zip64=True) as sheet:
            for _ in range(UNPACKED // 2**20 + 1):
                sheet.write(b" " * 2**20)
    return written.getvalue()


LEVELS = b"".join(b'<!ENTITY %c "%s">' % (name + 1, b"&%c;" % name * 50) for name in b"abcdefghi")
ENTITIES = b'<!DOCTYPE sst [<!ENTITY a "%s">%s]><sst><si><t>&j;</t></si></sst>' % (b"x" * 1000, LEVELS)
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "a quarter of a gigabyte of spaces": spaces_bomb,
    "entities that grow": lambda: repacked(GOOD, {STRINGS: ENTITIES}),
    "more parts than a workbook has": lambda: repacked(GOOD, {f"xl/media/{number}.bin": b"x" for number in range(600)}),
    "a row further below than there are": lambda: repacked(GOOD, {SHEET: sheet_of(row_of(99_999_999_999, LI, ""))}),
    "a formula": lambda: workbook([["id_number", "name"], [LI, '=HYPERLINK("http://example.invalid","x")']]),
    "a formula for a key": lambda: workbook([["id_number", "name"], [f'="{LI}"', "李测试"]]),
    "a macro": lambda: repacked(GOOD, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "a link to another file": lambda: repacked(GOOD, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "a file inside": lambda: repacked(GOOD, {"xl/embeddings/oleObject1.bin": b"MZ"}),
    "numbers for keys": lambda: workbook([["id_number", "name"], [110105194912310021, "李测试"]]),
    "two headings alike": lambda: workbook([["id_number", "name", "name"], [LI, "李测试", "王测试"]]),
    "a cell without a heading": lambda: workbook([["id_number", "name"], [LI, "李测试", "more"]]),
    "no rows at all": lambda: workbook([]),
    "half an archive": lambda: GOOD[: len(GOOD) // 2],
    "a page of HTML": lambda: b"<html>please log in</html>",
    "no bytes": lambda: b"",
}


def column_file(**columns: list[Any]) -> bytes:
    written = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), written, compression="zstd", use_dictionary=False)
    return written.getvalue()


def many_rows() -> bytes:
    """A kilobyte or two that say the same row five million times."""
    written = io.BytesIO()
    one = pyarrow.DictionaryArray.from_arrays(pyarrow.repeat(pyarrow.scalar(0, pyarrow.int8()), 5_000_000), [LI])
    pyarrow.parquet.write_table(pyarrow.table({"id_number": one, "name": one}), written, compression="zstd")
    return written.getvalue()


COLUMN_FILES: dict[str, Callable[[], bytes]] = {
    "five million rows that are one": many_rows,
    "numbers for keys": lambda: column_file(id_number=[110105194912310021], name=["李测试"]),
    "no column of the key": lambda: column_file(number=[LI], name=["李测试"]),
    "half a file": lambda: as_parquet([ROW])[:-40],
    "a page of HTML": lambda: b"<html>please log in</html>",
    "no bytes": lambda: b"",
    "a footer of another file": lambda: as_parquet([ROW])[:200] + as_parquet([ROW, OTHER, ROW])[260:],
}


BAD = [("xlsx", name, make) for name, make in WORKBOOKS.items()] + [("parquet", name, make) for name, make in COLUMN_FILES.items()]


@pytest.fixture(params=["xlsx", "parquet"])
def drop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[InFiles]:
    made = InFiles(tmp_path / "drop", format=request.param)
    yield made
    made.close()


@pytest.mark.parametrize(("format", "name", "make"), BAD, ids=[f"{format}: {name}" for format, name, _ in BAD])
def test_a_file_that_is_built_to_harm_is_silence_and_takes_no_memory(
    tmp_path: Path, format: str, name: str, make: Callable[[], bytes]
) -> None:
    drop = InFiles(tmp_path / "drop", format=format)
    drop.write(content=make(), rows=1)
    asked = question(drop.place, columns=("name",))
    tracemalloc.start()
    with pytest.raises(UpstreamError):
        drop.connector.ask(asked, seconds=LONG)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < PEAK
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {drop.file.name, drop.manifest.name}


def test_what_the_bad_files_are_made_from_is_answered(tmp_path: Path) -> None:
    drop = InFiles(tmp_path / "drop", format="xlsx")
    said = '<c r="B2" t="inlineStr"><is><t>李测试</t></is></c>'
    for content in (GOOD, repacked(GOOD, {}), repacked(GOOD, {SHEET: sheet_of(row_of(2, LI, said))})):
        drop.write(content=content, rows=1)
        assert drop.connector.ask(question(drop.place, columns=("name",)), seconds=LONG) == Rows(({"name": "李测试"},))


def large_page() -> bytes:
    return column_file(id_number=[LI], name=["x" * (DECODED + 2**20)])


@pytest.mark.parametrize(("kind", "make"), [("xlsx", shared_bomb), ("parquet", large_page)])
def test_what_reads_a_bomb_ends_within_its_limits(kind: str, make: Callable[[], bytes]) -> None:
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as lines:
        file.write(make())
        file.seek(0)
        command = [sys.executable, "-m", "miaopi.apps.exchange.adapters.drops.unpack", kind, "id_number"]
        environment = {"PYTHONPATH": os.pathsep.join(sys.path), "ARROW_DEFAULT_MEMORY_POOL": "system"}
        process = subprocess.Popen(command, stdin=file, stdout=lines, stderr=subprocess.DEVNULL, env=environment)
        most = 0
        while process.poll() is None:
            most = max(most, most_memory(process.pid))
            time.sleep(0.01)
        assert process.returncode != 0
        assert 0 < most < MEMORY / 2
        assert os.fstat(lines.fileno()).st_size <= SPOOL


def most_memory(process: int) -> int:
    """What the system says it had at its height, in bytes; 0 when it has ended."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def test_values_of_a_workbook_are_what_its_sheet_shows(tmp_path: Path) -> None:
    drop = InFiles(tmp_path / "drop", format="xlsx")
    book, written = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["id_number", "a", "b", "c", "d", "e", "f"])
    sheet.append([LI, 12.5, 1 / 3, datetime(2026, 5, 23), datetime(2026, 5, 23, 10), "=1+1", "#N/A"])
    sheet["F2"].data_type = "s"
    sheet["G2"].data_type = "e"
    book.save(written)
    drop.write(content=written.getvalue(), rows=1)
    answer = drop.connector.ask(question(drop.place, columns=("a", "b", "c", "d", "e", "f")), seconds=LONG)
    assert isinstance(answer, Rows)
    (row,) = answer.rows
    assert (row["a"], row["c"], row["d"], row["e"]) == (Decimal("12.5"), "2026-05-23", "2026-05-23T10:00:00", "=1+1")
    assert isinstance(row["b"], float) and isinstance(row["f"], float), "digits that were lost, and a mistake, are no values"


def test_a_column_that_is_gone_makes_nobody_absent(drop: InFiles) -> None:
    drop.hold([OTHER])
    assert drop.connector.ask(question(drop.place), seconds=LONG) == Nothing()
    changed = drop.connector.ask(question(drop.place, columns=("name", "renamed")), seconds=LONG)
    assert changed == Hindered(Hindrance.SCHEMA_CHANGED)


def test_a_heading_that_is_a_number_is_no_name_of_a_column(tmp_path: Path) -> None:
    drop = InFiles(tmp_path / "drop", format="xlsx")
    drop.write(content=workbook([["id_number", 7], [LI, "李测试"]]), rows=1)
    assert drop.connector.ask(question(drop.place, columns=("name",)), seconds=LONG) == Hindered(Hindrance.SCHEMA_CHANGED)


def test_a_long_file_is_read_beside_the_questions_and_serves_those_that_come_later(tmp_path: Path) -> None:
    drop = InFiles(tmp_path / "drop", format="xlsx")
    rows = [["id_number", "name"], *([f"{number:018}", "王测试"] for number in range(4000)), [LI, "李测试"]]
    drop.write(content=workbook(rows), rows=4001)
    with pytest.raises(UpstreamError):
        drop.connector.ask(question(drop.place, columns=("name",)), seconds=0.05)

    def ask() -> Answer | None:
        with suppress(UpstreamError):
            return drop.connector.ask(question(drop.place, columns=("name",)), seconds=0.2)
        return None

    assert awaited(ask) == Rows(({"name": "李测试"},))
