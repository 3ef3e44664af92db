"""Where the agencies of this city live: the configuration of the city joined with addresses that the instance keeps to itself."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from miaopi.apps.exchange.adapters.configuration import Agency, Configuration, read_configuration
from miaopi.apps.exchange.adapters.fake import FakeConnector, FakeWriter
from miaopi.apps.exchange.adapters.file import FileConnector
from miaopi.apps.exchange.adapters.filters import read_tests
from miaopi.apps.exchange.adapters.http import HttpConnector
from miaopi.apps.exchange.adapters.http_writer import HttpWriter
from miaopi.apps.exchange.adapters.lines import Line
from miaopi.apps.exchange.adapters.port import Connector, Writer
from miaopi.apps.exchange.adapters.sql import SqlConnector
from miaopi.apps.exchange.adapters.sql_writer import SqlWriter

KINDS: Final[Mapping[str, Any]] = {"sql": SqlConnector, "http": HttpConnector, "file": FileConnector, "fake": FakeConnector}
WRITERS: Final[Mapping[str, Any]] = {"sql": SqlWriter, "http": HttpWriter, "fake": FakeWriter}

Stamp = tuple[int, int, int]


class Directory:
    """Lines by agency, made at first use. The address file is read again when it changes: a moved agency needs no restart."""

    def __init__(self, configuration: Path, addresses: Path) -> None:
        self.configuration: Configuration = read_configuration(configuration)
        for resource in self.configuration.resources.values():
            for source in resource.sources:
                read_tests(source, source.columns, date.max)  # a predicate that cannot be read is the author's now, not a citizen's later
        self._addresses = addresses
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._known: Mapping[str, Any] = {}
        self._lines: dict[str, Line] = {}
        self._writers: dict[str, Writer] = {}

    def line(self, agency: str) -> Line | None:
        """`None` when the instance knows no usable address of the agency."""
        with self._lock:
            self._look_again()
            if agency not in self._lines:
                connector = self._connect(self.configuration.agencies[agency])
                if connector is None:
                    return None
                limit = self.configuration.agencies[agency].limit.total_seconds()
                self._lines[agency] = Line(agency, connector, limit)
            return self._lines[agency]

    def writer(self, agency: str) -> Writer | None:
        """`None` when the instance knows no desk of the agency: its own credential, which can read nothing."""
        with self._lock:
            self._look_again()
            if agency not in self._writers:
                kind, address = self.configuration.agencies[agency].kind, self._known.get(agency)
                desk = address.get("writer") if isinstance(address, dict) and address.get("kind") == kind else None
                try:
                    self._writers[agency] = WRITERS[kind](agency, desk)
                except (KeyError, TypeError, ValueError, AttributeError):
                    return None  # an address without its parts is none
            return self._writers[agency]

    def _look_again(self) -> None:
        stamp = _stamp(self._addresses)
        if stamp is not None and stamp == self._stamp:
            return
        known = _read(self._addresses)
        for agency in [name for name in self._lines if known.get(name) != self._known.get(name)]:
            self._lines.pop(agency).connector.close()
        for agency in [name for name in self._writers if known.get(name) != self._known.get(name)]:
            self._writers.pop(agency).close()
        self._stamp, self._known = stamp, known

    def _connect(self, agency: Agency) -> Connector | None:
        address = self._known.get(agency.id)
        if not isinstance(address, dict) or address.get("kind") != agency.kind:
            return None
        try:
            connector: Connector = KINDS[agency.kind](agency.id, address)
        except (KeyError, TypeError, ValueError):
            return None  # an address without its parts is none
        return connector


_open: dict[tuple[Path, Path], Directory] = {}
_opening = threading.Lock()


def directory(configuration: Path, addresses: Path) -> Directory:
    """The one directory of this process for these two files."""
    files = (configuration, addresses)
    with _opening:
        if files not in _open:
            _open[files] = Directory(configuration, addresses)
        return _open[files]


def city_directory() -> Directory:
    """The directory of the city that this process serves."""
    return directory(Path(settings.MIAOPI_CITY.folder) / "exchange.yaml", Path(settings.MIAOPI_AGENCIES))


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _read(path: Path) -> Mapping[str, Any]:
    """`{agency: {kind, …}}`; an unreadable file is no address at all, for its text may not show in an error."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
