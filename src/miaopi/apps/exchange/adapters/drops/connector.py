"""Reads an agency's daily drop: files for which a manifest vouches that they are whole and of today (`drops.manifest`)."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from miaopi.apps.exchange.adapters.answers import Failure, checked_rows, silence, tell_change
from miaopi.apps.exchange.adapters.drops.folder import Folder
from miaopi.apps.exchange.adapters.drops.manifest import LARGEST_DROP, Entry, Shelf, Stamp, read_entry
from miaopi.apps.exchange.adapters.drops.sftp import SftpFolder
from miaopi.apps.exchange.adapters.drops.tables import FORMATS, Table
from miaopi.apps.exchange.adapters.filters import is_inside, with_truths
from miaopi.apps.exchange.adapters.port import Answer, Place, Question

LONGEST_READING: Final = 300.0  # seconds, for a file to be fetched and read through
TRIED_AGAIN: Final = 60.0  # seconds after which a worthless file is fetched once more: a server may not show that it was mended
# Missing, late, torn, altered or built to harm: their texts may hold a path or a cell.
BROKEN: Final = (
    OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, MemoryError, ArithmeticError, csv.Error,
    subprocess.SubprocessError,
)  # fmt: skip


class _Drop:
    """One file as its manifest describes it, being read through beside the questions, or read."""

    def __init__(self, entry: Entry, stamp: Stamp) -> None:
        self.entry, self.stamp = entry, stamp
        self.is_read = threading.Event()
        self.table: Table | None = None
        self.worthless_until = 0.0

    def is_settled(self) -> bool:
        """Whether fetching it once more would change nothing."""
        return self.table is not None or time.monotonic() < self.worthless_until

    def read(self, shelf: Shelf, place: Place) -> None:
        until = time.monotonic() + LONGEST_READING
        try:
            file = self._fetch(shelf, until)
            if file is not None:
                self.table, count = FORMATS[place.options.get("format", "csv")](file, place.key, until)
                if count != self.entry.rows:
                    self.table = None
            if self.table is None:
                self._give_up()
        except OSError:
            pass  # the way to it broke off: the next question tries again
        except BROKEN:
            self._give_up()
        finally:
            self.is_read.set()

    def _give_up(self) -> None:
        self.worthless_until = time.monotonic() + TRIED_AGAIN

    def _fetch(self, shelf: Shelf, until: float) -> BinaryIO | None:
        """A copy of our own without a name, so that nothing is left of it; `None` if it is not the file that the manifest speaks of."""
        copy: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the table that is read from it
        digest, left = hashlib.sha256(), LARGEST_DROP
        for piece in shelf.fetch(self.entry.path, until=until):
            left -= len(piece)
            if left < 0:
                return None
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        return copy if digest.hexdigest() == self.entry.sha256 else None


class FileConnector:
    """One agency's drops. `address`: `folder`, and for a server what `SftpFolder` needs."""

    def __init__(self, agency: str, address: Mapping[str, Any]) -> None:
        self._agency = agency
        self._shelf: Shelf = SftpFolder(address) if "host" in address else Folder(address)
        self._lock = threading.Lock()
        self._drops: dict[tuple[str, str], _Drop] = {}

    def ask(self, question: Question, *, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        try:
            table = self._table(question.place, question.at, until)
            if not _list_columns(question) <= set(table.header):
                return tell_change(question)  # before a person who is not there: in another table nobody is absent
            return checked_rows(question, _find(question, table))
        except BROKEN as error:
            raise silence(self._agency, _find_failure(error)) from None

    def list_rows(self, place: Place, wanted: Collection[str], *, at: datetime, seconds: float) -> Iterator[Mapping[str, object]]:
        """All rows of the drop that is of the day of `at`, of each the wanted columns. Raises UpstreamError."""
        until = time.monotonic() + seconds
        try:
            table = self._table(place, at, until)
            if not set(wanted) <= set(table.header):
                raise ValueError("a changed schema")
            for row in table.list_rows(wanted):
                if time.monotonic() > until:
                    raise TimeoutError
                yield row
        except BROKEN as error:
            raise silence(self._agency, _find_failure(error)) from None

    def close(self) -> None:
        self._shelf.close()

    def _table(self, place: Place, at: datetime, until: float) -> Table:
        """The file as it is now, read through again only when it is another. Raises OSError, ValueError, TimeoutError.

        Questions side by side wait for one reading, each as long as it may; a reading that takes longer serves those that come later.
        """
        entry = read_entry(self._shelf.read_manifest(until=until), place, at)
        stamp = self._shelf.stamp(entry.path, until=until)
        while True:
            with self._lock:
                drop = self._drops.get((place.at, place.key))
                is_same = drop is not None and (drop.entry, drop.stamp) == (entry, stamp)
                if drop is None or (drop.is_read.is_set() and not (is_same and drop.is_settled())):
                    drop, is_same = _Drop(entry, stamp), True
                    self._drops[place.at, place.key] = drop
                    threading.Thread(target=drop.read, args=(self._shelf, place), daemon=True).start()
            if not drop.is_read.wait(max(0.0, until - time.monotonic())):
                raise TimeoutError("not read through in time")
            if is_same:
                if drop.table is None:
                    raise ValueError("not what the manifest says")
                return drop.table


def _find(question: Question, table: Table) -> list[Mapping[str, object]]:
    """The granted rows of the person."""
    is_text = question.place.options.get("format", "csv") == "csv"
    rows = [row for row in table.find(question.key.upper(), _list_columns(question)) if is_inside(row, question.where, is_text=is_text)]
    return [with_truths(row, question.tests, is_text=is_text) for row in rows]


def _list_columns(question: Question) -> set[str]:
    terms = [term for terms in (question.where, *question.tests.values()) for term in terms]
    return {question.place.key, *(name for name in question.columns if name not in question.tests), *(term.column for term in terms)}


def _find_failure(error: Exception) -> Failure:
    """A server that took no line had no question; a drop may be looked at twice."""
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    return Failure.REFUSED if isinstance(error, ConnectionError) else Failure.GARBAGE
