"""For development: messages are appended to a file that only its owner can read."""

from __future__ import annotations

import fcntl
import json
import os
from io import BufferedRandom
from pathlib import Path

from miaopi.apps.notification.adapters.port import Arrival, Carried


class SpoolGateway:
    """One JSON object a line: `key`, `to`, `text`. A key that stands in the file is not written again, and has arrived."""

    def __init__(self, address: str) -> None:
        self._path = Path(address)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._known: set[str] = set()
        self._read_to = 0

    def send(self, *, to: str, text: str, key: str) -> Carried:
        with self._open() as spool:
            self._read_on(spool)
            if key not in self._known:
                spool.write(json.dumps({"key": key, "to": to, "text": text}, ensure_ascii=False).encode() + b"\n")
                spool.flush()
                os.fsync(spool.fileno())
        return Carried(reference=f"spool-{key}")

    def ask(self, *, key: str) -> Arrival:
        with self._open() as spool:
            self._read_on(spool)
        return Arrival.DELIVERED if key in self._known else Arrival.WAITING

    def _open(self) -> BufferedRandom:
        return os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b")

    def _read_on(self, spool: BufferedRandom) -> None:
        """Learn the keys that were written since; the file is locked until it is closed."""
        fcntl.flock(spool, fcntl.LOCK_EX)
        spool.seek(self._read_to)
        for line in spool:
            if line.endswith(b"\n"):
                self._known.add(json.loads(line)["key"])
                self._read_to += len(line)
            else:  # a line torn by a crash: its message was never acknowledged
                spool.truncate(self._read_to)
