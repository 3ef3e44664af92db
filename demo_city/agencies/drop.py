"""Deaths (死亡信息), by file: every day three lists are dropped in a folder, and last of all a manifest that vouches for them.

    manifest.json                                     {"day": "2026-11-25", "files": {"cremation": {"path", "rows", "sha256"}, …}}
    2026-11-25/cremation-3f1c….csv                    UTF-8, a header of column names, a line a row

A file is never changed once a manifest names it: what is corrected on the same day gets another name. The edition before stays, for
somebody may be reading it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from demo_city.agencies.clock import Heard, now, setting_of
from demo_city.agencies.modes import Mode
from demo_city.agencies.shown import FILES

HERE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
OLD: Final = timedelta(days=5)  # what a slow agency has dropped last
LISTEN_AGAIN: Final = 1.0

Rows = Sequence[tuple[object, ...]]


class Drop:
    """Keeps the folder as the mode says: fresh, gone (down), days old (slow), torn (wrong), or two lines of everybody (conflict)."""

    def __init__(self, database: str, home: Path) -> None:
        self._database, self._home = database, home
        self._folder = home / "agencies" / "death"
        self._mode = Mode.UP
        self._day: date | None = None
        self._told: str | None = None
        self._heard = Heard(home, "death")
        self._changed = threading.Event()

    def obey(self, mode: Mode) -> None:
        self._mode = mode
        self._changed.clear()
        self._day = self._today()
        if mode is Mode.DOWN:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        with psycopg.connect(self._database, connect_timeout=5) as kept:
            lists = {name: _read_list(kept, name, columns, mode) for name, columns in FILES.items()}
        self._write(self._day - OLD if mode is Mode.SLOW else self._day, lists)

    def drop_again(self) -> None:
        """When a new day has begun, or what is kept has changed."""
        setting = setting_of(self._home)
        if self._changed.is_set() or self._day != self._today():
            self.obey(self._mode)
        if setting != self._told:
            self._told = setting
            self._heard.note(setting)

    def listen(self) -> None:
        """Wait for changes of what is kept, for ever; costs nothing while there are none."""
        while True:
            try:
                with psycopg.connect(self._database, autocommit=True, connect_timeout=5) as kept:
                    kept.execute("LISTEN changed")
                    self._changed.set()  # what changed before somebody listened
                    for _ in kept.notifies():
                        self._changed.set()
            except psycopg.Error:
                time.sleep(LISTEN_AGAIN)

    def _today(self) -> date:
        return now(self._home).astimezone(HERE).date()

    def _write(self, day: date, lists: Mapping[str, tuple[tuple[str, ...], Rows]]) -> None:
        before = self._named()
        (self._folder / day.isoformat()).mkdir(mode=0o700, parents=True, exist_ok=True)
        files = {}
        for name, (columns, rows) in lists.items():
            content = _sheet(columns, rows)
            digest = hashlib.sha256(content).hexdigest()
            path = f"{day.isoformat()}/{name}-{digest[:12]}.csv"
            torn = content[: len(content) // 2] if self._mode is Mode.WRONG else content
            _replace(self._folder / path, torn)
            files[name] = {"path": path, "rows": len(rows), "sha256": digest}
        _replace(self._folder / "manifest.json", json.dumps({"day": day.isoformat(), "files": files}, indent=1).encode())
        kept = before | {entry["path"] for entry in files.values()}
        for old in self._folder.glob("*/*.csv"):
            if str(old.relative_to(self._folder)) not in kept:
                old.unlink(missing_ok=True)

    def _named(self) -> set[str]:
        """The files of the edition that stands."""
        try:
            files = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))["files"]
            return {str(entry["path"]) for entry in files.values()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return set()


def _read_list(kept: psycopg.Connection[Any], name: str, columns: tuple[str, ...], mode: Mode) -> tuple[tuple[str, ...], Rows]:
    if mode is Mode.CONFLICT:  # two days of everything, for everybody whom the agency could be asked about
        days = ", ".join(f"date '2020-01-01' + turn * {place}" for place in range(1, len(columns)))
        query = sql.SQL("SELECT id_number, {} FROM numbers, generate_series(1, 2) turn ORDER BY id_number, turn").format(sql.SQL(days))
    else:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("SELECT {} FROM {} ORDER BY id_number").format(names, sql.Identifier(name))
    return columns, kept.execute(query).fetchall()


def _sheet(columns: tuple[str, ...], rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.chmod(0o600)
    beside.replace(path)
