"""Where the agencies of this city live: the configuration of the city joined with addresses that the instance keeps to itself."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

from django.conf import settings

from miaopi.apps.exchange.adapters.configuration import Agency, Configuration, read_configuration
from miaopi.apps.exchange.adapters.filters import read_tests
from miaopi.apps.exchange.adapters.lines import Line
from miaopi.apps.exchange.adapters.port import Connector, Writer
from miaopi.apps.exchange.adapters.wire.health import Memory
from miaopi.apps.exchange.queries.sources import find_rest

KINDS: Final[Mapping[str, str]] = {
    "sql": "sql:SqlConnector", "mysql": "dialects.mysql:MysqlConnector", "http": "http:HttpConnector",
    "soap": "dialects.soap:SoapConnector", "file": "drops.connector:FileConnector", "gateway": "relays.gateway:GatewayConnector",
    "nats": "relays.nats:NatsConnector", "upstream": "relays.upstream:UpstreamConnector", "fake": "fake:FakeConnector",
}  # fmt: skip
WRITERS: Final[Mapping[str, str]] = {"sql": "sql_writer:SqlWriter", "http": "http_writer:HttpWriter", "fake": "fake:FakeWriter"}

Stamp = tuple[int, int, int]


def load(name: str) -> Any:
    """A class of the adapters by its place, read at its first use: most brings a library, and most processes ask no agency of its kind."""
    return resolve_name(f"{__package__}.{name}")


def never(agency: str) -> datetime | None:
    """What a directory is told that stands alone: nobody rests."""
    return None


class Directory:
    """Lines by agency, made at first use. The address file is read again when it changes: a moved agency needs no restart.

    `find_rest` says until when other processes leave an agency alone; it is asked when the first line to it is made.
    """

    def __init__(self, configuration: Path, addresses: Path, *, find_rest: Callable[[str], datetime | None] = never) -> None:
        self.configuration: Configuration = read_configuration(configuration)
        for resource in self.configuration.resources.values():
            for source in resource.sources:
                read_tests(source, source.columns, date.max)  # a predicate that cannot be read is the author's now, not a citizen's later
        self._addresses = addresses
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._known: Mapping[str, Any] = {}
        self._lines: dict[str, Line] = {}
        self._find_rest = find_rest
        self._met: set[str] = set()
        self._writers: dict[str, Writer] = {}

    def line(self, agency: str) -> Line | None:
        """`None` when the instance knows no usable address of the agency."""
        return self.lines((agency,))[0]

    def lines(self, agencies: Iterable[str]) -> list[Line | None]:
        """As `line`, of several at once."""
        with self._lock:
            self._look_again()
            return [self._lines.get(agency) or self._make_line(agency) for agency in agencies]

    def recall(self) -> Mapping[str, Memory]:
        """What this process knows of the agencies that it has lines to."""
        with self._lock:
            return {agency: line.recall() for agency, line in self._lines.items()}

    def take_news(self, agencies: Collection[str]) -> Mapping[str, Memory]:
        """The same of those of these agencies of whom others are to be told."""
        lines = ((agency, self._lines.get(agency)) for agency in agencies)
        return {agency: news for agency, line in lines if line is not None and (news := line.take_news()) is not None}

    def writer(self, agency: str) -> Writer | None:
        """`None` when the instance knows no desk of the agency: its own credential, which can read nothing."""
        with self._lock:
            self._look_again()
            if agency not in self._writers:
                kind, address = self.configuration.agencies[agency].kind, self._known.get(agency)
                desk = address.get("writer") if isinstance(address, dict) and address.get("kind") == kind else None
                try:
                    self._writers[agency] = load(WRITERS[kind])(agency, desk)
                except (KeyError, TypeError, ValueError, AttributeError):
                    return None  # an address without its parts is none
            return self._writers[agency]

    def address(self, agency: str) -> Mapping[str, Any] | None:
        """Where the agency is, if the instance knows it by the kind that the city says."""
        with self._lock:
            self._look_again()
            address = self._known.get(agency)
        known = isinstance(address, dict) and address.get("kind") == self.configuration.agencies[agency].kind
        return address if known else None

    def _make_line(self, agency: str) -> Line | None:
        connector = self._connect(self.configuration.agencies[agency])
        if connector is None:
            return None
        limit = self.configuration.agencies[agency].limit.total_seconds()
        rests_until = None if agency in self._met else self._find_rest(agency)
        line = self._lines[agency] = Line(agency, connector, limit, rests_until=rests_until)
        self._met.add(agency)
        return line

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
            connector: Connector = load(KINDS[agency.kind])(agency.id, address)
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
            _open[files] = Directory(configuration, addresses, find_rest=find_rest)
        return _open[files]


def city_directory() -> Directory:
    """The directory of the city that this process serves. A pull asks for it dozens of times, and paths are slow to compare."""
    return _directory_of(settings.MIAOPI_CITY.folder, settings.MIAOPI_AGENCIES)


@lru_cache(maxsize=8)
def _directory_of(folder: Path | str, addresses: str) -> Directory:
    return directory(Path(folder) / "exchange.yaml", Path(addresses))


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
