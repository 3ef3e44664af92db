"""The gateway's own log: a line for every question it knew to be the platform's, chained by hash, without a number of a person.

The agency can read it with any text tool. What is personal in it is a digest under a key that never leaves the agency, so that it
can look up one person's questions (`gateway log --person`) and nobody can guess the others.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from miaopi.gateway.messages import ANSWERED, FRESH, Question
from miaopi.kernel.calendar import compute_legal_day
from miaopi.kernel.errors import InputError
from miaopi.kernel.ledger import canonical_json
from miaopi.kernel.wording import Text

START: Final = "0" * 64
LONGEST_LINE: Final = 2**20  # bytes


class Book:
    """One file, written to its end by one process. Raises InputError when another one has it or its chain is broken."""

    def __init__(self, path: Path, seed: bytes) -> None:
        self._key = _key_of(seed)
        self._lock = threading.Lock()
        self._used: Counter[tuple[str, date]] = Counter()
        self._seen: dict[str, datetime] = {}
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._last = START
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read_through(path)
        except BlockingIOError:
            self.close()
            raise _wrong("另一个网关正在用它。", "another gateway is using it.") from None
        except InputError:
            self.close()
            raise

    def is_new(self, question: Question, now: datetime) -> bool:
        """Whether this nonce was not seen before; it is from now on."""
        name = self.compute_digest("nonce", question.nonce)
        with self._lock:
            if name in self._seen:
                return False
            self._remember(name, now)
            return True

    def take(self, question: Question, daily: int | None, now: datetime) -> bool:
        """Count one answer of today; False, and nothing counted, where as many were given already."""
        today = question.resource, compute_legal_day(now)
        with self._lock:
            if daily is not None and self._used[today] >= daily:
                return False
            self._used[today] += 1
            return True

    def write(self, question: Question, *, outcome: str, code: str, rows: int, now: datetime) -> None:
        """The line is on the disk when this returns: no answer leaves without it. Raises OSError for a disk that is full."""
        entry = {
            "at": now.isoformat(), "resource": question.resource, "service": question.service, "purpose": question.purpose,
            "receipt": question.receipt, "grants": list(question.grants), "fields": list(question.fields), "tests": sorted(question.tests),
            "person": self.compute_digest("person", question.key), "nonce": self.compute_digest("nonce", question.nonce),
            "first": not question.after, "outcome": outcome, "code": code, "rows": rows,
        }  # fmt: skip
        with self._lock:
            line = canonical_json({**entry, "before": self._last})
            self._append(line + b"\n")
            self._last = _hash_of(line)

    def compute_digest(self, use: str, text: str) -> str:
        return compute_digest(self._key, use, text)

    def close(self) -> None:
        with self._lock:
            closed, self._file = self._file, -1  # what is still on its way must not be written into another file of that number
            os.close(closed)

    def _append(self, line: bytes) -> None:
        """Whole or not at all."""
        end = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, "half a line")
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, end)
            raise

    def _drop_torn_line(self) -> None:
        """What a gateway that was killed has begun to write: nothing was answered for it."""
        size = os.fstat(self._file).st_size
        begin = max(0, size - LONGEST_LINE)
        end = os.pread(self._file, LONGEST_LINE, begin).rfind(b"\n") + 1
        if end or not begin:
            os.ftruncate(self._file, begin + end)

    def _read_through(self, path: Path) -> None:
        self._drop_torn_line()
        for line, entry in _read(path):
            if entry is None or entry["before"] != self._last:
                raise _wrong("哈希链断了：文件被改过。", "its chain is broken: the file was altered.")
            self._last = _hash_of(line)
            self._note(entry)

    def _note(self, entry: Mapping[str, object]) -> None:
        """What a gateway that starts again must still know: what was given today, and which nonces it has seen."""
        at = datetime.fromisoformat(str(entry["at"]))
        if entry["outcome"] == ANSWERED and entry["first"]:
            self._used[str(entry["resource"]), compute_legal_day(at)] += 1
        self._remember(str(entry["nonce"]), at)

    def _remember(self, name: str, now: datetime) -> None:
        """A nonce is forgotten when its question is stale however the clocks stand: FRESH on either side."""
        self._seen[name] = now
        while now - self._seen[oldest := next(iter(self._seen))] > 2 * FRESH:
            del self._seen[oldest]


def read_book(path: Path) -> tuple[list[Mapping[str, object]], int | None]:
    """All entries, and the line at which the chain is broken, if it is."""
    entries: list[Mapping[str, object]] = []
    last = START
    for line, entry in _read(path):
        if entry is None or entry.get("before") != last:
            return entries, len(entries) + 1
        last = _hash_of(line)
        entries.append(entry)
    return entries, None


def compute_person(seed: bytes, number: str) -> str:
    """How a person with that number stands in the log of the gateway with that seed."""
    return compute_digest(_key_of(seed), "person", number)


def compute_digest(key: bytes, use: str, text: str) -> str:
    return hmac.new(key, f"{use}\n{text}".encode(), hashlib.sha256).hexdigest()


def _read(path: Path) -> Iterator[tuple[bytes, Mapping[str, object] | None]]:
    with path.open("rb") as file:
        for line in file:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                entry = None
            yield line.rstrip(b"\n"), entry if isinstance(entry, dict) and "before" in entry else None


def _key_of(seed: bytes) -> bytes:
    return hmac.new(seed, b"miaopi gateway log", hashlib.sha256).digest()


def _hash_of(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _wrong(zh: str, en: str) -> InputError:
    remedy = Text(zh="请另指一个文件，旧的留作证据。", en="Name another file, and keep the old one as evidence.")
    return InputError("log", Text(zh=zh, en=en), remedy)
