"""Reads an agency's daily drop: a folder of CSV files, for which a manifest vouches that they are whole and of today.

    manifest.json                        {"day": "2026-11-25", "files": {"NAME": {"path", "rows", "sha256"}}}
    2026-11-25/death_cancellation.csv    UTF-8, a header of column names, a line a row; an empty cell is NULL

The agency replaces the manifest last and in one step, so that nobody reads half a drop. Only a drop that is there, as young as
agreed and byte for byte what its manifest says may tell that somebody does *not* stand in it: in half a list everybody is alive.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from django.utils.timezone import localdate

from miaopi.apps.exchange.adapters.answers import MOST_ROWS, checked_rows, silence
from miaopi.apps.exchange.adapters.filters import is_inside, with_truths
from miaopi.apps.exchange.adapters.port import Answer, Place, Question

LARGEST_MANIFEST: Final = 64 * 1024
LONGEST_LINE: Final = 64 * 1024
LOOK_AT_CLOCK: Final = 1000  # lines


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the manifest says of one file."""

    path: Path
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Drop:
    """A file that was read through once and found whole: where the lines of each person begin. No value of a row is kept."""

    entry: _Entry
    stamp: tuple[int, ...]
    header: tuple[str, ...]
    lines: Mapping[str, tuple[int, ...]]


class FileConnector:
    """One agency's folder. `address`: `folder`."""

    def __init__(self, agency: str, address: Mapping[str, str]) -> None:
        self._agency = agency
        self._folder = Path(address["folder"])
        self._lock = threading.Lock()
        self._drops: dict[str, _Drop] = {}

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            entry = self._find_entry(question)
            with _opened(entry.path) as file:
                drop = self._index(question.place, entry, file, until)
                tested = [term.column for terms in (question.where, *question.tests.values()) for term in terms]
                wanted = {question.place.key, *question.columns, *tested}
                lines = drop.lines.get(question.key.upper(), ())[: MOST_ROWS + 1]
                rows = [_read_row(file, drop, at, wanted) for at in lines]
                inside = [row for row in rows if is_inside(row, question.where, is_text=True)]
                records = [with_truths(row, question.tests, is_text=True) for row in inside]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error):
            raise silence(self._agency) from None  # missing, late, torn or altered: their texts may hold a path or a cell
        return checked_rows(question, records)

    def close(self) -> None:
        """Nothing is kept open."""

    def _find_entry(self, question: Question) -> _Entry:
        """The file of the resource, if the manifest is of a day that is still good. Raises ValueError, KeyError, OSError."""
        with _opened(self._folder / "manifest.json") as file:
            manifest = json.loads(file.read(LARGEST_MANIFEST))
        age = (localdate(question.at) - date.fromisoformat(manifest["day"])).days
        if not 0 <= age <= question.place.most_days:
            raise ValueError("a drop of another day")
        said = manifest["files"][question.place.at]
        path = (self._folder / said["path"]).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise ValueError("outside the drop")
        return _Entry(path, int(said["rows"]), str(said["sha256"]))

    def _index(self, place: Place, entry: _Entry, file: BinaryIO, until: float) -> _Drop:
        """The drop, read through again only when it is another: side by side questions wait for one reading."""
        found = os.fstat(file.fileno())
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
        with self._lock:
            known = self._drops.get(place.at)
            if known is None or (known.entry, known.stamp) != (entry, stamp):
                self._drops.pop(place.at, None)
                self._drops[place.at] = known = _read_through(file, entry, stamp, place.key, until)
            return known


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file, open. A pipe or a device in its place would keep us waiting for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("no plain file")
        yield file


def _read_through(file: BinaryIO, entry: _Entry, stamp: tuple[int, ...], key: str, until: float) -> _Drop:
    """Raises ValueError for a file that is not the one the manifest speaks of, or that is not read in time."""
    digest, lines, at = hashlib.sha256(), dict[str, tuple[int, ...]](), 0
    header: tuple[str, ...] = ()
    count = -1  # the header is no row
    while raw := file.readline(LONGEST_LINE + 1):  # an agency that ends no line must not fill our memory
        if len(raw) > LONGEST_LINE or (count % LOOK_AT_CLOCK == 0 and time.monotonic() > until):
            raise ValueError("too long, or too slow")
        digest.update(raw)
        cells = _cells(raw)
        if count < 0:
            header = cells
        elif len(cells) != len(header):
            raise ValueError("a torn row")
        else:
            number = cells[header.index(key)].strip().upper()
            lines[number] = (*lines.get(number, ()), at)
        at += len(raw)
        count += 1
    if count != entry.rows or digest.hexdigest() != entry.sha256 or len(set(header)) != len(header):
        raise ValueError("not what the manifest says")
    return _Drop(entry, stamp, header, lines)


def _read_row(file: BinaryIO, drop: _Drop, at: int, wanted: Collection[str]) -> dict[str, str | None]:
    """The wanted cells of the row; the others are let go before anybody sees them."""
    file.seek(at)
    cells = _cells(file.readline(LONGEST_LINE))
    return {name: cell or None for name, cell in zip(drop.header, cells, strict=True) if name in wanted}


def _cells(raw: bytes) -> tuple[str, ...]:
    return tuple(next(csv.reader([raw.decode("utf-8-sig")], strict=True)))
